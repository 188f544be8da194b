"""The settings of each stage: frozen, checked when made, and hashed to decide what a Run does again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_WAV_MS = 37 * 3_600_000
"""A plain WAV file counts its bytes in 32 bits: 16 kHz mono s16 passes 4 GB after 37 hours."""


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class MediaConfig:
    """How much of a file Scribe is willing to open.

    Attributes:
        max_duration_ms: longer recordings are refused, whether they say so or only turn out to be.
        max_streams: files with more streams than this are refused.
        max_gap_ms: a jump of the file's own clock up to this long becomes silence; a longer one is broken.
        max_parts: how many recordings of one session are laid on one timeline.
    """

    max_duration_ms: int = 24 * 3_600_000
    max_streams: int = 64
    max_gap_ms: int = 10 * 60_000
    max_parts: int = 64

    def __post_init__(self) -> None:
        _require(0 < self.max_duration_ms <= MAX_WAV_MS, "max_duration_ms must lie between 0 and 37 hours")
        _require(self.max_streams > 0, "max_streams must be positive")
        _require(self.max_gap_ms >= 0, "max_gap_ms must not be negative")
        _require(self.max_parts > 0, "max_parts must be positive")


@dataclass(frozen=True, slots=True)
class VadConfig:
    """When the detector calls something speech.

    Attributes:
        threshold: probability from which a frame starts speech.
        release: probability below which a frame may end it; must not exceed ``threshold``.
        min_speech_ms: shorter speech is dropped (a click, a chair).
        min_silence_ms: shorter silence does not end speech.
        pad_ms: added on both sides of each span, never more than half of the silence there.
    """

    threshold: float = 0.5
    release: float = 0.35
    min_speech_ms: int = 100
    min_silence_ms: int = 300
    pad_ms: int = 100

    def __post_init__(self) -> None:
        _require(0.0 < self.release <= self.threshold < 1.0, "0 < release <= threshold < 1 must hold")
        _require(self.min_speech_ms >= 0, "min_speech_ms must not be negative")
        _require(self.min_silence_ms > 0, "min_silence_ms must be positive")
        _require(self.pad_ms >= 0, "pad_ms must not be negative")


@dataclass(frozen=True, slots=True)
class ChunkConfig:
    """How the speech of a recording is shared out to jobs; all lengths are of speech, silence costs nothing.

    Attributes:
        target_ms: speech wanted in one chunk.
        max_ms: speech that a chunk never exceeds.
        overlap_ms: what two chunks share where someone talks through ``max_ms`` without a pause.
        shares: a short recording is cut into about this many chunks, so that several workers end together.
        least_ms: speech in a chunk below which cutting for the workers' sake no longer pays.

    >>> ChunkConfig(target_ms=60_000).target_ms
    60000
    >>> ChunkConfig(target_ms=0)
    Traceback (most recent call last):
        ...
    ValueError: 0 < target_ms <= max_ms must hold
    """

    target_ms: int = 300_000
    max_ms: int = 600_000
    overlap_ms: int = 6_000
    shares: int = 5
    least_ms: int = 120_000

    def __post_init__(self) -> None:
        _require(0 < self.target_ms <= self.max_ms, "0 < target_ms <= max_ms must hold")
        _require(self.overlap_ms >= 0, "overlap_ms must not be negative")
        _require(2 * self.overlap_ms < self.max_ms, "max_ms must be more than twice overlap_ms")
        _require(self.shares > 0 and self.least_ms > 0, "shares and least_ms must be positive")


@dataclass(frozen=True, slots=True)
class AsrConfig:
    """How windows are formed and decoded; the thresholds are those of Whisper and faster-whisper.

    Attributes:
        beam_size: width of the beam at temperature 0.
        batch_size: windows decoded together; 0 lets the transcriber choose by model and device.
        window_ms: audio in one window, at most Whisper's 30 s.
        overlap_ms: what two windows share where nobody pauses for a whole window.
        max_gap_ms: silence kept as it is inside a window; of longer silence only this much is kept.
        temperatures: tried in turn on a window whose text is repetitive or improbable.
        log_prob_threshold: mean log probability below which a window is tried again.
        compression_ratio_threshold: repetition above which a window is tried again.
        no_speech_threshold: above it, a window with improbable text counts as silence.
        hotword_tokens: at most this many tokens of names go before each window.
        recheck_ms: speech of at least this length without words is decoded once more.
    """

    beam_size: int = 5
    batch_size: int = 0
    window_ms: int = 29_900
    overlap_ms: int = 2_400
    max_gap_ms: int = 600
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    log_prob_threshold: float = -1.0
    compression_ratio_threshold: float = 2.4
    no_speech_threshold: float = 0.6
    hotword_tokens: int = 100
    recheck_ms: int = 1_000

    def __post_init__(self) -> None:
        _require(self.beam_size > 0, "beam_size must be positive")
        _require(self.batch_size >= 0, "batch_size must not be negative")
        _require(5_000 <= self.window_ms <= 30_000, "window_ms must lie between 5 and 30 seconds")
        _require(0 <= 2 * self.overlap_ms < self.window_ms, "window_ms must be more than twice overlap_ms")
        _require(0 < self.max_gap_ms < self.window_ms, "max_gap_ms must be shorter than a window")
        _require(len(self.temperatures) > 0, "temperatures must not be empty")
        _require(all(0.0 <= t <= 1.0 for t in self.temperatures), "temperatures must lie between 0 and 1")
        _require(0 <= self.hotword_tokens <= 200, "hotword_tokens must lie between 0 and 200")
        _require(self.recheck_ms > 0, "recheck_ms must be positive")


@dataclass(frozen=True, slots=True)
class GuardConfig:
    """What makes a line too unlikely to have been said.

    Attributes:
        min_voiced_share: share of a line's time that must lie on detected speech.
        quiet_db: level under which a line counts as low in energy, relative to the recording's speech.
        weak_logprob: mean log probability under which a low-energy line is not believed.
        max_repeats: how often the same few words may follow each other before the rest counts as a loop.
        max_words_per_second: faster than anyone speaks.
    """

    min_voiced_share: float = 0.15
    quiet_db: float = -25.0
    weak_logprob: float = -0.7
    max_repeats: int = 5
    max_words_per_second: float = 12.0

    def __post_init__(self) -> None:
        _require(0.0 <= self.min_voiced_share <= 1.0, "min_voiced_share must lie between 0 and 1")
        _require(self.quiet_db < 0.0, "quiet_db must be negative")
        _require(self.max_repeats >= 2, "max_repeats must be at least 2")
        _require(self.max_words_per_second > 0, "max_words_per_second must be positive")


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """The settings of every stage, in one value that a Run carries."""

    media: MediaConfig = field(default_factory=MediaConfig)
    vad: VadConfig = field(default_factory=VadConfig)
    chunks: ChunkConfig = field(default_factory=ChunkConfig)
    asr: AsrConfig = field(default_factory=AsrConfig)
    guards: GuardConfig = field(default_factory=GuardConfig)


def fingerprint(*parts: Any) -> str:
    """Returns the sha256 of ``parts`` in canonical JSON: equal values give equal fingerprints on any machine.

    Args:
        parts: plain JSON values, dataclasses, and mappings or sequences of them.

    Raises:
        TypeError: for anything that has no canonical form (an open file, a model).
    """
    text = json.dumps(
        [_plain(part) for part in parts], sort_keys=True, separators=(",", ":"), ensure_ascii=True
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"": type(value).__name__, **fields}
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a fingerprint takes mappings with text keys only")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"a fingerprint cannot hold a {type(value).__name__}")
