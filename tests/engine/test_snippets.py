"""Cutting clips: the right stretch of sound, with soft edges, in a format that players open."""

from __future__ import annotations

import io
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fakes import FakeAudio
from engine.snippets import (
    AFTER_MS,
    BEFORE_MS,
    BETWEEN_MS,
    CLIP_FORMATS,
    LONGEST_MS,
    NEAR_MS,
    ClipTooLong,
    cut,
    joined,
)
from engine.values import Span

SECOND = 1000


def opened(data: bytes) -> tuple[str, int, np.ndarray]:
    """Returns a file's format, its length in ms and its samples."""
    with av.open(io.BytesIO(data)) as container:
        frames = [frame.to_ndarray().astype(np.float64).ravel() for frame in container.decode(audio=0)]
        stream = container.streams.audio[0]
        samples = np.concatenate(frames)
        return container.format.name, round(1000 * len(samples) / stream.rate), samples


@pytest.fixture
def audio() -> FakeAudio:
    """Ten seconds of silence, then ten of a tone, then ten of silence."""
    quiet = np.zeros(16 * 10 * SECOND, dtype=np.float32)
    return FakeAudio(
        np.concatenate([quiet, 0.5 * np.sin(np.arange(160_000, dtype=np.float32) * 0.1728), quiet])
    )


@pytest.mark.parametrize("form", CLIP_FORMATS)
def test_every_format_holds_the_stretch_that_was_asked_for(audio, form) -> None:
    clip = cut(audio, [Span(11 * SECOND, 14 * SECOND)], form)
    name, length_ms, samples = opened(clip.data)
    assert form in name
    assert clip.duration_ms == 3 * SECOND + BEFORE_MS + AFTER_MS
    assert abs(length_ms - clip.duration_ms) < 80
    assert (
        np.abs(samples).max() > 0.3 * np.abs(opened(cut(audio, [Span(11_000, 19_000)], form).data)[2]).max()
    )


def test_sound_comes_from_the_right_place(audio) -> None:
    *_, samples = opened(cut(audio, [Span(9 * SECOND, 11 * SECOND)], "wav").data)
    start = BEFORE_MS + 1000
    assert np.abs(samples[: 16 * (start - 20)]).max() == 0
    assert np.abs(samples[16 * (start + 20) : 16 * (start + 100)]).max() > 10_000


def test_edges_are_soft(audio) -> None:
    *_, samples = opened(cut(audio, [Span(12 * SECOND, 13 * SECOND)], "wav").data)
    assert np.abs(samples[:8]).max() < 500
    assert np.abs(samples[-8:]).max() < 1500


def test_stretches_apart_are_joined_by_a_short_silence(audio) -> None:
    clip = cut(audio, [Span(11 * SECOND, 12 * SECOND), Span(17 * SECOND, 18 * SECOND)], "wav")
    assert clip.duration_ms == 2 * (SECOND + BEFORE_MS + AFTER_MS) + BETWEEN_MS


def test_end_of_the_recording_is_the_end_of_the_clip(audio) -> None:
    assert cut(audio, [Span(29 * SECOND, 40 * SECOND)], "wav").duration_ms == SECOND + BEFORE_MS


def test_too_much_is_refused_before_it_is_read(audio) -> None:
    whole = FakeAudio.silence(LONGEST_MS + 10 * SECOND)
    with pytest.raises(ClipTooLong, match="ten minutes"):
        cut(whole, [Span(0, LONGEST_MS + SECOND)], "mp3")


def test_nothing_makes_no_clip(audio) -> None:
    with pytest.raises(ValueError, match="at least one"):
        cut(audio, [Span(40 * SECOND, 41 * SECOND)], "mp3")


@given(st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 5_000)), min_size=1, max_size=12))
def test_every_wanted_moment_is_cut_out_once_and_in_order(stretches) -> None:
    spans = [Span(start, start + length) for start, length in stretches]
    found = list(joined(spans, 65_000))
    for span in spans:
        assert sum(piece.start_ms <= span.start_ms and span.end_ms <= piece.end_ms for piece in found) == 1
    for a, b in pairwise(found):
        assert b.start_ms - a.end_ms > NEAR_MS - BEFORE_MS - AFTER_MS
