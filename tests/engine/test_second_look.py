"""The second look at a recording in which the microphone is louder than the voices; no model is needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engine.diarization import SpeakerCount
from engine.diarization.clustering import ClusterConfig, cluster
from engine.diarization.second_look import tell_apart
from engine.diarization.vector_file import VectorFile
from engine.diarization.windows import Scale, Windows
from engine.embedding import DIMENSION, unit
from engine.values import Span

RANDOM = np.random.default_rng(5)
DIRECTIONS = np.linalg.qr(RANDOM.normal(size=(DIMENSION, 10)))[0].T
MICROPHONES, PEOPLE = DIRECTIONS[:2], DIRECTIONS[2:]


def recorded(turns: Sequence[tuple[int, int]], seconds: float = 6.0) -> Windows:
    """Windows of turns: who speaks into which of two microphones, both of which drown their voices."""
    random = np.random.default_rng(1)
    pieces, coarse, fine = [], ([], [], []), ([], [], [])
    at = 0
    for person, microphone in turns:
        piece = Span(at, at + int(seconds * 1000))
        pieces.append(piece)
        for (starts, ends, vectors), length, hop in ((coarse, 1600, 400), (fine, 800, 200)):
            for start in range(piece.start_ms, piece.end_ms - length + 1, hop):
                starts.append(start)
                ends.append(start + length)
                heard = 2 * MICROPHONES[microphone] + PEOPLE[person]
                vectors.append(unit(heard + 0.8 * unit(random.normal(size=DIMENSION))))
        at = piece.end_ms + 500
    return Windows(tuple(pieces), *map(_scale, (coarse, fine)))


def _scale(parts) -> Scale:
    starts, ends, vectors = parts
    file = VectorFile()
    file.append(np.array(vectors))
    return Scale(np.array(starts), np.array(ends), file.all())


def without_microphones(vectors):
    return unit(np.asarray(vectors - (vectors @ MICROPHONES.T) @ MICROPHONES, np.float32))


def voices(look, windows: Windows, bounds: SpeakerCount, on_step=lambda: None) -> list[int]:
    """The voice of each turn; every turn must be one voice's alone."""
    labels = look(windows, bounds, ClusterConfig(), on_step, without_microphones)
    of_turns = []
    for piece in windows.pieces:
        inside = (windows.fine.starts >= piece.start_ms) & (windows.fine.ends <= piece.end_ms)
        (voice,) = set(labels[inside].tolist())
        of_turns.append(voice)
    numbers = {voice: number for number, voice in enumerate(dict.fromkeys(of_turns))}
    return [numbers[voice] for voice in of_turns]


FIVE = [(0, 0), (3, 1), (1, 0), (4, 1), (2, 0)] * 3


def test_people_whom_their_microphone_hides_are_told_apart():
    windows = recorded(FIVE)
    assert voices(cluster, windows, SpeakerCount()) == [0, 1, 0, 1, 0] * 3
    assert voices(tell_apart, windows, SpeakerCount()) == [0, 1, 2, 3, 4] * 3


@pytest.mark.parametrize(
    "turns",
    [
        [(0, 0), (0, 1)] * 4,
        [(0, 0), (1, 1)] * 4,
        [(0, 0), (1, 0), (2, 1)] * 4,
        [(0, 0)] * 6,
    ],
)
def test_one_voice_more_or_none_is_not_believed(turns):
    windows = recorded(turns)
    assert voices(tell_apart, windows, SpeakerCount()) == voices(cluster, windows, SpeakerCount())


@pytest.mark.parametrize(("most", "found"), [(3, 2), (4, 4), (5, 5)])
def test_no_more_voices_than_are_allowed(most, found):
    assert len(set(voices(tell_apart, recorded(FIVE), SpeakerCount(max=most)))) == found


def test_hours_are_looked_at_in_blocks_and_can_be_cancelled():
    class CancelledError(Exception):
        pass

    calls = []
    windows = recorded(FIVE * 2)
    config = ClusterConfig(block_windows=60)
    labels = tell_apart(windows, SpeakerCount(), config, lambda: calls.append(1), without_microphones)
    assert len(set(labels.tolist())) >= 4
    assert calls

    def cancel():
        if len(left) == 1:
            raise CancelledError
        left.pop()

    left = list(range(len(calls)))
    with pytest.raises(CancelledError):
        tell_apart(windows, SpeakerCount(), config, cancel, without_microphones)
