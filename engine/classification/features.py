"""One line in numbers: its words, pieces of its words, and cues; what the first stage of the classifier reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from engine.classification.cues import cues
from engine.classification.plain import PlainLine
from engine.classification.words import is_number, word_groups
from engine.values import Language

CUES_WEIGHT = 0.5
"""Cues are many and often 1, where the words of a line share a length of 1."""
_DIGITS = re.compile(r"\d")


class LineFeatures:
    """Turns lines into a sparse matrix; which words it knows comes from the lines that are learnt from.

    >>> lines = [PlainLine(text, tuple(text.split())) for text in ("i draw my sword", "i roll", "i roll again")]
    >>> LineFeatures(lines).matrix(lines[:2], "en").shape[0]
    2
    """

    def __init__(self, lines: Sequence[PlainLine]) -> None:
        self._words = TfidfVectorizer(
            analyzer=_words_and_pairs, min_df=2, sublinear_tf=True, dtype=np.float32
        )
        self._pieces = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True, dtype=np.float32
        )
        self._words.fit(lines)
        self._pieces.fit(_texts(lines))

    def matrix(self, lines: Sequence[PlainLine], language: Language) -> Any:
        """Returns ``lines`` as a sparse matrix, one row for each."""
        return hstack(
            [
                self._words.transform(lines),
                self._pieces.transform(_texts(lines)),
                csr_matrix(cues(lines, word_groups(language)) * CUES_WEIGHT),
            ]
        ).tocsr()


def _texts(lines: Sequence[PlainLine]) -> list[str]:
    return [_DIGITS.sub("0", line.text.lower()) for line in lines]


def _words_and_pairs(line: PlainLine) -> list[str]:
    """Returns the words of a line and each two that follow another, its start and its last mark among them."""
    last = line.text.rstrip()[-1:]
    tokens = ("0" if is_number(token) else _DIGITS.sub("0", token) for token in line.tokens)
    words = ["^", *tokens, *(last if last in ("?", "!") else ())]
    return words + [f"{one} {next_}" for one, next_ in pairwise(words)]
