"""The voices of a session as they are shown for naming."""

from __future__ import annotations

import pytest

from sessions_app.models import Character, Segment
from sessions_app.transcripts.voices import voice_names
from speakers_app import decisions
from speakers_app.labelling import Standing, VoiceCard, labelling, percent
from speakers_app.models import Assignment, How, Speaker

pytestmark = pytest.mark.django_db


def cards(session) -> dict[int, VoiceCard]:
    desk = labelling(session)
    return {card.voice.number: card for card in (*desk.waiting, *desk.settled)}


def voice(session, number):
    return session.voices.get(number=number)


def waiting(session) -> set[int]:
    """The voices that other pages say are to be named; always the same as those that wait here."""
    called = voice_names(session)
    found = {each.number for each in session.voices.all() if called[each.pk].to_name}
    assert found == {card.voice.number for card in labelling(session).waiting}
    return found


def suggest(session, number, name, score, next_name="", next_score=None, how=How.ROSTER):
    campaign = session.campaign
    speaker, _ = Speaker.objects.get_or_create(campaign=campaign, name=name)
    runner_up = Speaker.objects.get_or_create(campaign=campaign, name=next_name)[0] if next_name else None
    Assignment.objects.update_or_create(
        voice=voice(session, number),
        defaults={
            "speaker": speaker,
            "how": how,
            "suggested": True,
            "score": score,
            "runner_up": runner_up,
            "runner_up_score": next_score,
        },
    )


def test_voices_without_a_name_come_first_and_talkers_before_others(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    desk = labelling(told)
    assert [card.voice.number for card in desk.waiting] == [2, 3]
    assert [card.voice.number for card in desk.settled] == [1]


def test_suggestion_is_told_with_its_score_and_the_next(told):
    suggest(told, 2, "Anna", 0.934, "Tom", 0.41)
    card = cards(told)[2]
    assert card.standing == Standing.SUGGESTED
    assert card.why == "Sounds like Anna, 93 %; next Tom, 41 %."
    assert card.likely == "Anna"
    assert card.picks[0].name == "Tom"


def test_unexpected_person_is_told_to_be_one(told):
    suggest(told, 2, "Gus", 0.7, how=How.KNOWN)
    assert cards(told)[2].why == "Sounds like Gus, who is not expected, 70 %."


def test_named_voice_tells_by_whom(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    assert cards(told)[1].why == "Named by eddie."


def test_recognised_voice_tells_how_sure_and_stays_to_be_confirmed(told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    card = cards(later)[2]
    assert card.standing == Standing.RECOGNISED
    assert card.why.startswith("Recognised, 9")
    assert labelling(later).recognised == (card,)


def test_name_taken_away_counts_as_settled(told, editor):
    decisions.leave_unnamed(voice(told, 1), editor)
    card = cards(told)[1]
    assert not card.is_waiting
    assert card.why == "Left without a name by eddie."


@pytest.mark.parametrize(
    ("speech_ms", "known", "why"),
    [
        (400, True, "Heard too little to compare it with anybody."),
        (20_000, False, "Nobody's voice is known yet."),
        (20_000, True, "Sounds like nobody who is known."),
    ],
)
def test_unknown_voice_tells_why(told, editor, speech_ms, known, why):
    if known:
        decisions.name_voice(voice(told, 1), "Anna", editor)
    told.voices.filter(number=2).update(speech_ms=speech_ms)
    assert cards(told)[2].why == why


def test_merged_voice_is_part_of_the_other_ones_card(told, editor):
    decisions.merge(voice(told, 2), voice(told, 1), editor)
    found = cards(told)
    assert set(found) == {1, 3}
    assert found[1].merged == (voice(told, 2),)
    assert found[1].percent == 70
    assert found[1].talk_ms == 7 * 3500


def test_voices_of_the_same_name_point_at_each_other(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    decisions.name_voice(voice(told, 2), "Anna", editor)
    assert cards(told)[1].twins == (voice(told, 2),)


def test_people_already_found_are_not_offered_again(campaign, told, editor):
    for player, name in (("Anna", "Mira"), ("Tom", "Borin")):
        Character.objects.create(party=campaign.party, name=name, player_name=player)
    assert [(person.name, person.note) for person in cards(told)[2].picks] == [
        ("Anna", "plays Mira"),
        ("Tom", "plays Borin"),
    ]
    decisions.name_voice(voice(told, 1), "Anna", editor)
    assert [person.name for person in cards(told)[2].picks] == ["Tom"]


def test_voice_without_lines_waits_for_nothing(told):
    Segment.objects.filter(voice__number=3).delete()
    told.voices.filter(number=3).update(talk_ms=0)
    assert not cards(told)[3].is_waiting
    assert waiting(told) == {1, 2}


def test_everybody_else_is_told_of_the_same_voices_that_wait(told, later, editor):
    assert waiting(told) == {1, 2, 3}
    decisions.name_voice(voice(told, 1), "Anna", editor)
    decisions.leave_unnamed(voice(told, 2), editor)
    assert waiting(told) == {3}
    assert waiting(later) == {1, 3}
    suggest(later, 1, "Tom", 0.7)
    assert waiting(later) == {1, 3}


def test_probability_is_never_certain():
    assert [percent(score) for score in (1.0, 0.934, 0.0, None)] == [99, 93, 1, 1]
