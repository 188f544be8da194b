"""identify: which voice is which; voices that were heard in an earlier Run keep their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count

from engine.config import fingerprint as fingerprint_of
from engine.values import Diarization, Turn
from sessions_app.models import Segment, StageName
from sessions_app.runs.work import Json, Work

REVISION = 1


def fingerprint(work: Work) -> str:
    """Depends on the turns; what numbers they once were given they keep."""
    return fingerprint_of("identify", REVISION, work.fingerprint_of(StageName.DIARIZE))


def perform(work: Work) -> Json:
    """Numbers the voices."""
    diarization = Diarization.from_json(work.result_of(StageName.DIARIZE))
    lines = Segment.objects.filter(session=work.session).exclude(voice=None).order_by("start_ms")
    earlier = [Turn(*line) for line in lines.values_list("start_ms", "end_ms", "voice__number")]
    return {"numbers": {str(voice): number for voice, number in number_voices(diarization, earlier).items()}}


def numbers_in(payload: Json) -> dict[int, int]:
    """Returns the number of each voice of a result."""
    return {int(voice): number for voice, number in payload["numbers"].items()}


def number_voices(diarization: Diarization, earlier: Sequence[Turn]) -> dict[int, int]:
    """Returns a number from 1 for each voice: the earlier one that it shares most time with, else a new one.

    Args:
        diarization: the voices that want numbers.
        earlier: who was heard when in the Run before, by number.
    """
    numbers: dict[int, int] = {}
    taken: set[int] = set()
    for (voice, number), _ in _shared_ms(diarization.turns, earlier).most_common():
        if voice not in numbers and number not in taken:
            numbers[voice] = number
            taken.add(number)
    known = {turn.voice for turn in earlier}
    free = (number for number in count(1) if number not in known)
    for voice in diarization.voices:
        if voice not in numbers:
            numbers[voice] = next(free)
    return dict(sorted(numbers.items()))


def _shared_ms(turns: Sequence[Turn], earlier: Sequence[Turn]) -> Counter[tuple[int, int]]:
    """Counts the milliseconds that each pair of voices has in common; both sequences are in order of time."""
    shared: Counter[tuple[int, int]] = Counter()
    first = 0
    reach = max((turn.duration_ms for turn in earlier), default=0)
    for turn in turns:
        while first < len(earlier) and earlier[first].start_ms + reach <= turn.start_ms:
            first += 1
        for other in earlier[first:]:
            if other.start_ms >= turn.end_ms:
                break
            common = min(turn.end_ms, other.end_ms) - max(turn.start_ms, other.start_ms)
            if common > 0:
                shared[turn.voice, other.voice] += common
    return shared
