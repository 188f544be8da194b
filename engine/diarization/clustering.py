"""Groups windows into voices; memory stays bounded, because only blocks of windows are compared pair by pair.

Each block is first cut into more clusters than there are people (average linkage). Clusters are then joined while their
centroids lie closer than two crops of one person of that length do: the longer the crops, the closer they must be. For
that, what all voices have in common and what microphones do is taken from the centroids: a poor microphone or an
echoing room would make everybody sound alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from engine.diarization import SpeakerCount
from engine.diarization.smoothing import smooth
from engine.diarization.windows import HOP_S, Labels, Windows
from engine.embedding import DIMENSION, Vectors, unit


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """How windows become voices; figures measured on real mixtures of 2 to 10 people.

    Attributes:
        block_windows: windows compared pair by pair at once.
        first_cosine: mean cosine above which windows are joined at first, too high for one person's alone.
        same_cosine: cosine from which two long clusters are one person, without their microphone.
        short_s: lowers it for short clusters: by a third for clusters of twice this length.
        min_speech_s: voices heard for less are given to the nearest other voice.
        min_share: raises that with the length of all speech: what was heard for less is rather a laugh, or two who
            spoke at once, than one more person.
        clear_speech_s: who was heard for as long is always somebody.
        sharpness: of the smoothing, see :func:`engine.diarization.smoothing.smooth`.
        change_cost: of the smoothing.
        pause_discount: of the smoothing.
    """

    block_windows: int = 1500
    first_cosine: float = 0.66
    same_cosine: float = 0.65
    short_s: float = 1.0
    min_speech_s: float = 0.8
    min_share: float = 0.03
    clear_speech_s: float = 2.0
    sharpness: float = 40.0
    change_cost: float = 10.0
    pause_discount: float = 0.3

    def __post_init__(self) -> None:
        if self.block_windows < 2:
            raise ValueError("a block needs at least two windows")
        if not (0 < self.first_cosine < 1 and 0 < self.same_cosine < 1 and 0 <= self.pause_discount <= 1):
            raise ValueError("cosines and discounts lie between 0 and 1")
        if min(self.short_s, self.min_speech_s, self.min_share, self.sharpness, self.change_cost) < 0:
            raise ValueError("lengths, shares and costs must not be negative")
        if self.clear_speech_s < self.min_speech_s:
            raise ValueError("clear_speech_s must not be less than min_speech_s")


Clean = Callable[[Vectors], Vectors]
"""Returns unit vectors without microphone and room."""

Vote = Callable[[Windows, Vectors], Labels]


def cluster(
    windows: Windows,
    speakers: SpeakerCount,
    config: ClusterConfig,
    on_step: Callable[[], None],
    clean: Clean = unit,
) -> Labels:
    """Returns the voice of each fine window, numbered from 0 without gaps, in no order that means anything.

    Args:
        windows: at least one.
        speakers: bounds on the number of voices.
        config: thresholds.
        on_step: called often; raising from it stops the work.
        clean: what is done to centroids before they are compared.

    >>> from engine.diarization.vector_file import VectorFile
    >>> from engine.diarization.windows import Scale
    >>> from engine.values import Span
    >>> anna, ben = np.eye(2, DIMENSION, dtype=np.float32)
    >>> heard, starts = VectorFile(), np.arange(0, 4_000, 400)
    >>> heard.append(np.array([anna] * 5 + [ben] * 5))
    >>> scale = Scale(starts, starts + 400, heard.all())
    >>> cluster(Windows((Span(0, 4_000),), scale, scale), SpeakerCount(), ClusterConfig(), lambda: None)
    array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    """

    def vote(part: Windows, centroids: Vectors) -> Labels:
        return smooth(
            part.fine,
            centroids,
            sharpness=config.sharpness,
            change_cost=config.change_cost,
            pause_discount=config.pause_discount,
            on_rows=on_step,
        )

    blocks = list(windows.blocks(config.block_windows))
    alone = len(blocks) == 1
    parts = [
        _cluster_block(block, speakers if alone else SpeakerCount(), config, vote, clean) for block in blocks
    ]
    groups = _Groups.joined([_Groups.of(block, labels) for block, labels in zip(blocks, parts, strict=True)])
    if not alone:
        groups.join_similar(speakers, config, clean, on_step)
    centroids = groups.centroids()
    labels = vote(windows, centroids)
    for _ in range(2):
        groups = _Groups.of(windows, labels)
        groups.join_similar(speakers, config, clean, on_step)
        groups.drop_tiny(speakers, config)
        labels = vote(windows, groups.centroids())
    _, compact = np.unique(labels, return_inverse=True)
    return compact


def centres(windows: Windows, fine: Labels) -> Vectors:
    """Returns the mean of the coarse windows of each voice, shape ``(voices, 256)``, not of unit length.

    Windows in which the voice changes are left out where a voice has others; a voice that is heard too short for a
    coarse window has the mean of its fine ones.

    Args:
        windows: at least one.
        fine: the voice of each fine window, numbered from 0 without gaps.
    """
    found = np.unique(windows.coarse_labels(fine))
    means = np.empty((int(fine.max()) + 1, DIMENSION), np.float32)
    means[found] = _Groups.of(windows, fine).means()
    for voice in np.setdiff1d(fine, found).tolist():
        short = [windows.fine.vectors.part(i, i + 1).read() for i in np.flatnonzero(fine == voice).tolist()]
        means[voice] = np.concatenate(short).mean(axis=0)
    return means


def _cluster_block(
    block: Windows, speakers: SpeakerCount, config: ClusterConfig, vote: Vote, clean: Clean
) -> Labels:
    """Returns labels of a block's fine windows: cut finely, smoothed, then joined."""
    vectors = block.coarse.vectors.read()
    labels = np.zeros(len(vectors), np.intp)
    if len(vectors) > 1:
        tree = linkage(vectors, "average", metric="cosine")
        labels = fcluster(tree, 1 - config.first_cosine, "distance") - 1
        if speakers.min is not None and labels.max() + 1 < speakers.min:
            labels = fcluster(tree, speakers.min, "maxclust") - 1
    for _ in range(2):
        fine = vote(block, _means(vectors, labels))
        labels = block.coarse_labels(fine)
    fine = vote(block, _means(vectors, labels))
    groups = _Groups.of(block, fine)
    groups.join_similar(speakers, config, clean)
    return vote(block, groups.centroids())


def _means(vectors: Vectors, labels: Labels) -> Vectors:
    return unit(np.stack([vectors[labels == label].mean(axis=0) for label in np.unique(labels)]))


class _Groups:
    """Clusters as sums of vectors and counts of windows, which is all that joining them needs."""

    def __init__(self, sums: NDArray[np.float64], counts: NDArray[np.float64]) -> None:
        self._means = sums
        self._counts = counts

    @classmethod
    def of(cls, windows: Windows, fine: Labels) -> _Groups:
        """Makes one group per label; windows that straddle a change count for length but not for the mean."""
        _, labels = np.unique(windows.coarse_labels(fine), return_inverse=True)
        counts = np.bincount(labels).astype(np.float64)
        clean = windows.unmixed(fine)
        clean |= np.bincount(labels, clean)[labels] == 0
        sums = np.zeros((len(counts), DIMENSION))
        for first, vectors in windows.coarse.vectors.blocks():
            chosen = clean[first : first + len(vectors)]
            np.add.at(sums, labels[first : first + len(vectors)][chosen], vectors[chosen])
        return cls(sums / np.bincount(labels, clean)[:, None], counts)

    @classmethod
    def joined(cls, parts: list[_Groups]) -> _Groups:
        return cls(np.concatenate([p._means for p in parts]), np.concatenate([p._counts for p in parts]))

    def means(self) -> Vectors:
        return self._means.astype(np.float32)

    def centroids(self) -> Vectors:
        return unit(self.means())

    def join_similar(
        self,
        speakers: SpeakerCount,
        config: ClusterConfig,
        clean: Clean,
        on_step: Callable[[], None] = lambda: None,
    ) -> None:
        """Joins the pair that lies closest for its length, until none is close enough or the bounds say stop."""
        margin = self._margins(config, clean, np.arange(len(self._counts)))
        while len(self._counts) > (speakers.min or 1):
            on_step()
            flat = int(margin.argmax())
            keep, gone = sorted(divmod(flat, len(self._counts)))
            if margin.flat[flat] < 0 and not (speakers.max and len(self._counts) > speakers.max):
                return
            self._join(keep, gone)
            margin = np.delete(np.delete(margin, gone, 0), gone, 1)
            row = self._margins(config, clean, np.array([keep]))[0]
            margin[keep], margin[:, keep] = row, row

    def _margins(self, config: ClusterConfig, clean: Clean, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Returns how much closer each pair lies than it must, shape ``(rows, k)``; never with itself."""
        units = clean(self.means()).astype(np.float64)
        shorter = np.minimum(self._counts[rows, None], self._counts[None]) * HOP_S
        margins: NDArray[np.float64] = units[rows] @ units.T - config.same_cosine / (
            1 + config.short_s / shorter
        )
        margins[np.arange(len(rows)), rows] = -np.inf
        return margins

    def _join(self, keep: int, gone: int) -> None:
        counts = self._counts[[keep, gone]]
        self._means[keep] = counts @ self._means[[keep, gone]] / counts.sum()
        self._counts[keep] = counts.sum()
        self._means = np.delete(self._means, gone, 0)
        self._counts = np.delete(self._counts, gone)

    def drop_tiny(self, speakers: SpeakerCount, config: ClusterConfig) -> None:
        """Leaves out groups that are too short to be somebody; smoothing gives their windows to others."""
        share_s = config.min_share * self._counts.sum() * HOP_S
        least_s = min(max(share_s, config.min_speech_s), config.clear_speech_s)
        while len(self._counts) > (speakers.min or 1) and self._counts.min() * HOP_S < least_s:
            gone = int(self._counts.argmin())
            self._means = np.delete(self._means, gone, 0)
            self._counts = np.delete(self._counts, gone)
