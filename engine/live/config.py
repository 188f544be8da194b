"""The settings of live captioning: where an utterance begins and ends, and how often a draft of it is made."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.config import AsrConfig, GuardConfig, VadConfig


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """Where an utterance begins and ends.

    The pause that ends it is ``pause_ms`` up to ``patient_ms`` of length, then ever shorter, down to
    ``least_pause_ms`` from ``hurried_ms`` on.

    Attributes:
        vad: what counts as speech; ``min_silence_ms`` and ``pad_ms`` only shape the speech inside an utterance.
        pre_roll_ms: sound before the first speech that belongs to the utterance.
        tail_ms: sound after the last speech that belongs to it.
        pause_ms: silence that ends a short utterance.
        least_pause_ms: silence that ends a long one.
        patient_ms: utterances up to this length are short.
        hurried_ms: utterances from this length on are long.
        max_ms: an utterance without a pause is cut before it gets longer.
        cut_within_ms: the cut is made in the quietest place of the last so many milliseconds.
        overlap_ms: sound on each side of a cut through speech that both utterances hear.
        warm_up_ms: sound that the detector hears before it is asked.

    >>> EndpointConfig(max_ms=40_000)
    Traceback (most recent call last):
        ...
    ValueError: max_ms must fit Whisper's 30 seconds
    """

    vad: VadConfig = field(default_factory=VadConfig)
    pre_roll_ms: int = 300
    tail_ms: int = 200
    pause_ms: int = 448
    least_pause_ms: int = 320
    patient_ms: int = 1_000
    hurried_ms: int = 3_000
    max_ms: int = 15_000
    cut_within_ms: int = 6_000
    overlap_ms: int = 1_000
    warm_up_ms: int = 1_024

    def __post_init__(self) -> None:
        _require(self.pre_roll_ms >= 0, "pre_roll_ms must not be negative")
        _require(0 <= self.tail_ms <= self.least_pause_ms, "tail_ms must not exceed least_pause_ms")
        _require(0 < self.least_pause_ms <= self.pause_ms, "0 < least_pause_ms <= pause_ms must hold")
        _require(0 < self.patient_ms <= self.hurried_ms, "0 < patient_ms <= hurried_ms must hold")
        _require(0 < self.overlap_ms < self.cut_within_ms, "0 < overlap_ms < cut_within_ms must hold")
        _require(self.cut_within_ms + self.overlap_ms < self.max_ms, "max_ms must leave room for its cuts")
        _require(self.max_ms + 2 * self.overlap_ms <= 29_900, "max_ms must fit Whisper's 30 seconds")
        _require(self.warm_up_ms >= self.overlap_ms, "warm_up_ms must not be shorter than overlap_ms")


@dataclass(frozen=True, slots=True)
class DraftConfig:
    """How often drafts are made.

    Attributes:
        first_ms: speech that an utterance must hold before its first draft.
        every_ms: the next draft of a capture comes no sooner.
        share: of the machine's time, what all drafts together may take.
        quiet_ms: after so long a silence no draft is begun: the line will come soon.
        behind_ms: while a final line is later than this, no drafts are made at all.
    """

    first_ms: int = 500
    every_ms: int = 500
    share: float = 0.5
    quiet_ms: int = 250
    behind_ms: int = 2_000

    def __post_init__(self) -> None:
        _require(self.first_ms >= 0, "first_ms must not be negative")
        _require(self.every_ms > 0, "every_ms must be positive")
        _require(0.0 < self.share <= 1.0, "share must lie between 0 and 1")
        _require(self.quiet_ms > 0, "quiet_ms must be positive")
        _require(self.behind_ms > 0, "behind_ms must be positive")


def _final_asr() -> AsrConfig:
    return AsrConfig(batch_size=1, temperatures=(0.0, 0.4, 0.8))


@dataclass(frozen=True, slots=True)
class LiveConfig:
    """The settings of one capture's captions.

    Attributes:
        endpoints: where utterances begin and end.
        drafts: how often they are drafted.
        asr: how finished utterances are decoded; drafts use a beam of 1 and one temperature.
        guards: what is not believed.
        least_probability: a weak utterance (``guards.weak_logprob``) is not believed if its words' mean is below this.
        keep_ms: audio kept beyond what open and unfinished utterances need.
        most_waiting_ms: audio in unfinished utterances from which on no more should be fed.
    """

    endpoints: EndpointConfig = field(default_factory=EndpointConfig)
    drafts: DraftConfig = field(default_factory=DraftConfig)
    asr: AsrConfig = field(default_factory=_final_asr)
    guards: GuardConfig = field(default_factory=GuardConfig)
    least_probability: float = 0.35
    keep_ms: int = 3_000
    most_waiting_ms: int = 60_000

    def __post_init__(self) -> None:
        _require(0.0 <= self.least_probability < 1.0, "least_probability must lie between 0 and 1")
        _require(self.keep_ms >= 0, "keep_ms must not be negative")
        _require(self.most_waiting_ms > 0, "most_waiting_ms must be positive")
