"""identify: which voice is which; voices that were heard in an earlier Run keep their numbers.

>>> from engine.values import Diarization, Turn
>>> number_voices(Diarization((Turn(0, 900, 0), Turn(900, 2_000, 1)), ()), earlier=(), taken={1})
{0: 2, 1: 3}
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count

from engine.config import fingerprint as fingerprint_of
from engine.values import Diarization, Turn
from sessions_app.models import Segment, Session, StageName, Voice
from sessions_app.runs.work import Json, Work

REVISION = 2


def fingerprint(work: Work) -> str:
    """Depends on the turns, and on the numbers that voices have without being heard; these they keep."""
    return fingerprint_of(
        "identify", REVISION, work.fingerprint_of(StageName.DIARIZE), sorted(unheard_numbers(work.session))
    )


def perform(work: Work) -> Json:
    """Numbers the voices."""
    diarization = Diarization.from_json(work.result_of(StageName.DIARIZE))
    lines = Segment.everything.filter(session=work.session).exclude(heard_voice=None).order_by("start_ms")
    earlier = [Turn(*line) for line in lines.values_list("start_ms", "end_ms", "heard_voice__number")]
    numbers = number_voices(diarization, earlier, unheard_numbers(work.session))
    return {"numbers": {str(voice): number for voice, number in numbers.items()}}


def unheard_numbers(session: Session) -> set[int]:
    """Returns the numbers of voices that no line was heard as: people made them, or gave them lines of others."""
    unheard = Voice.objects.filter(session=session, heard_segments=None)
    return set(unheard.values_list("number", flat=True))


def numbers_of_today(numbers: dict[int, int], session: Session) -> dict[int, int]:
    """Returns ``numbers`` with others for those that people gave to voices of their own since they were found."""
    taken = unheard_numbers(session)
    there = set(Voice.objects.filter(session=session).values_list("number", flat=True))
    free = (number for number in count(1) if number not in there.union(numbers.values()))
    return {voice: next(free) if number in taken else number for voice, number in numbers.items()}


def numbers_in(payload: Json) -> dict[int, int]:
    """Returns the number of each voice of a result."""
    return {int(voice): number for voice, number in payload["numbers"].items()}


def number_voices(
    diarization: Diarization, earlier: Sequence[Turn], taken: Collection[int] = ()
) -> dict[int, int]:
    """Returns a number from 1 for each voice: that of the earlier voice it is, else one that was not used.

    Args:
        diarization: the voices that want numbers.
        earlier: who was heard when in the Run before, by number.
        taken: numbers of voices that are there without having been heard: people made them, or gave them lines.
    """
    numbers: dict[int, int] = {}
    if earlier:
        from engine.voice_numbers import match_voices  # heavy, and a first Run has nothing to match

        numbers = match_voices(earlier, diarization.turns)
    used = {turn.voice for turn in earlier}.union(taken)
    free = (number for number in count(1) if number not in used)
    for voice in diarization.voices:
        if voice not in numbers:
            numbers[voice] = next(free)
    return dict(sorted(numbers.items()))
