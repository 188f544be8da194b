"""Where in a line the words stand that were searched for."""

from __future__ import annotations

from collections.abc import Iterable

from sessions_app.search.asked import Wanted, holds
from sessions_app.search.words import words_of


def marks(text: str, wanted: Iterable[Wanted]) -> tuple[tuple[int, int], ...]:
    """Returns the places in ``text`` of what is wanted, in order: first character and the one behind the last.

    >>> from sessions_app.search.asked import read
    >>> marks("The goblins run.", read("goblins").wanted)
    ((4, 11),)
    """
    words = list(words_of(text))
    places = sorted(
        (words[first].start, words[last].end)
        for each in wanted
        if not each.excluded
        for first, last in holds(each, words)
    )
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
