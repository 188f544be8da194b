"""The thresholds of live speakers; figures chosen with ``tools/live_voices.py``."""

from __future__ import annotations

from dataclasses import dataclass

from engine.live.grouping import GroupConfig

PLAIN = GroupConfig(first_cosine=0.55, same_cosine=0.5, join_cosine=0.55, sharpness=20.0)
"""For encoders that are not calibrated, as pyannote's; a cautious guess, because none was there to measure with."""


@dataclass(frozen=True, slots=True)
class LiveVoicesConfig:
    """How live speakers decide.

    Attributes:
        keep_ms: speech of so many milliseconds before now is grouped anew with each utterance.
        relabel_ms: a line that was spoken longer ago keeps its voice.
        new_voice_ms: a voice must be heard for so long to get a number.
        new_line_ms: at least one of its lines must be this long.
        crop_ms: a shorter line is not embedded as a whole.
        short_ms: a shorter line goes only to the voice that goes on, or to one that it clearly matches.
        short_cosine: how near it must lie to the latter, without what all voices have in common.
        goes_on_ms: a voice goes on over pauses up to this.
        goes_on_cosine: how near a short line must lie to the voice that goes on.
        person_ms: a line must be this long to be a known person's by itself.
        person_score: probability from which it is.
        person_doubt: probability that the next person must not pass.
        same_score: probability from which a voice that the session had before is taken for one that is heard again.
        group: of the grouping; None for what suits the encoder.

    >>> LiveVoicesConfig(relabel_ms=300_000)
    Traceback (most recent call last):
        ...
    ValueError: lines can be relabelled only while their speech is kept
    """

    keep_ms: int = 180_000
    relabel_ms: int = 120_000
    new_voice_ms: int = 2_000
    new_line_ms: int = 1_000
    crop_ms: int = 1_000
    short_ms: int = 2_000
    short_cosine: float = 0.33
    goes_on_ms: int = 1_500
    goes_on_cosine: float = 0.2
    person_ms: int = 1_500
    person_score: float = 0.97
    person_doubt: float = 0.2
    same_score: float = 0.5
    group: GroupConfig | None = None

    def __post_init__(self) -> None:
        if not 0 < self.relabel_ms <= self.keep_ms:
            raise ValueError("lines can be relabelled only while their speech is kept")
        if min(self.new_voice_ms, self.new_line_ms, self.crop_ms, self.short_ms, self.goes_on_ms) < 0:
            raise ValueError("lengths must not be negative")
        if not all(0 <= p <= 1 for p in (self.person_score, self.person_doubt, self.same_score)):
            raise ValueError("probabilities lie between 0 and 1")
