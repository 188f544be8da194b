"""The recorder's arithmetic, in the browser that runs it: rates, the clock, and what a tape says is missing."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.django_db(transaction=True)

RESAMPLE = """async ({rate, hz}) => {
  const context = new OfflineAudioContext(1, rate, rate);
  await context.audioWorklet.addModule("/static/js/live/worklet.js");
  const node = new AudioWorkletNode(context, "scribe-capture", {numberOfOutputs: 0});
  const buffer = context.createBuffer(2, rate, rate);
  for (const channel of [0, 1]) {
    const data = buffer.getChannelData(channel);
    for (let i = 0; i < rate; i += 1) data[i] = 0.5 * Math.sin(2 * Math.PI * hz * i / rate);
  }
  const source = new AudioBufferSourceNode(context, {buffer});
  source.connect(node);
  source.start();
  const frames = [];
  node.port.onmessage = ({data}) => frames.push(data);
  await context.startRendering();
  await new Promise((resolve) => {
    const look = () => frames.length >= 6 ? resolve() : setTimeout(look, 10);
    look();
  });
  return frames.flatMap(({samples}) => [...samples]);
}"""
CLOCK = """async (steps) => {
  const {Clock} = await import("/static/js/live/clock.js");
  const clock = new Clock(null);
  let next = 0;
  return steps.map(([wall, resumes]) => {
    if (resumes) clock.resume();
    const first = clock.place(next, 2400, wall);
    next = first + 2400;
    return first;
  });
}"""
TAPE = """async ({frames, gaps, next, at}) => {
  const {Tape} = await import("/static/js/live/tape.js");
  const kept = frames.map(([first, count]) => ({first, samples: new Int16Array(count).fill(first)}));
  const store = {frames: async (key, from) => kept.filter((f) => f.first + f.samples.length > from)};
  const tape = new Tape(store, {key: "k", next, held: 0, gaps});
  const read = await tape.read(at, 64000);
  return read && (read.gap ?? [read.first, read.samples.length, [...new Set(read.samples)]]);
}"""
METER = """async (frames) => {
  const {Meter} = await import("/static/js/live/meter.js");
  const meter = new Meter(document.createElement("canvas"), 180);
  return frames.map(([times, peak, clipped]) => {
    for (let i = 0; i < times; i += 1) meter.hear({peak, clipped, count: 2400});
    return [meter.isQuiet, meter.isClipped];
  });
}"""
FRAME_MS = 150


@pytest.fixture
def blank(open_page, live_server):
    page = open_page()
    page.goto(f"{live_server.url}/login/")
    return page


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_tone_keeps_its_pitch_and_place_at_any_rate(blank, rate):
    heard = np.array(blank.evaluate(RESAMPLE, {"rate": rate, "hz": 3_000})) / 32767
    meant = 0.5 * np.sin(2 * np.pi * 3_000 * np.arange(len(heard)) / 16_000)
    assert np.abs(heard - meant)[400:-400].max() < 0.001


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_tone_above_what_16_khz_holds_does_not_come_back_as_another(blank, rate):
    heard = np.array(blank.evaluate(RESAMPLE, {"rate": rate, "hz": 9_000})) / 32767
    assert np.abs(heard)[400:-400].max() < 0.001


def walls(count: int, step: float = FRAME_MS, begin: float = 1_000_000.0) -> list[float]:
    return [begin + i * step for i in range(count)]


def test_sound_card_that_is_a_little_fast_or_slow_makes_no_gap(blank):
    for drift in (0.9998, 1.0002):
        firsts = blank.evaluate(CLOCK, [[wall, False] for wall in walls(40_000, FRAME_MS * drift)])
        assert firsts == [i * 2_400 for i in range(40_000)]


def test_late_and_bunched_frames_make_no_gap(blank):
    times = walls(100)
    times[50:54] = [times[53]] * 4
    times[70] += 900
    assert blank.evaluate(CLOCK, [[wall, False] for wall in times]) == [i * 2_400 for i in range(100)]


def test_closed_lid_becomes_a_gap_of_its_length(blank):
    times = walls(10) + [wall + 60_000 for wall in walls(20)[10:]]
    firsts = blank.evaluate(CLOCK, [[wall, False] for wall in times])
    assert firsts[9] == 9 * 2_400
    assert firsts[10] == pytest.approx(10 * 2_400 + 60_000 * 16, abs=200)
    assert np.diff(firsts[10:]).tolist() == [2_400] * 9


def test_short_pause_is_a_gap_too(blank):
    times = walls(10) + [wall + 400 for wall in walls(20)[10:]]
    firsts = blank.evaluate(CLOCK, [[wall, i == 10] for i, wall in enumerate(times)])
    assert firsts[10] == pytest.approx(10 * 2_400 + 400 * 16, abs=200)


def test_clock_that_is_set_back_moves_nothing(blank):
    times = walls(10) + [wall - 3_600_000 for wall in walls(20)[10:]]
    assert blank.evaluate(CLOCK, [[wall, False] for wall in times]) == [i * 2_400 for i in range(20)]


@pytest.mark.parametrize(
    ("at", "read"),
    [
        (0, [0, 300, [0, 100, 200]]),  # frames that follow each other go as one
        (150, [150, 150, [100, 200]]),  # from the middle of one
        (300, [300, 500, "pause"]),  # a declared gap
        (400, [400, 500, "pause"]),  # the rest of one
        (500, [500, 100, [500]]),
        (600, [600, 700, "lost"]),  # neither a frame nor a gap: it is not here any more
        (700, [700, 100, [700]]),
        (800, None),
    ],
)
def test_tape_tells_what_comes_next(blank, at, read):
    tape = {
        "frames": [[0, 100], [100, 100], [200, 100], [500, 100], [700, 100]],
        "gaps": [[300, 500, "pause"]],
        "next": 800,
    }
    assert blank.evaluate(TAPE, {**tape, "at": at}) == read


def test_three_minutes_of_silence_are_told_and_one_word_ends_that(blank):
    silence, word = [1199, 0.001, 0], [1, 0.1, 0]
    told = blank.evaluate(METER, [silence, word, silence, [1, 0.001, 0], word])
    assert [quiet for quiet, _ in told] == [False, False, False, True, False]


def test_distortion_is_told_for_a_while_and_a_single_click_is_not(blank):
    told = blank.evaluate(METER, [[1, 1, 0.0005], [1, 1, 0.1], [60, 0.2, 0], [10, 0.2, 0]])
    assert [clipped for _, clipped in told] == [False, True, True, False]
