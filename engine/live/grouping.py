"""Groups the windows of the last minutes into voices, beside the voices that the session has already.

This is the built-in diarizer's clustering (:mod:`engine.diarization.clustering`), done anew for each utterance over a
few minutes: what is older takes part as one mean for each voice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from engine.diarization.clustering import Clean
from engine.diarization.smoothing import smooth
from engine.diarization.windows import HOP_S, Labels, Windows
from engine.embedding import Vectors, unit

ROUNDS = 2


@dataclass(frozen=True, slots=True)
class GroupConfig:
    """How windows become voices while people speak; those of :class:`engine.diarization.clustering.ClusterConfig`.

    Attributes:
        first_cosine: mean cosine above which windows are joined at first, too high for one person's alone.
        same_cosine: cosine from which two long groups are one person, without their microphone.
        join_cosine: the same for two voices that lines were given to already.
        short_s: lowers both for short groups: by a third for groups of twice this length.
        min_speech_s: windows of a group without a voice that was heard for less go to the others.
        sharpness: of the smoothing.
        change_cost: of the smoothing.
        pause_discount: of the smoothing.
    """

    first_cosine: float = 0.66
    same_cosine: float = 0.65
    join_cosine: float = 0.65
    short_s: float = 1.0
    min_speech_s: float = 0.8
    sharpness: float = 40.0
    change_cost: float = 10.0
    pause_discount: float = 0.3


@dataclass(slots=True)
class Group:
    """Windows taken for one person's.

    Attributes:
        total: sum of the vectors of coarse windows that hold nobody else.
        clear: how many of those there are.
        count: coarse windows altogether, by which its length is judged.
        voice: the session's voice that it is; None if there is none yet.
    """

    total: NDArray[np.float64]
    clear: float
    count: float
    voice: int | None = None

    @property
    def mean(self) -> NDArray[np.float64]:
        """The mean of its vectors."""
        return self.total / max(self.clear, 1e-9)

    @property
    def seconds(self) -> float:
        """How long it was heard."""
        return self.count * HOP_S

    def add(self, other: Group) -> None:
        """Takes in another group."""
        self.total = self.total + other.total
        self.clear += other.clear
        self.count += other.count
        if self.voice is None:
            self.voice = other.voice


@dataclass(frozen=True, slots=True)
class Grouped:
    """What became of the windows.

    Attributes:
        labels: the group of each fine window.
        groups: those that ``labels`` number; voices of which nothing was heard lately among them.
        joined: voices that turned out to be another: the old number and the one that it is.
    """

    labels: Labels
    groups: list[Group]
    joined: tuple[tuple[int, int], ...]


def regroup(
    windows: Windows,
    anchors: Sequence[Group],
    held: Labels,
    config: GroupConfig,
    clean: Clean,
    may_join: Callable[[int, int], bool],
) -> Grouped:
    """Returns the group of each fine window.

    Args:
        windows: of the last minutes.
        anchors: one for each voice of the session, with what was heard of it before.
        held: for each fine window the voice that it must go to, else -1.
        config: thresholds.
        clean: takes from vectors what all voices have in common.
        may_join: tells whether two voices may turn out to be one.

    >>> from engine.diarization.windows import Scale
    >>> from engine.live.recent import InMemory
    >>> from engine.values import Span
    >>> anna, ben = np.eye(2, dtype=np.float32)
    >>> starts = np.arange(0, 8_000, 400)
    >>> scale = Scale(starts, starts + 400, InMemory(np.array([anna] * 10 + [ben] * 10)))
    >>> windows = Windows((Span(0, 8_000),), scale, scale)
    >>> found = regroup(windows, [], np.full(20, -1), GroupConfig(), unit, may_join=lambda one, two: True)
    >>> found.labels
    array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    """
    work = _Work(windows, anchors, held, config, clean, may_join)
    work.start()
    for _ in range(ROUNDS):
        work.vote()
        work.join()
        work.drop_tiny()
    work.vote()
    return Grouped(work.labels, work.groups, tuple(work.joined))


class _Work:
    """The state of one grouping."""

    def __init__(
        self,
        windows: Windows,
        anchors: Sequence[Group],
        held: Labels,
        config: GroupConfig,
        clean: Clean,
        may_join: Callable[[int, int], bool],
    ) -> None:
        self._windows = windows
        self._vectors: Vectors = windows.coarse.vectors.read()
        self._config = config
        self._clean = clean
        self._may_join = may_join
        self._held = held
        self._held_coarse = windows.coarse_labels(held)
        self._anchors = list(anchors)
        self.groups: list[Group] = []
        self.labels: Labels = np.zeros(len(windows.fine), np.intp)
        self.joined: list[tuple[int, int]] = []

    def start(self) -> None:
        """Cuts what is free finely, and joins what belongs together."""
        free = np.flatnonzero(self._held_coarse < 0)
        self.groups = [Group(a.total.copy(), a.clear, a.count, a.voice) for a in self._anchors]
        for index in np.flatnonzero(self._held_coarse >= 0):
            one = self._of(int(self._held_coarse[index]))
            if one is not None:
                one.add(Group(self._vectors[index].astype(np.float64), 1, 1))
        self.groups = [group for group in self.groups if group.clear]
        if len(free):
            cut = np.zeros(len(free), np.intp)
            if len(free) > 1:
                tree = linkage(self._vectors[free], "average", metric="cosine")
                cut = fcluster(tree, 1 - self._config.first_cosine, "distance") - 1
            known = list(self.groups)
            fresh = self._made_of(free, cut)
            for _ in range(ROUNDS):
                fine = self._voted(fresh)
                labels = self._windows.coarse_labels(fine)
                fresh = self._made_of(free, labels[free])
            self.groups = [*known, *fresh]
        self.join()

    def _of(self, voice: int) -> Group | None:
        return next((group for group in self.groups if group.voice == voice), None)

    def _made_of(self, windows: NDArray[np.intp], labels: Labels) -> list[Group]:
        found = []
        for label in np.unique(labels):
            rows = self._vectors[windows[labels == label]].astype(np.float64)
            found.append(Group(rows.sum(axis=0), len(rows), len(rows)))
        return found

    def _voted(self, groups: Sequence[Group]) -> Labels:
        return smooth(
            self._windows.fine,
            unit(np.stack([group.mean for group in groups]).astype(np.float32)),
            sharpness=self._config.sharpness,
            change_cost=self._config.change_cost,
            pause_discount=self._config.pause_discount,
        )

    def vote(self) -> None:
        """Gives each window to a group, and makes the groups anew of what they got."""
        labels = self._voted(self.groups)
        place = {group.voice: i for i, group in enumerate(self.groups) if group.voice is not None}
        for voice in np.unique(self._held[self._held >= 0]):
            if int(voice) in place:
                labels[self._held == voice] = place[int(voice)]
        coarse = self._windows.coarse_labels(labels)
        clear = self._windows.unmixed(labels)
        before = {a.voice: a for a in self._merged_anchors()}
        groups = []
        for i, group in enumerate(self.groups):
            mine = coarse == i
            chosen = mine & clear if (mine & clear).any() else mine
            new = Group(self._vectors[chosen].sum(axis=0, dtype=np.float64), chosen.sum(), mine.sum())
            new.voice = group.voice
            if group.voice in before:
                new.add(before[group.voice])
            groups.append(new)
        kept = [i for i, group in enumerate(groups) if group.clear]
        renumber = np.full(len(groups), -1, np.intp)
        renumber[kept] = np.arange(len(kept))
        self.groups = [groups[i] for i in kept]
        self.labels = renumber[labels]

    def _merged_anchors(self) -> list[Group]:
        """Returns the anchors, those that turned out to be one put together."""
        anchors = {a.voice: Group(a.total.copy(), a.clear, a.count, a.voice) for a in self._anchors}
        for gone, into in self.joined:
            if gone in anchors and into in anchors:
                anchors[into].add(anchors.pop(gone))
        return list(anchors.values())

    def join(self) -> None:
        """Joins the two groups that lie closest for their length, until none lie close enough."""
        groups = self.groups
        while len(groups) > 1:
            margins = self._margins()
            i, j = divmod(int(margins.argmax()), len(groups))
            if margins[i, j] < 0:
                return
            keep, gone = sorted((i, j))
            one, two = groups[keep], groups[gone]
            if one.voice is not None and two.voice is not None:
                self.joined.append((two.voice, one.voice))
            one.add(two)
            groups[keep] = one
            del groups[gone]
        self.groups = groups

    def _margins(self) -> NDArray[np.float64]:
        config = self._config
        units = self._clean(unit(np.stack([g.mean for g in self.groups]).astype(np.float32)))
        seconds = np.array([max(g.seconds, HOP_S) for g in self.groups])
        shorter = np.minimum(seconds[:, None], seconds[None])
        bars = np.full(shorter.shape, config.same_cosine)
        voices = [g.voice for g in self.groups]
        for i, one in enumerate(voices):
            for j, two in enumerate(voices):
                if one is not None and two is not None:
                    bars[i, j] = config.join_cosine if i != j and self._may_join(one, two) else np.inf
        margins: NDArray[np.float64] = (units @ units.T).astype(np.float64)
        margins -= bars / (1 + config.short_s / shorter)
        np.fill_diagonal(margins, -np.inf)
        return margins

    def drop_tiny(self) -> None:
        """Leaves out groups that are too short to be somebody; their windows go to others."""
        kept = [g for g in self.groups if g.voice is not None or g.seconds >= self._config.min_speech_s]
        if kept:
            self.groups = kept
