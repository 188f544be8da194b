"""The parts of the built-in diarizer, and the whole of it on recordings made for this repository and on real ones."""

import importlib.util
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diarization import SpeakerCount
from engine.diarization.builtin import BuiltinDiarizer
from engine.diarization.clustering import ClusterConfig, cluster
from engine.diarization.smoothing import smooth
from engine.diarization.vector_file import VectorFile
from engine.diarization.voices import embed_voices, in_order_of_speaking, spoken_alone, turns_of
from engine.diarization.windows import PIECE_MS, Scale, Windows, embed_speech
from engine.embedding import unit
from engine.values import Span, Turn
from tests.engine.conftest import FIXTURES, fixture_audio
from tools.diarization_error import Labelled, Loaded, measure, score

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("resemblyzer") is None, reason="the Resemblyzer wheel is not installed"
)

AS_THEY_ARE = {"same_cosine": 0.86, "short_s": 0.3}
"""For vectors that are made up: no microphone is taken from them before they are compared."""


@pytest.mark.parametrize("bounds", [(0, None), (3, 2), (None, 0)])
def test_speaker_count_refuses_nonsense(bounds):
    with pytest.raises(ValueError, match="speaker"):
        SpeakerCount(*bounds)


def test_cluster_config_refuses_nonsense():
    for nonsense in (
        {"block_windows": 1},
        {"first_cosine": 1.5},
        {"change_cost": -1},
        {"clear_speech_s": 0.5},
    ):
        with pytest.raises(ValueError, match=r"."):
            ClusterConfig(**nonsense)


class People:
    """Windows whose cosines are about those of the encoder: 0.75 for one person, 0.45 for two."""

    def __init__(self, order, seconds=4.0, seed=0, last_s=None):
        random = np.random.default_rng(seed)
        people = max(order) + 1
        common, own = unit(random.normal(size=256)), unit(random.normal(size=(people, 256)))
        centres = unit(np.sqrt(0.6) * common + np.sqrt(0.4) * own)
        pieces, coarse, fine = [], ([], [], []), ([], [], [])
        at = 0
        for number, person in enumerate(order, start=1):
            length_s = last_s if last_s and number == len(order) else seconds
            piece = Span(at, at + int(length_s * 1000))
            pieces.append(piece)
            for (starts, ends, vectors), length, hop in ((coarse, 1600, 200), (fine, 800, 100)):
                for start in range(piece.start_ms, piece.end_ms - length + 1, hop):
                    starts.append(start)
                    ends.append(start + length)
                    noise = unit(random.normal(size=256))
                    vectors.append(unit(centres[person] + 0.577 * noise))
            at = piece.end_ms + 500
        self.windows = Windows(tuple(pieces), self._scale(coarse), self._scale(fine))

    @staticmethod
    def _scale(parts):
        starts, ends, vectors = parts
        file = VectorFile()
        for at in range(0, len(vectors), 1000):
            file.append(np.array(vectors[at : at + 1000]))
        return Scale(np.array(starts), np.array(ends), file.all())


ORDER = [0, 1, 2, 0, 2, 1, 1, 0, 3, 2, 0, 1]


def names(windows, labels):
    """The voice of each piece, in order of speaking."""
    turns = in_order_of_speaking(turns_of(windows, labels))
    return [turn.voice for turn in turns]


def test_everybody_is_found_also_who_speaks_once():
    people = People(ORDER)
    labels = cluster(people.windows, SpeakerCount(), ClusterConfig(**AS_THEY_ARE), lambda: None)
    assert names(people.windows, labels) == ORDER


def test_blocks_give_the_same_voices_as_one_pass():
    people = People(ORDER * 3)
    labels = cluster(
        people.windows, SpeakerCount(), ClusterConfig(**AS_THEY_ARE, block_windows=60), lambda: None
    )
    assert names(people.windows, labels) == ORDER * 3


@pytest.mark.parametrize("block_windows", [1500, 60])
def test_bounds_on_the_number_of_voices_are_kept(block_windows):
    people, config = People(ORDER), ClusterConfig(**AS_THEY_ARE, block_windows=block_windows)
    few = cluster(people.windows, SpeakerCount(max=2), config, lambda: None)
    assert len(set(few)) == 2


@pytest.mark.parametrize(("turns", "voices"), [(2, 3), (20, 2)])
def test_what_is_heard_for_a_moment_is_somebody_in_a_short_recording_only(turns, voices):
    people = People([0, 1] * (turns // 2) + [2], last_s=2.2)
    labels = cluster(people.windows, SpeakerCount(), ClusterConfig(**AS_THEY_ARE), lambda: None)
    assert len(set(labels)) == voices


def test_who_was_heard_for_long_enough_is_somebody_however_long_the_others_talk():
    people = People([0, 1] * 40 + [2], last_s=2.8)
    labels = cluster(people.windows, SpeakerCount(), ClusterConfig(**AS_THEY_ARE), lambda: None)
    assert len(set(labels)) == 3


def test_clustering_can_be_cancelled():
    class CancelledError(Exception):
        pass

    def cancel():
        raise CancelledError

    with pytest.raises(CancelledError):
        cluster(People(ORDER).windows, SpeakerCount(), ClusterConfig(**AS_THEY_ARE), cancel)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(2, 200))
def test_blocks_neither_lose_nor_double_a_window(order, size):
    windows = People(order, seconds=2.0).windows
    blocks = list(windows.blocks(size))
    assert [s for block in blocks for s in block.coarse.starts] == list(windows.coarse.starts)
    assert [s for block in blocks for s in block.fine.starts] == list(windows.fine.starts)
    assert [piece for block in blocks for piece in block.pieces] == list(windows.pieces)


def test_smoothing_keeps_a_flicker_from_becoming_a_turn():
    centroids = np.eye(2, 256, dtype=np.float32)
    truth = [0] * 20 + [1] + [0] * 20 + [1] * 20
    starts = np.arange(len(truth)) * 100
    file = VectorFile()
    file.append(centroids[truth])
    fine = Scale(starts, starts + 800, file.all())
    found = smooth(fine, centroids, sharpness=4, change_cost=5, pause_discount=1.0)
    assert list(found) == [0] * 41 + [1] * 20


def test_turns_tile_the_speech_and_change_midway():
    windows = People([0, 1], seconds=2.0).windows
    labels = np.array([0] * 6 + [1] * (len(windows.fine) - 6))
    turns = turns_of(windows, labels)
    assert [t.voice for t in turns] == [0, 1, 1]
    assert turns[0].start_ms == 0
    assert turns[0].end_ms == turns[1].start_ms == (500 + 400 + 600 + 400) // 2
    assert (turns[1].end_ms, turns[2].start_ms, turns[2].end_ms) == (2000, 2500, 4500)


def test_voices_are_numbered_in_order_of_speaking():
    turns = in_order_of_speaking([Turn(500, 900, 7), Turn(0, 400, 3), Turn(1000, 1200, 3)])
    assert turns == (Turn(0, 400, 0), Turn(500, 900, 1), Turn(1000, 1200, 0))


def test_overlap_is_nobodys_alone():
    assert spoken_alone([Turn(0, 1000, 0), Turn(600, 1500, 1), Turn(1500, 1600, 1)]) == {
        0: [Span(0, 600)],
        1: [Span(1000, 1600)],
    }


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 3000), st.integers(0, 3)), max_size=12))
def test_speech_alone_is_exactly_where_one_voice_speaks(raw):
    turns = [Turn(start, start + length, voice) for start, length, voice in raw]
    found = spoken_alone(turns)
    for at in {t for turn in turns for t in (turn.start_ms, turn.end_ms)}:
        active = {t.voice for t in turns if t.start_ms <= at < t.end_ms}
        alone = {v for v, spans in found.items() for s in spans if s.start_ms <= at < s.end_ms}
        assert alone == (active if len(active) == 1 else set())


class Counting:
    """Embeds nothing, remembers how long its crops were."""

    model_id = "counting"

    def __init__(self):
        self.crops = []

    def embed(self, samples):
        self.crops.append(len(samples) // 16)
        return unit(np.ones(4, np.float32))


class Silence:
    duration_ms = 100_000

    def read(self, start_ms, end_ms):
        return np.zeros((min(end_ms, self.duration_ms) - start_ms) * 16, np.float32)


def test_voiceprints_come_from_whole_crops_of_two_to_twenty_seconds():
    encoder = Counting()
    turns = [
        Turn(0, 30_000, 0),
        Turn(30_000, 31_900, 0),
        Turn(40_000, 40_900, 1),
        Turn(41_000, 41_900, 1),
        Turn(50_000, 50_500, 2),
    ]
    found = embed_voices(Silence(), turns, encoder)
    assert [(e.voice, e.model, e.speech_ms) for e in found] == [
        (0, "counting", 31_900),
        (1, "counting", 1800),
    ]
    assert encoder.crops == [20_000, 1800]


class StandIn:
    """An encoder that counts windows instead of listening."""

    model_id = "stand-in"

    def embed_windows(self, mels):
        return unit(np.ones((len(mels), 256), np.float32))


def test_long_speech_is_cut_into_pieces_and_short_speech_gets_a_window():
    class Hours(Silence):
        duration_ms = 3 * PIECE_MS

    done = []
    speech = [Span(0, 200), Span(1000, 2 * PIECE_MS)]
    windows = embed_speech(Hours(), speech, StandIn(), done.append)
    assert all(piece.duration_ms <= PIECE_MS for piece in windows.pieces)
    assert done[-1] == sum(span.duration_ms for span in speech)
    assert len([s for s in windows.coarse.starts if s < 200]) == 1


@needs_weights
def test_no_speech_has_no_voices():
    assert BuiltinDiarizer().diarize(Silence(), [], SpeakerCount()).turns == ()
    assert BuiltinDiarizer().diarize(Silence(), [Span(0, 5000)], SpeakerCount()).turns == ()


@pytest.mark.models
@needs_weights
@pytest.mark.parametrize("stem", ["en_30s", "nl_30s"])
def test_fixture_recording_has_its_voices(stem):
    audio = Loaded.of(fixture_audio(stem))
    truth = json.loads((FIXTURES / f"{stem}.json").read_text("utf-8"))
    known = [(turn["start_ms"], turn["end_ms"], turn["voice"]) for turn in truth["turns"]]
    reports = []
    speech = [Span(0, audio.duration_ms)]
    found = BuiltinDiarizer().diarize(audio, speech, SpeakerCount(), lambda *r: reports.append(r))
    assert score(known, found.turns, audio.duration_ms).confusion < 0.05
    assert found.voices == tuple(range(len({name for _, _, name in known})))
    assert [done for _, done, _ in reports] == sorted(done for _, done, _ in reports)
    assert reports[-1][1] == reports[-1][2]
    assert BuiltinDiarizer().diarize(audio, speech, SpeakerCount()) == found


@needs_weights
@pytest.mark.slow
@pytest.mark.parametrize(("stem", "worst"), [("meeting_nl_4spk", 0.08), ("meeting_en_5spk_quiet", 0.07)])
def test_real_meeting_stays_within_its_error(shared_data, stem, worst):
    labelled = Labelled.of(shared_data / "composed" / f"{stem}.rttm")
    got = measure(BuiltinDiarizer(), labelled, SpeakerCount(max=labelled.people))
    assert got.error < worst
    assert got.voices == labelled.people


def test_stored_vectors_are_read_back_in_any_part():
    vectors = np.random.default_rng(1).normal(size=(20_000, 256)).astype(np.float16)
    file = VectorFile()
    for part in np.array_split(vectors, 7):
        file.append(part)
    stored = file.all()
    assert len(stored) == 20_000
    np.testing.assert_array_equal(stored.part(5, 12).part(2, 4).read(), vectors[7:9].astype(np.float32))
    starts, blocks = zip(*stored.blocks(), strict=True)
    np.testing.assert_array_equal(np.concatenate(blocks), vectors.astype(np.float32))
    assert list(starts) == list(np.cumsum([0, *map(len, blocks[:-1])]))
