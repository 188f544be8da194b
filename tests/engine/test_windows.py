"""Windows hold all speech, none twice, none too long, and times lead back to where they came from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.config import AsrConfig
from engine.fakes import FakeAudio
from engine.values import Span
from engine.windows import Window, plan
from tests.engine.conftest import tone

CONFIG = AsrConfig()


@st.composite
def speech(draw: st.DrawFn) -> list[Span]:
    spans, at = [], draw(st.integers(0, 3000))
    for _ in range(draw(st.integers(1, 12))):
        length = draw(st.one_of(st.integers(150, 9000), st.integers(25_000, 70_000)))
        spans.append(Span(at, at + length))
        at += length + draw(st.integers(0, 9000))
    return spans


@given(speech(), st.integers(0, 3000))
def test_all_speech_is_in_windows_that_meet_or_overlap_as_they_say(spans: list[Span], tail_ms: int) -> None:
    duration_ms = spans[-1].end_ms + tail_ms
    windows = plan(spans, Span(0, duration_ms), FakeAudio.silence(duration_ms), CONFIG)

    pieces = [piece for window in windows for piece in window.pieces]
    for span in spans:
        for ms in (span.start_ms, (span.start_ms + span.end_ms) // 2, span.end_ms - 1):
            assert any(piece.start_ms <= ms < piece.end_ms for piece in pieces)
    for window in windows:
        assert 0 < window.duration_ms <= CONFIG.window_ms
        assert all(a.end_ms < b.start_ms for a, b in pairwise(window.pieces))
        assert all(p.start_ms >= 0 and p.end_ms <= duration_ms for p in window.pieces)
    for before, after in pairwise(windows):
        if after.overlap is None:
            assert before.pieces[-1].end_ms <= after.pieces[0].start_ms
        else:
            assert after.overlap == Span(after.pieces[0].start_ms, before.pieces[-1].end_ms)
            assert after.overlap.duration_ms == CONFIG.overlap_ms


def test_long_silence_is_shortened_and_short_silence_kept() -> None:
    spans = [Span(1000, 2000), Span(2400, 3000), Span(9000, 9500)]

    (window,) = plan(spans, Span(0, 20_000), FakeAudio.silence(20_000), CONFIG)

    pad = CONFIG.max_gap_ms // 2
    assert window.pieces == (Span(1000 - pad, 3000 + pad), Span(9000 - pad, 9500 + pad))


def test_talking_through_is_cut_where_it_is_quietest() -> None:
    samples = tone(60.0)
    quiet = 25_400
    samples[quiet * 16 : (quiet + 200) * 16] *= 0.01

    first, second, *_ = plan([Span(0, 60_000)], Span(0, 60_000), FakeAudio(samples), CONFIG)

    assert first.pieces[-1].end_ms - CONFIG.overlap_ms // 2 in range(quiet, quiet + 201)
    assert second.overlap is not None


@given(st.floats(0, 9.99), st.floats(0, 3))
def test_times_lead_back_inside_one_piece(start_s: float, length_s: float) -> None:
    window = Window((Span(1000, 4000), Span(10_000, 12_000), Span(50_000, 55_000)))

    start_ms, end_ms = window.restore(start_s, start_s + length_s)

    assert start_ms <= end_ms
    assert any(p.start_ms <= start_ms and end_ms <= p.end_ms for p in window.pieces)


def test_times_lead_back_to_where_the_sound_was() -> None:
    window = Window((Span(1000, 4000), Span(10_000, 12_000)))
    audio = FakeAudio(np.arange(16 * 13_000, dtype=np.float32))

    sound = window.read(audio)

    for at_ms in (0, 2999, 3001, 4900):
        start_ms, _ = window.restore(at_ms / 1000, at_ms / 1000)
        assert sound[at_ms * 16] == audio.read(start_ms, start_ms + 1)[0]
