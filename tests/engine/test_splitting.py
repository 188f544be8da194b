import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calibration import unit
from engine.embedding import VoiceEncoder
from engine.splitting import LONGEST_CROP_MS, embed_lines, split_voice
from engine.values import Span
from tests.conftest import FIXTURES
from tools.measure.sounds import InMemory, load


def lines_of(people, seed=0, noise=0.6):
    """Returns a vector for each line: its person's, with noise of a realistic size (cosine about 0.75 within)."""
    rng = np.random.default_rng(seed)
    voices = unit(rng.normal(size=(max(people) + 1, 64)).astype(np.float32))
    around = noise * unit(rng.normal(size=(len(people), 64)).astype(np.float32))
    return unit(voices[list(people)] + around)


def test_one_line_pointed_out_brings_all_of_that_person():
    people = [0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1]
    split = split_voice(lines_of(people), [4_000] * len(people), {1})
    assert split == {1, 4, 5, 7, 11}


def test_one_foreign_line_among_many_goes_alone():
    people = [0] * 20
    people[7] = 1
    assert split_voice(lines_of(people), [3_000] * 20, {7}) == {7}


def test_line_pointed_out_goes_even_where_it_sounds_like_the_others():
    people = [0, 0, 0, 1, 1, 1, 0]
    split = split_voice(lines_of(people), [4_000] * 7, {3, 4, 6})
    assert split == {3, 4, 5, 6}


def test_lines_too_short_to_tell_follow_their_neighbour():
    people = [0, 0, 1, 1, 1, 0]
    vectors = lines_of(people)
    vectors[4] = vectors[0]  # too short: what it sounds like does not matter
    vectors[1] = 0
    assert split_voice(vectors, [4_000, 4_000, 4_000, 4_000, 300, 4_000], {2}) == {2, 3, 4}


def test_where_no_line_can_tell_only_those_pointed_out_go():
    assert split_voice(lines_of([0, 1, 1]), [200, 300, 400], {1}) == {1}


@pytest.mark.parametrize("pointed_out", [set(), {0, 1}, {5}])
def test_nothing_all_or_elsewhere_cannot_be_pointed_out(pointed_out):
    with pytest.raises(ValueError, match="pointed out"):
        split_voice(lines_of([0, 1]), [4_000, 4_000], pointed_out)


@given(st.data())
def test_lines_pointed_out_always_go_and_never_all(data):
    count = data.draw(st.integers(2, 12))
    values = st.floats(-1, 1, width=32)
    vectors = np.array(
        data.draw(st.lists(st.lists(values, min_size=3, max_size=3), min_size=count, max_size=count)),
        np.float32,
    )
    weights = data.draw(st.lists(st.integers(0, 30_000), min_size=count, max_size=count))
    pointed_out = data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=count - 1))
    split = split_voice(vectors, weights, pointed_out)
    assert pointed_out <= split < set(range(count))


def fixture_lines(*names):
    """Returns a recording and the turns of some of its voices, as spans and names."""
    found = json.loads((FIXTURES / "audio" / "en_2min.json").read_text())
    turns = [turn for turn in found["turns"] if turn["voice"] in names]
    sound = InMemory(load(Path(FIXTURES / "audio" / "en_2min.opus")))
    return sound, [Span(t["start_ms"], t["end_ms"]) for t in turns], [t["voice"] for t in turns]


@pytest.mark.models
@pytest.mark.parametrize("names", [("Anna", "Tom"), ("Sofie", "Daan"), ("Anna", "Sofie")])
def test_two_voices_taken_for_one_come_apart_by_the_real_encoder(names):
    sound, spans, voices = fixture_lines(*names)
    vectors = embed_lines(VoiceEncoder(), sound, spans)
    theirs = {i for i, voice in enumerate(voices) if voice == names[1]}
    longest = max(theirs, key=lambda i: spans[i].duration_ms)
    split = split_voice(vectors, [span.duration_ms for span in spans], {longest})
    telling = {i for i, span in enumerate(spans) if span.duration_ms >= 1_500}
    assert len((split ^ theirs) & telling) <= len(telling) // 10


class Recorder:
    """Notes what is read; every sample is 1."""

    model_id = "recorder"

    def __init__(self):
        self.lengths_ms = []

    @property
    def duration_ms(self):
        return 3_600_000

    def read(self, start_ms, end_ms):
        self.lengths_ms.append(end_ms - start_ms)
        return np.ones((end_ms - start_ms) * 16, np.float32)

    def embed(self, samples):
        return np.array([1, 0], np.float32)


def test_an_hour_in_one_line_is_never_read_at_once():
    recorder, told = Recorder(), []
    vectors = embed_lines(
        recorder, recorder, [Span(0, 3_000_000), Span(5, 5), Span(10, 900)], lambda *done: told.append(done)
    )
    assert max(recorder.lengths_ms) == LONGEST_CROP_MS
    assert vectors.tolist() == [[1, 0], [0, 0], [1, 0]]
    assert told == [(0, 3), (1, 3), (2, 3)]
