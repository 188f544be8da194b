"""Looks again at recordings in which everybody sounds alike: a dull recorder hides people from the clustering.

What all windows have in common is then mostly the microphone and the room. With a part of it taken away people lie
further apart, but so do the ways in which one person speaks; the second look is therefore believed only where it tells
at least two more people apart than the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.diarization import SpeakerCount
from engine.diarization.clustering import Clean, ClusterConfig, cluster
from engine.diarization.windows import Labels, Rows, Scale, Windows
from engine.embedding import Vectors, unit

COMMON_SHARE = 0.6
"""So much of what all windows have in common is taken away, times n / (n + 1) where the first look found n voices: the
fewer there are, the more of it is their voices."""

MORE = 2
"""So many more voices must be there to be believed."""

APART = ClusterConfig(first_cosine=0.3, same_cosine=0.5, sharpness=20.0)
"""Thresholds among windows without what they have in common, measured on 36 composed evenings and four meetings."""


def tell_apart(
    windows: Windows,
    speakers: SpeakerCount,
    config: ClusterConfig,
    on_step: Callable[[], None],
    clean: Clean,
    apart: ClusterConfig = APART,
) -> Labels:
    """Returns the voice of each fine window, as :func:`engine.diarization.clustering.cluster` does, looking twice.

    Args:
        windows: at least one.
        speakers: bounds on the number of voices.
        config: thresholds of the first look.
        on_step: called often; raising from it stops the work.
        clean: takes microphone and room from vectors as far as is known beforehand.
        apart: thresholds of the second look.

    >>> from engine.diarization.vector_file import VectorFile
    >>> from engine.embedding import DIMENSION
    >>> from engine.values import Span
    >>> anna, ben = np.eye(2, DIMENSION, dtype=np.float32)
    >>> heard, starts = VectorFile(), np.arange(0, 4_000, 400)
    >>> heard.append(np.array([anna] * 5 + [ben] * 5))
    >>> scale = Scale(starts, starts + 400, heard.all())
    >>> tell_apart(Windows((Span(0, 4_000),), scale, scale), SpeakerCount(), ClusterConfig(), lambda: None, unit)
    array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    """
    first = cluster(windows, speakers, config, on_step, clean)
    voices = int(first.max()) + 1
    if voices == 1 or (speakers.max is not None and speakers.max < voices + MORE):
        return first
    common = _mean(windows.coarse.vectors, clean) * (COMMON_SHARE * voices / (voices + 1))

    def without_common(vectors: Vectors) -> Vectors:
        return unit(clean(vectors) - common)

    second = cluster(_moved(windows, without_common), speakers, apart, on_step, unit)
    return second if second.max() + 1 >= voices + MORE else first


def _mean(rows: Rows, clean: Clean) -> Vectors:
    total = sum(clean(vectors).sum(axis=0, dtype=np.float64) for _, vectors in rows.blocks())
    mean: Vectors = np.asarray(total / len(rows), np.float32)
    return mean


def _moved(windows: Windows, move: Clean) -> Windows:
    coarse, fine = (
        Scale(scale.starts, scale.ends, _Moved(scale.vectors, move))
        for scale in (windows.coarse, windows.fine)
    )
    return Windows(windows.pieces, coarse, fine)


@dataclass(frozen=True, slots=True)
class _Moved:
    """Vectors that are moved when they are read, so that none but those in use are in memory."""

    rows: Rows
    move: Clean

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, first: int, last: int) -> _Moved:
        return _Moved(self.rows.part(first, last), self.move)

    def read(self) -> Vectors:
        return self.move(self.rows.read())

    def blocks(self) -> Iterator[tuple[int, Vectors]]:
        for first, vectors in self.rows.blocks():
            yield first, self.move(vectors)
