"""Speech detection in blocks: the same as in one go, and orderly whatever the network says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.vad import VadOptions, get_speech_timestamps
from hypothesis import given
from hypothesis import strategies as st

from engine import vad
from engine.audio import PcmFile, prepare
from engine.config import VadConfig
from engine.fakes import FakeAudio
from engine.values import Span
from tests.engine.conftest import fixture_audio


def as_in_one_go(samples: np.ndarray, config: VadConfig) -> list[Span]:
    found = get_speech_timestamps(
        samples.copy(),
        VadOptions(
            threshold=config.threshold,
            neg_threshold=config.release,
            min_speech_duration_ms=config.min_speech_ms,
            min_silence_duration_ms=config.min_silence_ms,
            speech_pad_ms=config.pad_ms,
        ),
    )
    return [Span(s["start"] // 16, s["end"] // 16) for s in found]


@pytest.mark.parametrize("block_ms", [3_200, 16_000, 32_000])
def test_blocks_give_what_one_pass_gives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, block_ms: int
) -> None:
    prepare(fixture_audio("en_30s"), tmp_path / "a.wav")
    monkeypatch.setattr(vad, "BLOCK_MS", block_ms)
    with PcmFile(tmp_path / "a.wav") as pcm:
        spans = vad.detect(pcm)
        expected = as_in_one_go(pcm.read(0, pcm.duration_ms), VadConfig())

    assert len(spans) > 3
    assert len(spans) == len(expected)
    for span, other in zip(spans, expected, strict=True):
        assert abs(span.start_ms - other.start_ms) <= 32
        assert abs(span.end_ms - other.end_ms) <= 32


def test_silence_and_nothing_at_all_hold_no_speech() -> None:
    assert vad.detect(FakeAudio(np.zeros(16_000 * 5, np.float32))) == []
    assert vad.detect(FakeAudio(np.zeros(0, np.float32))) == []


def test_progress_ends_at_its_total() -> None:
    seen: list[tuple[str, int, int]] = []
    vad.detect(FakeAudio(np.zeros(16_000 * 40, np.float32)), on_progress=lambda *step: seen.append(step))

    assert seen == [("detect", 32_000, 40_000), ("detect", 40_000, 40_000)]


@given(
    st.lists(st.floats(0, 1), max_size=200),
    st.integers(0, 400),
    st.integers(32, 600),
    st.integers(0, 500),
)
def test_spans_alternate_with_silence_and_stay_inside(
    probabilities: list[float], min_speech_ms: int, min_silence_ms: int, pad_ms: int
) -> None:
    config = VadConfig(min_speech_ms=min_speech_ms, min_silence_ms=min_silence_ms, pad_ms=pad_ms)
    duration_ms = 32 * len(probabilities)
    marker = vad._Marker(config)
    for probability in probabilities:
        marker.add(probability)
    plain = marker.finish(duration_ms)
    spans = vad._pad(plain, duration_ms, pad_ms)

    assert all(a.end_ms + min_silence_ms <= b.start_ms for a, b in pairwise(plain))
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(spans))
    assert all(0 <= s.start_ms < s.end_ms <= duration_ms for s in spans)
    assert all(s.start_ms <= p.start_ms and p.end_ms <= s.end_ms for s, p in zip(spans, plain, strict=True))
    assert all(p.duration_ms > min_speech_ms for p in plain)
