"""Finds for newly heard words the line that they are another hearing of."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from engine.retiming import StoredWord, folded
from engine.values import Line, Word

SAME_WITHIN_MS = 600
"""Two hearings of one word lie at most this far apart."""

OTHER_VOICE_MS = 300
"""A word of another voice must lie this much nearer to be taken for the same word."""

BUCKET_MS = 5000

folded_once = lru_cache(maxsize=1 << 16)(folded)
""":func:`engine.retiming.folded` for many words, of which most are said again and again."""

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


@dataclass(slots=True)
class Place:
    """A newly heard word, and the line before that it belongs to, if any."""

    line: int
    word: Word
    whose: Whose
    home: int | None = None

    @property
    def middle(self) -> float:
        """The moment in its middle, by which it is somewhere."""
        return (self.word.start_ms + self.word.end_ms) / 2


def place_words(
    before: Sequence[LineBefore], lines: Sequence[Line], whose: Sequence[Whose]
) -> list[list[Place]]:
    """Returns for each word of each of ``lines`` where it belongs, see :func:`engine.carrying.part`.

    >>> roll, open_it = Word(0, 400, "Roll", 0.9), Word(5_000, 5_400, "Open", 0.9)
    >>> before = [LineBefore(0, 900, frozenset({1}), [[0, 400, "Roll", 0.9], [500, 900, "it.", 0.9]])]
    >>> heard = [Line(0, 5_400, 1, (roll, open_it))]
    >>> [(place.word.text, place.home) for place in place_words(before, heard, whose=[1])[0]]
    [('Roll', 0), ('Open', None)]
    """
    places = [
        [Place(index, word, voice) for word in line.words]
        for index, (line, voice) in enumerate(zip(lines, whose, strict=True))
    ]
    everywhere = sorted((place for line in places for place in line), key=lambda place: place.middle)
    _match(before, everywhere)
    _fill_by_voice(before, everywhere)
    _fill_voices_heard_anew(before, everywhere)
    for line_places in places:
        _fill_between(before, line_places)
    return places


def _match(before: Sequence[LineBefore], places: Sequence[Place]) -> None:
    """Brings each word home to the line in which it was heard or written before, nearest ones first, one to one."""
    there: dict[str, list[tuple[float, int, int, int]]] = defaultdict(list)
    pool = list(_words_of(before))
    for count, (at, word) in enumerate(pool):
        there[folded_once(word[2])].append(((word[0] + word[1]) / 2, count, at, word[1] - word[0]))
    for found in there.values():
        found.sort()
    pairs: list[tuple[float, float, int, int, int]] = []
    for index, place in enumerate(places):
        found = there.get(folded_once(place.word.text), [])
        first = bisect_left(found, (place.middle - SAME_WITHIN_MS,))
        until = bisect_right(found, (place.middle + SAME_WITHIN_MS, len(pool)))
        length = place.word.end_ms - place.word.start_ms
        for middle, count, at, length_then in found[first:until]:
            apart = abs(middle - place.middle)
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
            heard[folded_once(word[2])].append(word[0])
            yield at, word
        for word in line.written:
            if not any(abs(start - word[0]) <= SAME_WITHIN_MS for start in heard[folded_once(word[2])]):
                yield at, word


class Times:
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


def _fill_by_voice(before: Sequence[LineBefore], places: Sequence[Place]) -> None:
    """Brings words that match nothing home to the line of their voice that was there; the shortest, if several."""
    times = Times((at, line) for at, line in enumerate(before) if _has_words(line))
    for place in places:
        if place.home is not None:
            continue
        there = [
            at
            for at in times.near(place.middle, place.middle)
            if before[at].has_at(place.middle) and place.whose in before[at].voices
        ]
        place.home = min(there, key=lambda at: before[at].end_ms - before[at].start_ms, default=None)


def _fill_voices_heard_anew(before: Sequence[LineBefore], places: Sequence[Place]) -> None:
    """Gives kept lines whose voice is not heard there now the words of the voice that took its place."""
    heard = {
        place.home for place in places if place.home is not None and place.whose in before[place.home].voices
    }
    middles = [place.middle for place in places]
    for at, line in enumerate(before):
        if not line.kept or not _has_words(line) or at in heard:
            continue
        there: dict[Whose, list[Place]] = defaultdict(list)
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


def _matches(group: Sequence[Place], at: int) -> int:
    return sum(place.home == at for place in group)


def _spoken_ms(group: Sequence[Place]) -> int:
    return sum(place.word.end_ms - place.word.start_ms for place in group)


def _has_words(line: LineBefore) -> bool:
    """Whether words can belong to it: where only a mark stood that somebody spoke, they are news."""
    return bool(line.heard or line.written)


def _fill_between(before: Sequence[LineBefore], places: Sequence[Place]) -> None:
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
