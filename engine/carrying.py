"""Says which newly heard words are another hearing of lines that people shaped, and which are lines of their own.

Lines are heard anew with other boundaries, other words and other voices. What a person wrote, found right or removed
stays; the words that belong there are the machine's alternative for it, and must not stand beside it a second time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from engine.placing import LineBefore, Place, Times, Whose, folded_once, place_words
from engine.values import Line, Word


@dataclass(frozen=True, slots=True)
class Parted:
    """New lines, parted into what belongs to kept lines and what remains.

    Attributes:
        given: by the index of a kept line, its words with the index of the new line that each was heard in; only kept
            lines that got words.
        left: what remains as lines of their own, in the order of the new lines.
    """

    given: dict[int, tuple[tuple[int, Word], ...]]
    left: tuple[Line, ...]


def part(before: Sequence[LineBefore], lines: Sequence[Line], whose: Sequence[Whose]) -> Parted:
    """Returns which words of ``lines`` belong to the kept ones of ``before``; no word is lost, and none there twice.

    A word belongs where the same word was heard or written at about the same time, whatever the voice. Other words
    belong to the line of their voice that was there. Where a kept line's voice is not heard at all any more, somebody
    else's words in its time are its own if some of them match it or they fill it: voices are heard anew, too. Words of
    others who talk at the same time remain.

    Args:
        before: all lines of the transcript as it is.
        lines: all lines as they are heard now.
        whose: for each of ``lines`` whose it is, in the same numbers as ``LineBefore.voices``.
    """
    if not any(line.kept for line in before):
        return Parted({}, tuple(lines))
    places = place_words(before, lines, whose)
    everywhere = sorted((place for line in places for place in line), key=lambda place: place.middle)
    given: dict[int, list[Place]] = defaultdict(list)
    for place in everywhere:
        if place.home is not None and before[place.home].kept:
            given[place.home].append(place)
    now = _as_heard_now(before, given)
    marks = Times(now.items())
    left: list[Line] = []
    for line, voice, line_places in zip(lines, whose, places, strict=True):
        if line_places:
            left += _remaining(before, line, line_places)
        elif not any(_is_marked(now[at], line, voice) for at in marks.near(line.start_ms, line.end_ms)):
            left.append(line)
    return Parted(
        {at: tuple((place.line, place.word) for place in given[at]) for at in sorted(given)}, tuple(left)
    )


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts have the same words, whatever their case, accents and punctuation.

    >>> says_the_same("Ja — de draak!", "ja, de draak")
    True
    """
    return _said(one) == _said(other)


def _said(text: str) -> list[str]:
    return [word for word in map(folded_once, text.split()) if any(letter.isalnum() for letter in word)]


def _as_heard_now(
    before: Sequence[LineBefore], given: Mapping[int, Sequence[Place]]
) -> dict[int, LineBefore]:
    """Returns the kept lines, by index, with the words and the voice that are heard in them now, if any."""
    now: dict[int, LineBefore] = {}
    for at, line in enumerate(before):
        if line.kept:
            now[at] = line
        if at in given:
            (most, _), *_others = Counter(place.whose for place in given[at]).most_common()
            heard = [place.word.to_json() for place in given[at]]
            now[at] = replace(line, voices=frozenset({most}), heard=heard)
    return now


def _is_marked(kept: LineBefore, line: Line, whose: Whose) -> bool:
    """Whether ``line``, in which no words were heard, marks what a kept line already stands for."""
    shared = min(kept.end_ms, line.end_ms) - max(kept.start_ms, line.start_ms)
    return 2 * shared > line.end_ms - line.start_ms and (whose in kept.voices or not kept.heard)


def _remaining(before: Sequence[LineBefore], line: Line, places: Sequence[Place]) -> Iterator[Line]:
    """Yields the stretches of ``line``, which has words, of which none was given to a kept line."""
    at = 0
    for goes, group in groupby(places, key=lambda place: place.home is not None and before[place.home].kept):
        words = tuple(place.word for place in group)
        first, at = at, at + len(words)
        if not goes:
            yield replace(
                line,
                start_ms=line.start_ms if first == 0 else words[0].start_ms,
                end_ms=line.end_ms if at == len(places) else max(word.end_ms for word in words),
                words=words,
            )
