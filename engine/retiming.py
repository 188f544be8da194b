"""Gives the words of an edited line their times: those that stay keep theirs, new ones share what is there.

Words are the plain lists that lines are stored with, so that a row's words go in and come out as they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

StoredWord = list[Any]
"""``[start_ms, end_ms, text, probability]``, as :meth:`engine.values.Word.to_json` makes it."""

WRITTEN = 1.0
"""The probability of a word that a person wrote."""

LEAST_MS = 40
"""A written word that would have less takes some of its neighbours' time."""

_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc", "'''")


def folded(word: str) -> str:
    """Returns ``word`` as it is compared: without case, accents and the punctuation around it.

    >>> folded("\u201cCaf\u00e9!\u201d")
    'cafe'
    """
    parts = unicodedata.normalize("NFKD", word.casefold().translate(_APOSTROPHES))
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    inside = [at for at, letter in enumerate(plain) if letter.isalnum()]
    return plain[inside[0] : inside[-1] + 1] if inside else plain


def retimed(words: Sequence[StoredWord], text: str, start_ms: int, end_ms: int) -> list[StoredWord]:
    """Returns the words of ``text`` with times.

    A word that stays keeps its time and probability. Words that replace others share the time of these by their
    lengths, one by one where there are as many. Inserted words take the gap that they stand in, and where that is too
    small for them a fair part of the time of the words beside it.

    Args:
        words: those of the line before the edit, in order; none is fine, and so are some outside the line's time.
        text: what the line says now; it is split at white space.
        start_ms: where the line begins.
        end_ms: where it ends; the words are all in between, one after the other, each for at least a millisecond if
            the line is long enough for that.
    """
    written = text.split()
    old = [_clipped(word, start_ms, end_ms) for word in words]
    new: list[StoredWord] = [[start_ms, end_ms, word, WRITTEN] for word in written]
    pairs = _unchanged([folded(word[2]) for word in old], [folded(word) for word in written])
    for there, here in pairs:
        new[here] = [*old[there][:2], written[here], old[there][3]]
    for (there, here), (there_until, here_until) in pairwise([(-1, -1), *pairs, (len(old), len(new))]):
        replaced, changed = old[there + 1 : there_until], new[here + 1 : here_until]
        if changed:
            before = new[here] if here >= 0 else None
            after = new[here_until] if here_until < len(new) else None
            _place(changed, replaced, before, after, (start_ms, end_ms))
    return _in_order(new, start_ms, end_ms)


def split_words(words: Sequence[StoredWord], count: int) -> tuple[list[StoredWord], list[StoredWord], int]:
    """Returns the first ``count`` words, the others, and the moment between them.

    Raises:
        ValueError: one of the parts would have no words.
    """
    if not 0 < count < len(words):
        raise ValueError(f"{len(words)} words can't be split after {count}")
    left, right = [list(word) for word in words[:count]], [list(word) for word in words[count:]]
    return left, right, (left[-1][1] + right[0][0]) // 2


def joined_words(left: Sequence[StoredWord], right: Sequence[StoredWord]) -> list[StoredWord]:
    """Returns the words of two lines as those of one, ``left`` before ``right``.

    Where the lines were spoken at the same time, their words move apart: a line says one word after the other.
    """
    if not left or not right:
        return [list(word) for word in (*left, *right)]
    start_ms, end_ms = min(left[0][0], right[0][0]), max(left[-1][1], right[-1][1])
    first, second = [list(word) for word in left], [list(word) for word in right]
    if left[-1][1] > right[0][0]:
        lengths = [sum(len(word[2]) for word in words) for words in (left, right)]
        between = start_ms + (end_ms - start_ms) * lengths[0] // max(1, sum(lengths))
        first, second = _fitted(first, start_ms, between), _fitted(second, between, end_ms)
    return _in_order([*first, *second], start_ms, end_ms)


def _unchanged(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Returns the pairs of words, old and new, that are the same; those before and after the edit for certain."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    pairs = [(at, at) for at in range(head)]
    middle = SequenceMatcher(
        None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False
    ).get_matching_blocks()
    pairs += [(head + block.a + at, head + block.b + at) for block in middle for at in range(block.size)]
    return pairs + [(len(old) - at, len(new) - at) for at in range(tail, 0, -1)]


def _place(
    changed: list[StoredWord],
    replaced: list[StoredWord],
    before: StoredWord | None,
    after: StoredWord | None,
    line: tuple[int, int],
) -> None:
    """Sets the times of ``changed``, which stand between ``before`` and ``after`` in the place of ``replaced``."""
    least = LEAST_MS * len(changed)
    if replaced and replaced[-1][1] - replaced[0][0] >= least:
        if len(replaced) == len(changed):
            for word, earlier in zip(changed, replaced, strict=True):
                word[:2] = earlier[:2]
        else:
            _share(changed, replaced[0][0], replaced[-1][1])
        return
    start_ms = line[0] if before is None else before[1]
    end_ms = line[1] if after is None else after[0]
    if end_ms - start_ms < least:
        start_ms, end_ms = _taken_from(before, after, sum(len(word[2]) for word in changed), start_ms, end_ms)
    _share(changed, start_ms, end_ms)


def _taken_from(
    before: StoredWord | None, after: StoredWord | None, letters: int, start_ms: int, end_ms: int
) -> tuple[int, int]:
    """Makes the neighbours of ``letters`` inserted ones shorter; returns the time that is then between them."""
    lengths = [word[1] - word[0] if word else 0 for word in (before, after)]
    gap = max(0, end_ms - start_ms)
    others = sum(len(word[2]) for word in (before, after) if word)
    wanted = (sum(lengths) + gap) * letters // max(1, letters + others)
    short = max(0, wanted - gap)
    if before is not None:
        before[1] -= short * lengths[0] // max(1, sum(lengths))
        start_ms = before[1]
    if after is not None:
        after[0] += short * lengths[1] // max(1, sum(lengths))
        end_ms = after[0]
    return start_ms, end_ms


def _share(words: list[StoredWord], start_ms: int, end_ms: int) -> None:
    """Gives each of ``words`` its part of the time by its letters."""
    moments = [start_ms + part for part in _parts([len(word[2]) for word in words], end_ms - start_ms)]
    for word, moment in zip(words, pairwise(moments), strict=True):
        word[:2] = moment


def _parts(weights: Sequence[int], whole: int) -> Iterator[int]:
    done, total = 0, max(1, sum(weights))
    yield 0
    for weight in weights:
        done += weight
        yield whole * done // total


def _fitted(words: list[StoredWord], start_ms: int, end_ms: int) -> list[StoredWord]:
    """Returns ``words`` with their times stretched or shrunk to lie between the two moments."""
    first, length = words[0][0], max(1, words[-1][1] - words[0][0])
    return [
        [*(start_ms + (end_ms - start_ms) * (moment - first) // length for moment in word[:2]), *word[2:]]
        for word in words
    ]


def _clipped(word: StoredWord, start_ms: int, end_ms: int) -> StoredWord:
    start = min(max(word[0], start_ms), end_ms)
    return [start, min(max(word[1], start), end_ms), *word[2:]]


def _in_order(words: list[StoredWord], start_ms: int, end_ms: int) -> list[StoredWord]:
    """Returns ``words`` one after the other in the time that there is; those that already are stay as they are."""
    least = 1 if end_ms - start_ms >= len(words) else 0
    at = start_ms
    for count, word in enumerate(words, start=1):
        room = least * (len(words) - count)
        start = min(max(word[0], at), end_ms - room - least)
        at = min(max(word[1], start + least), end_ms - room)
        word[:2] = start, at
    return words
