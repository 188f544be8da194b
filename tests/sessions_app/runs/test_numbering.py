"""Voices get numbers in the order in which they speak, and keep them."""

from __future__ import annotations

import pytest

from engine.values import Diarization, Turn
from sessions_app.models import Segment, Voice
from sessions_app.runs.stages.identify import number_voices, numbers_of_today, unheard_numbers


def diarization(*turns: tuple[int, int, int]) -> Diarization:
    return Diarization(tuple(Turn(*turn) for turn in turns), ())


def test_the_first_voice_is_speaker_1():
    assert number_voices(diarization((0, 900, 0), (1000, 2000, 1)), []) == {0: 1, 1: 2}


def test_voices_keep_their_numbers_when_their_order_changes():
    earlier = [Turn(1000, 2000, 1), Turn(2000, 3000, 2)]
    assert number_voices(diarization((0, 500, 0), (1000, 2000, 1), (2100, 3000, 2)), earlier) == {
        0: 3,
        1: 1,
        2: 2,
    }


def test_a_number_that_was_used_is_not_given_to_somebody_else():
    earlier = [Turn(0, 1000, 1), Turn(1000, 2000, 2)]
    assert number_voices(diarization((0, 1000, 0), (5000, 9000, 1)), earlier) == {0: 1, 1: 3}


def test_silence_has_no_voices():
    assert number_voices(Diarization((), ()), []) == {}


@pytest.mark.django_db
def test_number_of_a_voice_that_only_people_hear_is_taken(session):
    heard = Voice.objects.create(session=session, number=1)
    moved_to = Voice.objects.create(session=session, number=2)
    Segment.objects.create(
        session=session, position=0, start_ms=0, end_ms=1000, voice=moved_to, heard_voice=heard
    )
    assert unheard_numbers(session) == {2}


@pytest.mark.django_db
def test_number_that_somebody_gave_to_a_voice_of_their_own_meanwhile_stays_theirs(session):
    heard = Voice.objects.create(session=session, number=1)
    Segment.objects.create(
        session=session, position=0, start_ms=0, end_ms=1000, voice=heard, heard_voice=heard
    )
    Voice.objects.create(session=session, number=2, by_hand=True)
    assert numbers_of_today({0: 1, 1: 2, 2: 3}, session) == {0: 1, 1: 4, 2: 3}
