"""Forgetting a voice: nothing by which the person could be recognised stays, or comes back."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.values import Diarization, Line, Word
from sessions_app.models import Character, Errand, ErrandKind, Session, StageName, StageResult, State, Voice
from sessions_app.runs.stages.store import replace_lines
from speakers_app import decisions
from speakers_app.consent import agree
from speakers_app.forgetting import delete_voiceprint, forget, forget_again, holdings, voices_of_person
from speakers_app.history import recording
from speakers_app.merging import CannotMerge, merge_people
from speakers_app.models import Assignment, Change, Consent, Speaker, Verb, Voiceprint
from tests.speakers_app.conftest import MODEL, fill, sound_of
from tests.speakers_app.test_decisions import ACTS, check, do, names, voice

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(told, editor) -> Speaker:
    decisions.name_voice(voice(told, 1), "Anna", editor)
    return Speaker.objects.get(name="Anna")


def keep_result(session: Session, fingerprint: str = "f") -> StageResult:
    """Keeps what a Run found of the session: the lines as turns, and the voices' vectors."""
    turns = [[line.start_ms, line.end_ms, line.voice.number - 1] for line in session.segments.all()]
    embeddings = [
        {"voice": each.number - 1, "vector": each.embedding, "model": MODEL, "speech_ms": each.speech_ms}
        for each in session.voices.all()
    ]
    return StageResult.objects.create(
        session=session,
        stage=StageName.DIARIZE,
        fingerprint=fingerprint,
        payload={"turns": turns, "embeddings": embeddings},
    )


def read_aloud(speaker: Speaker) -> Voiceprint:
    name = default_storage.save("readings/anna.wav", ContentFile(b"sound"))
    return Voiceprint.objects.create(
        speaker=speaker, vector=list(sound_of("A", 99)), model=MODEL, speech_ms=9000, audio_name=name
    )


def lines_of(session):
    return [
        Line(
            line.start_ms,
            line.end_ms,
            line.voice.number - 1,
            tuple(Word.from_json(word) for word in line.words),
        )
        for line in session.segments.select_related("voice")
    ]


def numbers_with_vectors(session: Session) -> list[int]:
    return list(session.voices.filter(embedding__isnull=False).values_list("number", flat=True))


def test_everything_goes_and_names_stay(anna, told, later, django_capture_on_commit_callbacks):
    reading = read_aloud(anna)
    assert names(later)[2] == "Anna"
    with django_capture_on_commit_callbacks(execute=True):
        forget(anna)
    assert not Voiceprint.objects.exists()
    assert not default_storage.exists(reading.audio_name)
    assert numbers_with_vectors(told) == [2, 3]
    assert numbers_with_vectors(later) == [1, 3]
    assert names(told)[1] == "Anna"
    assert names(later)[2] == "Anna"
    assert not holdings(anna).anything
    assert Speaker.objects.get().consent == Consent.WITHDRAWN


def test_later_sessions_no_longer_recognise_the_person(campaign, anna, told):
    forget(anna)
    third = fill(Session.objects.create(campaign=campaign, number=3), "AT")
    assert names(third) == {1: "Speaker 1", 2: "Speaker 2"}


def test_other_people_are_recognised_as_before(campaign, anna, told, later, editor):
    decisions.name_voice(voice(told, 2), "Tom", editor)
    forget(anna)
    assert names(later) == {1: "Tom", 2: "Anna", 3: "Speaker 3"}
    assert Voiceprint.objects.get().speaker.name == "Tom"


def test_suggestion_is_no_name_given(anna, told, later):
    Assignment.objects.automatic().update(suggested=True)
    forget(anna)
    assert names(later)[2] == "Speaker 2"


def test_kept_results_lose_the_vector_and_keep_the_rest(anna, told):
    result = keep_result(told)
    older = keep_result(told, "older")
    changed = dict(older.payload)
    changed["embeddings"] = [each | {"vector": list(sound_of("Z"))} for each in changed["embeddings"]]
    StageResult.objects.filter(pk=older.pk).update(payload=changed)
    forget(anna)
    for each in (result, older):
        before = Diarization.from_json(each.payload)
        each.refresh_from_db()
        after = Diarization.from_json(each.payload)
        assert [embedding.voice for embedding in after.embeddings] == [1, 2]
        assert after.turns == before.turns


def test_run_that_uses_the_kept_result_again_brings_nothing_back(anna, told, later):
    result = keep_result(told)
    forget(anna)
    result.refresh_from_db()
    replace_lines(told, None, lines_of(told), {0: 1, 1: 2, 2: 3}, Diarization.from_json(result.payload))
    assert numbers_with_vectors(told) == [2, 3]
    assert names(told)[1] == "Anna"


def test_run_that_hears_the_session_anew_brings_nothing_back(anna, told, later):
    found = keep_result(told)
    forget(anna)
    StageResult.objects.create(
        session=told, stage=StageName.DIARIZE, fingerprint="anew", payload=found.payload
    )
    fill(told, "ATSATSAATS")
    assert numbers_with_vectors(told) == [2, 3]
    kept = Diarization.from_json(StageResult.objects.get(fingerprint="anew").payload)
    assert [embedding.voice for embedding in kept.embeddings] == [1, 2]
    assert names(told)[1] == "Anna"


def test_merged_voices_are_forgotten_as_well(anna, told, editor):
    decisions.merge(voice(told, 3), voice(told, 1), editor)
    forget(anna)
    assert numbers_with_vectors(told) == [2]


def test_changes_that_hold_a_vector_go_and_others_stay(campaign, anna, told, editor):
    elsewhere = fill(Session.objects.create(campaign=campaign, number=2), "TV")
    for session in (told, elsewhere):
        with recording(campaign, editor, Verb.SPLIT, session=session):
            Voice.objects.filter(pk=voice(session, 2).pk).update(embedding=list(sound_of("X")))
    decisions.name_voice(voice(told, 2), "Tom", editor)
    forget(anna)
    left = set(Change.objects.values_list("verb", "session__number"))
    assert left == {(Verb.ASSIGN, 1), (Verb.SPLIT, 2)}


def test_what_is_being_learnt_ends(campaign, anna, told, later, editor, django_capture_on_commit_callbacks):
    name = default_storage.save("readings/waiting.wav", ContentFile(b"sound"))
    Errand.objects.create(
        campaign=campaign, kind=ErrandKind.ENROL, inputs={"speaker": anna.pk, "audio_name": name}
    )
    split = Errand.objects.create(campaign=campaign, session=told, kind=ErrandKind.SPLIT)
    other = Errand.objects.create(
        campaign=campaign,
        session=Session.objects.create(campaign=campaign, number=9),
        kind=ErrandKind.SPLIT,
    )
    with django_capture_on_commit_callbacks(execute=True):
        forget(anna)
    assert not Errand.objects.filter(kind=ErrandKind.ENROL).exists()
    assert not default_storage.exists(name)
    split.refresh_from_db()
    other.refresh_from_db()
    assert (split.state, other.state) == (State.CANCELLED, State.WAITING)


def test_voice_that_is_named_later_loses_its_vector_after_a_time_to_undo(campaign, anna, editor):
    forget(anna)
    third = fill(Session.objects.create(campaign=campaign, number=3), "AT")
    decisions.assign(voice(third, 1), anna, editor)
    forget_again()
    assert numbers_with_vectors(third) == [1, 2]
    Assignment.objects.update(decided_at=timezone.now() - timedelta(hours=1))
    forget_again()
    assert numbers_with_vectors(third) == [2]
    assert not Voiceprint.objects.exists()


def test_vector_that_splitting_made_anew_is_kept_in_no_record_either(campaign, anna, told, editor):
    forget(anna)
    with recording(campaign, editor, Verb.SPLIT, session=told):
        Voice.objects.filter(pk=voice(told, 1).pk).update(embedding=list(sound_of("A")))
    Assignment.objects.update(decided_at=timezone.now() - timedelta(hours=1))
    forget_again()
    assert numbers_with_vectors(told) == [2, 3]
    assert not Change.objects.filter(verb=Verb.SPLIT).exists()


def test_person_who_agrees_again_is_learnt_from_then_on(campaign, anna, editor):
    forget(anna)
    anna.refresh_from_db()
    agree(anna)
    assert not Voiceprint.objects.exists()
    third = fill(Session.objects.create(campaign=campaign, number=3), "AT")
    decisions.assign(voice(third, 1), anna, editor)
    assert Voiceprint.objects.get().session == third


def test_voiceprint_of_no_voice_is_deleted_alone(anna, later, told):
    reading = read_aloud(anna)
    delete_voiceprint(reading)
    assert Voiceprint.objects.get().session == told
    with pytest.raises(ValueError, match="goes with its name"):
        delete_voiceprint(Voiceprint.objects.get())


def test_merging_with_another_before_is_not_undone_after(campaign, anna, told, editor):
    decisions.name_voice(voice(told, 3), "Annie", editor)
    merge_people(Speaker.objects.get(name="Annie"), anna, editor)
    forget(anna)
    assert not Change.objects.filter(verb=Verb.MERGE_SPEAKERS).exists()
    assert numbers_with_vectors(told) == [2]


PERSONAL = st.tuples(st.just("people"), st.integers(0, 4), st.integers(0, 4))


def do_also(session: Session, act: tuple, user) -> None:
    """Any act on voices and lines, and on people."""
    if act[0] != "people":
        do(session, act, user)
        return
    people = list(Speaker.objects.order_by("name"))
    if len(people) > 1:
        one, other = (people.pop(index % len(people)) for index in act[1:])
        with suppress(CannotMerge):
            merge_people(one, other, user)


def check_forgotten(session: Session) -> None:
    """Nobody who does not want it is kept, in any place where a vector can be."""
    refused = Speaker.objects.filter(consent=Consent.WITHDRAWN)
    assert refused.exists()
    assert not Voiceprint.objects.filter(speaker__in=refused).exists()
    assert not Assignment.objects.automatic().filter(speaker__in=refused).exists()
    theirs = [each for speaker in refused for each in voices_of_person(speaker)]
    assert [each.embedding for each in theirs if each.embedding] == []


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=st.lists(ACTS | PERSONAL, max_size=6), after=st.lists(ACTS | PERSONAL, max_size=8))
def test_who_was_forgotten_stays_so_whatever_follows(campaign, editor, before, after):
    with transaction.atomic():
        session = fill(Session.objects.create(campaign=campaign, number=7), "ATSATSAATS")
        Character.objects.create(party=campaign.party, name="Mira")
        decisions.name_voice(session.voices.first(), "Anna", editor)
        anna = Speaker.objects.get()
        for act in before:
            do_also(session, act, editor)
        anna = Speaker.objects.filter(pk=anna.pk).first() or Speaker.objects.first()
        if anna is not None:
            forget(anna)
            check_forgotten(session)
            for act in after:
                do_also(session, act, editor)
                Assignment.objects.update(decided_at=timezone.now() - timedelta(hours=1))
                forget_again()
                check_forgotten(session)
                check(session)
        transaction.set_rollback(True)
