"""Trains the two stages, each on what the one before says of conversations that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from engine.classification.calibration import fit_temperature
from engine.classification.clauses import clauses_of
from engine.classification.examples import as_spoken, cast_of
from engine.classification.features import LineFeatures
from engine.classification.model import MIXED, Floats, StoryModel, all_columns, of_labels
from engine.classification.neighbours import neighbourhood
from engine.classification.plain import PlainLine, plain_lines
from engine.classification.values import KINDS, LABELS, LabelledLine
from engine.values import Language

UNKNOWN = -1
FOLDS = 5
STRENGTH_OF_LINES = 2.0
STRENGTH_OF_NEIGHBOURS = 0.01
"""How far the stages follow their examples (scikit-learn's ``C``)."""
_ROUNDS = 400

Numbers = NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Lines to learn from, in their order.

    Attributes:
        group: conversations of one group are never split between what is learnt from and what is held out.
        language: of its words.
        lines: all of them.
        answers: the number of each line's kind in ``KINDS``, ``MIXED``, or ``UNKNOWN`` where nobody said it.
        weight: how much each of its lines counts.
    """

    group: str
    language: Language
    lines: Sequence[PlainLine]
    answers: Numbers
    weight: float = 1.0

    @classmethod
    def of(cls, lines: Sequence[LabelledLine], language: Language, weight: float = 1.0) -> Conversation:
        """Returns a conversation as it is learnt from."""
        plain = plain_lines(as_spoken(lines), cast_of(lines))
        group = lines[0].conversation.partition("/")[0]
        return cls(group, language, plain, np.array([_answer(line) for line in lines]), weight)


@dataclass(frozen=True, slots=True)
class _Read:
    """A conversation in numbers: its lines, and the clauses of those that have several."""

    of: Conversation
    lines: Any
    clauses: Any
    places: Sequence[int]


def train(conversations: Sequence[Conversation]) -> StoryModel:
    """Returns a model that has learnt from ``conversations``; the same ones always give the same model.

    Raises:
        ValueError: fewer than two groups of conversations: nothing could be held out.

    >>> from engine.classification.examples import conversations, shipped
    >>> short = [Conversation.of(lines[:20], "en") for lines in conversations(shipped("en"))[:2]]
    >>> model = train(short)
    >>> model.verdicts(model.judge(short[0].lines, "en"))[0].label
    'IC'
    """
    with threadpool_limits(
        limits=1
    ):  # the matrices are small: threads that wait for a busy core cost more than they save
        return _train(conversations)


def _train(conversations: Sequence[Conversation]) -> StoryModel:
    features = LineFeatures([line for one in conversations for line in one.lines])
    read = [_read(one, features) for one in conversations]
    folds = _folds([one.group for one in conversations])
    around: list[Floats] = [np.empty(0)] * len(read)
    for learnt, held in _rounds(folds):
        lines = _fit_lines([read[place] for place in learnt])
        for place in held:
            around[place] = _around(read[place], lines)
    heads = [(one.answers, around[place], one.weight) for place, one in enumerate(conversations)]
    unseen: list[Floats] = [np.empty(0)] * len(read)
    for learnt, held in _rounds(folds):
        head = _fit_neighbours([heads[place] for place in learnt])
        for place in held:
            unseen[place] = all_columns(head, around[place], len(KINDS) + 1)
    return StoryModel(features, _fit_lines(read), _fit_neighbours(heads), _temperature(conversations, unseen))


def _answer(line: LabelledLine) -> int:
    if line.label is None or line.kind is None:
        return UNKNOWN
    return MIXED if line.label == "MIXED" else KINDS.index(line.kind)


def _read(one: Conversation, features: LineFeatures) -> _Read:
    clauses, places = clauses_of(one.lines)
    matrix = features.matrix(clauses, one.language) if clauses else None
    return _Read(one, features.matrix(one.lines, one.language), matrix, places)


def _folds(groups: Sequence[str]) -> list[int]:
    """Returns which fold each conversation is held out with: by its group's name, in folds of even size."""
    ordered = sorted(set(groups), key=lambda group: sha256(group.encode()).digest())
    if len(ordered) < 2:
        raise ValueError("to learn takes conversations of at least two groups")
    return [ordered.index(group) % FOLDS for group in groups]


def _rounds(folds: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Returns for each fold the conversations outside and inside of it."""
    return [
        (
            [place for place, fold in enumerate(folds) if fold != held],
            [place for place, fold in enumerate(folds) if fold == held],
        )
        for held in sorted(set(folds))
    ]


def _fit_lines(read: Sequence[_Read]) -> Any:
    """Fits the first stage on lines of one kind only; a MIXED one would teach it either's words for the other."""
    answers = np.concatenate([one.of.answers for one in read])
    weights = np.concatenate([np.full(len(one.of.answers), one.of.weight) for one in read])
    known = (answers != UNKNOWN) & (answers != MIXED)
    rows = vstack([one.lines for one in read]).tocsr()[known]
    model = LogisticRegression(C=STRENGTH_OF_LINES, max_iter=_ROUNDS, tol=1e-3)
    return model.fit(rows, answers[known], sample_weight=weights[known])


def _fit_neighbours(heads: Sequence[tuple[Numbers, Floats, float]]) -> Any:
    answers = np.concatenate([answers for answers, _, _ in heads])
    rows = np.concatenate([rows for _, rows, _ in heads])
    weights = np.concatenate([np.full(len(answers), weight) for answers, _, weight in heads])
    known = answers != UNKNOWN
    model = LogisticRegression(C=STRENGTH_OF_NEIGHBOURS, max_iter=_ROUNDS)
    pipeline = make_pipeline(StandardScaler(), model)
    return pipeline.fit(rows[known], answers[known], logisticregression__sample_weight=weights[known])


def _around(read: _Read, lines: Any) -> Floats:
    kinds = all_columns(lines, read.lines, len(KINDS))
    clauses = np.zeros((0, len(KINDS)))
    if read.clauses is not None:
        clauses = all_columns(lines, read.clauses, len(KINDS))
    return neighbourhood(kinds, read.of.lines, clauses, read.places)


def _temperature(conversations: Sequence[Conversation], unseen: Sequence[Floats]) -> float:
    answers = np.concatenate([one.answers for one in conversations])
    weights = np.concatenate([np.full(len(one.answers), one.weight) for one in conversations])
    known = answers != UNKNOWN
    chances = of_labels(np.concatenate(unseen))[known]
    return fit_temperature(chances, _labels(answers[known]), weights[known])


def _labels(answers: Numbers) -> Numbers:
    """Returns the number of each answer's label in ``LABELS``."""
    ones = of_labels(np.eye(len(KINDS) + 1))
    assert ones.shape[1] == len(LABELS)
    return np.asarray(ones[answers].argmax(axis=1))
