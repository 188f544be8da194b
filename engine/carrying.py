"""Says which newly heard words are another hearing of lines that people shaped, and which are lines of their own.

Lines are heard anew with other boundaries, other words and other voices. What a person wrote, found right or removed
stays; the words that belong there are the machine's alternative for it, and must not stand beside it a second time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise

from engine.retiming import StoredWord, folded
from engine.values import Line, Word

SAME_WITHIN_MS = 600
"""Two hearings of one word lie at most this far apart."""

OTHER_VOICE_MS = 300
"""A word of another voice must lie this much nearer to be taken for the same word."""

BUCKET_MS = 5000

_folded = lru_cache(maxsize=1 << 16)(folded)

Whose = int | None
"""A number that stands for a voice, the same before and now; None where nobody is known to speak."""


@dataclass(frozen=True, slots=True)
class LineBefore:
    """A line of the transcript as it is before the new lines come.

    Attributes:
        start_ms: where it begins.
        end_ms: where it ends.
        voices: whose it may be: as the machine heard, and as a person said.
        heard: the words that the machine heard in it last.
        written: the words that it says, where a person wrote them.
        kept: whether people shaped it; the others only keep their own words from being given to these.
    """

    start_ms: int
    end_ms: int
    voices: frozenset[Whose]
    heard: Sequence[StoredWord]
    written: Sequence[StoredWord] = ()
    kept: bool = False

    def has_at(self, moment: float) -> bool:
        """Whether ``moment`` is in the line's time."""
        return self.start_ms <= moment < self.end_ms

    def touches(self, word: Word) -> bool:
        """Whether some of ``word`` is in the line's time."""
        return word.start_ms < self.end_ms and self.start_ms < word.end_ms


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


@dataclass(slots=True)
class _Place:
    """A newly heard word, and the line before that it belongs to, if any."""

    line: int
    word: Word
    whose: Whose
    home: int | None = None

    @property
    def middle(self) -> float:
        return (self.word.start_ms + self.word.end_ms) / 2


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
    places = [
        [_Place(index, word, voice) for word in line.words]
        for index, (line, voice) in enumerate(zip(lines, whose, strict=True))
    ]
    everywhere = sorted((place for line in places for place in line), key=lambda place: place.middle)
    _match(before, everywhere)
    _fill_by_voice(before, everywhere)
    _fill_voices_heard_anew(before, everywhere)
    for line_places in places:
        _fill_between(before, line_places)
    given: dict[int, list[_Place]] = defaultdict(list)
    for place in everywhere:
        if place.home is not None and before[place.home].kept:
            given[place.home].append(place)
    now = _as_heard_now(before, given)
    marks = _Times(now.items())
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
    return [word for word in map(_folded, text.split()) if any(letter.isalnum() for letter in word)]


def _match(before: Sequence[LineBefore], places: Sequence[_Place]) -> None:
    """Brings each word home to the line in which it was heard or written before, nearest ones first, one to one."""
    there: dict[str, list[tuple[float, int, int, int]]] = defaultdict(list)
    for count, (at, word) in enumerate(_words_of(before)):
        there[_folded(word[2])].append(((word[0] + word[1]) / 2, count, at, word[1] - word[0]))
    for found in there.values():
        found.sort()
    pairs: list[tuple[float, float, int, int, int]] = []
    for index, place in enumerate(places):
        found = there.get(_folded(place.word.text), [])
        first = bisect_left(found, (place.middle - SAME_WITHIN_MS,))
        length = place.word.end_ms - place.word.start_ms
        for middle, count, at, length_then in found[first:]:
            apart = abs(middle - place.middle)
            if middle > place.middle + SAME_WITHIN_MS:
                break
            other = OTHER_VOICE_MS * (place.whose not in before[at].voices)
            exactly = not apart and length == length_then
            pairs.append((-1.0 if exactly else apart + other, other, index, count, at))
    taken: set[int] = set()
    for _cost, _other, index, count, at in sorted(pairs):
        if places[index].home is None and count not in taken:
            places[index].home = at
            taken.add(count)


def _words_of(before: Sequence[LineBefore]) -> Iterator[tuple[int, StoredWord]]:
    """Yields the words that the machine heard, and of those that people wrote the ones that it did not hear."""
    for at, line in enumerate(before):
        heard: dict[str, list[int]] = defaultdict(list)
        for word in line.heard:
            heard[_folded(word[2])].append(word[0])
            yield at, word
        for word in line.written:
            if not any(abs(start - word[0]) <= SAME_WITHIN_MS for start in heard[_folded(word[2])]):
                yield at, word


class _Times:
    """Finds the lines that are there at a moment."""

    def __init__(self, lines: Iterable[tuple[int, LineBefore]]) -> None:
        self._there: dict[int, list[int]] = defaultdict(list)
        for at, line in lines:
            for bucket in range(line.start_ms // BUCKET_MS, line.end_ms // BUCKET_MS + 1):
                self._there[bucket].append(at)

    def near(self, start_ms: float, end_ms: float) -> list[int]:
        """Returns the lines that may be there in this time, each once, in order."""
        buckets = range(int(start_ms // BUCKET_MS), int(end_ms // BUCKET_MS) + 1)
        return sorted({at for bucket in buckets for at in self._there.get(bucket, ())})


def _fill_by_voice(before: Sequence[LineBefore], places: Sequence[_Place]) -> None:
    """Brings words that match nothing home to the line of their voice that was there; the shortest, if several."""
    times = _Times((at, line) for at, line in enumerate(before) if _has_words(line))
    for place in places:
        if place.home is not None:
            continue
        there = [
            at
            for at in times.near(place.middle, place.middle)
            if before[at].has_at(place.middle) and place.whose in before[at].voices
        ]
        place.home = min(there, key=lambda at: before[at].end_ms - before[at].start_ms, default=None)


def _fill_voices_heard_anew(before: Sequence[LineBefore], places: Sequence[_Place]) -> None:
    """Gives kept lines whose voice is not heard there now the words of the voice that took its place."""
    heard = {
        place.home for place in places if place.home is not None and place.whose in before[place.home].voices
    }
    middles = [place.middle for place in places]
    for at, line in enumerate(before):
        if not line.kept or not _has_words(line) or at in heard:
            continue
        there: dict[Whose, list[_Place]] = defaultdict(list)
        for place in places[bisect_left(middles, line.start_ms) : bisect_right(middles, line.end_ms)]:
            if place.home in (None, at):
                there[place.whose].append(place)
        if not there:
            continue
        most = max(there.values(), key=lambda group: (_matches(group, at), _spoken_ms(group)))
        spoken = max(sum(word[1] - word[0] for word in words) for words in (line.heard, line.written))
        if _matches(most, at) or 2 * _spoken_ms(most) >= spoken:
            for place in most:
                place.home = at


def _matches(group: Sequence[_Place], at: int) -> int:
    return sum(place.home == at for place in group)


def _spoken_ms(group: Sequence[_Place]) -> int:
    return sum(place.word.end_ms - place.word.start_ms for place in group)


def _has_words(line: LineBefore) -> bool:
    """Whether words can belong to it: where only a mark stood that somebody spoke, they are news."""
    return bool(line.heard or line.written)


def _fill_between(before: Sequence[LineBefore], places: Sequence[_Place]) -> None:
    """Lets words of a new line that match nothing go with those around them, so that it is not torn to scraps.

    At the ends of what goes, only a word of its voice that begins or ends in the kept line's time goes too.
    """
    homed = [index for index, place in enumerate(places) if place.home is not None]
    for one, other in pairwise(homed):
        home = places[one].home
        if home is not None and home == places[other].home and before[home].kept:
            for place in places[one:other]:
                place.home = home
    for order in (range(1, len(places)), range(len(places) - 2, -1, -1)):
        for index in order:
            place, beside = places[index], places[index - order.step].home
            if place.home is not None or beside is None or not before[beside].kept:
                continue
            if place.whose in before[beside].voices and before[beside].touches(place.word):
                place.home = beside


def _as_heard_now(
    before: Sequence[LineBefore], given: Mapping[int, Sequence[_Place]]
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


def _remaining(before: Sequence[LineBefore], line: Line, places: Sequence[_Place]) -> Iterator[Line]:
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
