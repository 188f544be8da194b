"""The people of a campaign: how they are shown, edited, merged and removed."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.models import Character, Session
from speakers_app import decisions
from speakers_app.consent import agree, may_agree_for
from speakers_app.history import CannotUndo, undo
from speakers_app.merging import CannotMerge, merge_people
from speakers_app.models import Assignment, Consent, Speaker, Voiceprint
from speakers_app.people import (
    has_voices,
    last_edit,
    people_of,
    person_of,
    remove_person,
    shown_voiceprints,
    speaker_of_member,
)
from speakers_app.talk_over_time import talk_over_time
from tests.speakers_app.conftest import MODEL, fill, sound_of
from tests.speakers_app.test_decisions import ACTS, check, do, names, state, voice

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(told, editor) -> Speaker:
    decisions.name_voice(voice(told, 1), "Anna", editor)
    return Speaker.objects.get(name="Anna")


def read_aloud(speaker: Speaker, sound: str = "A") -> Voiceprint:
    vector = list(sound_of(sound, take=99))
    return Voiceprint.objects.create(speaker=speaker, vector=vector, model=MODEL, speech_ms=20_000)


def test_talk_of_each_session_stands_in_order_with_its_share(campaign, anna, told, later):
    fill(Session.objects.create(campaign=campaign, number=3), "TTTT")
    evenings = talk_over_time(campaign)[anna.pk]
    assert [(each.session.number, each.talk_ms, each.percent, each.voice) for each in evenings] == [
        (1, 4 * 3500, 40, 1),
        (2, 3 * 3500, 33, 2),
        (3, 0, 0, None),
    ]
    assert [each.height for each in evenings] == [100, 75, 0]
    assert evenings[1].url.endswith("?voice=2")


def test_merged_voices_count_for_the_person(campaign, anna, told, editor):
    decisions.merge(voice(told, 2), voice(told, 1), editor)
    (evening,) = talk_over_time(campaign)[anna.pk]
    assert (evening.talk_ms, evening.percent) == (7 * 3500, 70)


def test_suggested_voice_does_not_count(campaign, anna, later):
    Assignment.objects.automatic().update(suggested=True)
    assert [each.talk_ms for each in talk_over_time(campaign)[anna.pk]][1] == 0


def test_people_are_told_with_few_queries(campaign, anna, told, later, editor, django_assert_max_num_queries):
    Character.objects.create(party=campaign.party, name="Mira", player_name="Anna")
    decisions.name_voice(voice(told, 2), "Tom", editor)
    with django_assert_max_num_queries(8):
        people = people_of(campaign)
    assert [(person.speaker.name, person.voiceprints, len(person.heard)) for person in people] == [
        ("Anna", 1, 2),
        ("Tom", 1, 2),
    ]
    assert [character.name for character in people[0].characters] == ["Mira"]


def test_familiarity_says_how_well_a_voice_is_known(campaign, anna, later, editor):
    assert person_of(anna).familiarity == "known from 1 session"
    decisions.assign(voice(later, 2), anna, editor)
    read_aloud(anna)
    assert person_of(anna).familiarity == "known from 2 sessions, read a text aloud"
    nobody = Speaker.objects.create(campaign=campaign, name="Nina")
    assert person_of(nobody).familiarity == "no voiceprint yet"
    campaign.voice_consent_required = True
    campaign.save()
    nobody.refresh_from_db()
    assert person_of(nobody).familiarity == "not asked yet"


def test_voiceprints_come_with_clips_of_the_session(anna, told):
    Session.objects.filter(pk=told.pk).update(audio_name="prepared.wav")
    (shown,) = shown_voiceprints(anna, can_edit=True, can_forget=True)
    assert 1 <= len(shown.clips) <= 3
    assert all(f"/sessions/{told.uuid}/audio/#t=" in clip.url for clip in shown.clips)


def test_reading_is_heard_by_those_who_may_delete_it(anna):
    read_aloud(anna)
    assert not shown_voiceprints(anna, can_edit=False, can_forget=False)[-1].clips
    assert shown_voiceprints(anna, can_edit=False, can_forget=True)[-1].clips


def test_merging_people_moves_voices_readings_and_character_and_is_undone_exactly(
    campaign, anna, told, later, editor, viewer
):
    mira = Character.objects.create(party=campaign.party, name="Mira")
    decisions.name_voice(voice(told, 2), "Annie", editor)
    annie = Speaker.objects.get(name="Annie")
    Speaker.objects.filter(pk=annie.pk).update(member=viewer, character=mira)
    annie.refresh_from_db()
    reading = read_aloud(annie, sound="T")
    before = names(told), names(later), list(Speaker.objects.order_by("pk").values())

    change = merge_people(annie, anna, editor)
    assert names(told) == {1: "Anna", 2: "Anna", 3: "Speaker 3"}
    merged = Speaker.objects.get()
    assert (merged.name, merged.member, merged.character) == ("Anna", viewer, mira)
    reading.refresh_from_db()
    assert reading.speaker == merged
    assert last_edit(campaign) == change

    undo(change)
    assert (names(told), names(later), list(Speaker.objects.order_by("pk").values())) == before
    reading.refresh_from_db()
    assert reading.speaker.name == "Annie"


def test_two_accounts_are_two_people(campaign, anna, editor, viewer):
    Speaker.objects.filter(pk=anna.pk).update(member=viewer)
    other = Speaker.objects.create(campaign=campaign, name="Eddie", member=editor)
    anna.refresh_from_db()
    with pytest.raises(CannotMerge, match="account"):
        merge_people(other, anna, editor)
    assert Speaker.objects.count() == 2


def test_who_does_not_want_to_be_kept_is_not_merged_with_who_is(campaign, anna, editor):
    other = Speaker.objects.create(campaign=campaign, name="Annie", consent=Consent.WITHDRAWN)
    with pytest.raises(CannotMerge, match="Forget the voice of Anna first"):
        merge_people(other, anna, editor)
    Speaker.objects.filter(pk=anna.pk).update(consent=Consent.WITHDRAWN)
    anna.refresh_from_db()
    merge_people(other, anna, editor)
    assert Speaker.objects.get().consent == Consent.WITHDRAWN


def test_account_speaks_for_itself_when_merged(campaign, anna, editor, viewer):
    guest = Speaker.objects.create(campaign=campaign, name="Annie", consent=Consent.GIVEN)
    Speaker.objects.filter(pk=anna.pk).update(member=viewer)
    anna.refresh_from_db()
    merge_people(guest, anna, editor)
    assert Speaker.objects.get().consent == Consent.UNASKED


def test_person_without_voices_is_removed_and_comes_back(campaign, editor):
    nina = Speaker.objects.create(campaign=campaign, name="Nina")
    remove_person(nina, editor)
    assert not Speaker.objects.exists()
    undo(last_edit(campaign))
    assert Speaker.objects.get().name == "Nina"


def test_person_with_voices_stays(anna, editor):
    assert has_voices(anna)
    with pytest.raises(ValueError, match="without voices"):
        remove_person(anna, editor)


def test_wish_of_a_member_is_not_removed(campaign, editor, viewer):
    vera = Speaker.objects.create(campaign=campaign, name="Vera", member=viewer, consent=Consent.WITHDRAWN)
    with pytest.raises(ValueError, match="can be removed"):
        remove_person(vera, editor)


def test_consent_is_said_by_the_person_or_by_an_owner_for_who_has_no_account(
    campaign, anna, owner, editor, viewer
):
    assert may_agree_for(anna, owner)
    assert not may_agree_for(anna, editor)
    anna.member = viewer
    assert may_agree_for(anna, viewer)
    assert not may_agree_for(anna, owner)


def test_voice_is_kept_only_after_consent_where_people_are_asked(campaign, told, later, editor):
    campaign.voice_consent_required = True
    campaign.save()
    told.campaign.refresh_from_db()
    decisions.name_voice(voice(told, 1), "Anna", editor)
    anna = Speaker.objects.get()
    assert not Voiceprint.objects.exists()
    assert names(later)[2] == "Speaker 2"
    agree(anna)
    assert Voiceprint.objects.count() == 1
    assert names(later)[2] == "Anna"


def test_member_becomes_a_person_of_their_own_even_if_the_name_is_taken(campaign, anna, viewer):
    viewer.first_name = "Anna"
    viewer.save()
    speaker = speaker_of_member(campaign, viewer)
    assert (speaker.name, speaker.member) == ("Anna (2)", viewer)
    assert speaker_of_member(campaign, viewer) == speaker
    anna.refresh_from_db()
    assert anna.member is None


def test_member_is_the_person_whose_character_an_editor_gave_them(campaign, anna, viewer):
    mira = Character.objects.create(party=campaign.party, name="Mira", member=viewer)
    Speaker.objects.filter(pk=anna.pk).update(character=mira)
    assert speaker_of_member(campaign, viewer) == anna


def test_undo_says_so_when_the_name_is_somebody_elses_by_now(campaign, anna, editor):
    annie = Speaker.objects.create(campaign=campaign, name="Annie")
    change = merge_people(annie, anna, editor)
    Speaker.objects.create(campaign=campaign, name="annie")
    with pytest.raises(CannotUndo, match="somebody else's"):
        undo(change)
    assert Speaker.objects.count() == 2


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=st.lists(ACTS, max_size=6),
    first=st.integers(0, 4),
    second=st.integers(0, 4),
    account=st.sampled_from((None, "first", "second")),
)
def test_merging_people_is_undone_exactly_whatever_went_before(
    campaign, editor, viewer, acts, first, second, account
):
    with transaction.atomic():
        session = fill(Session.objects.create(campaign=campaign, number=7), "ATSATSAATS")
        Character.objects.create(party=campaign.party, name="Mira")
        for act in [("name", 0, "Anna"), ("name", 1, "Tom"), *acts]:
            do(session, act, editor)
        people = list(Speaker.objects.order_by("name"))
        if len(people) > 1:
            one = people.pop(first % len(people))
            other = people.pop(second % len(people))
            if account:
                linked = one if account == "first" else other
                linked.member = viewer
                linked.save()
            before = (
                state(session),
                sorted(Speaker.objects.values_list("pk", "member", "consent", "character")),
            )
            change = merge_people(one, other, editor)
            check(session)
            assert not Speaker.objects.filter(name=one.name).exclude(pk=other.pk).exists()
            undo(change)
            check(session)
            after = (
                state(session),
                sorted(Speaker.objects.values_list("pk", "member", "consent", "character")),
            )
            assert after == before
        transaction.set_rollback(True)
