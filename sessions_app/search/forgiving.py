"""Words that nobody ever said, taken for the words that are spelt nearly alike."""

from __future__ import annotations

from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from sessions_app.search.asked import Asked, Term, Wanted
from sessions_app.search.backend import Backend

MOST_WORDS = 4
"""So many words stand in for one that was misspelt, the nearest first."""
MOST_TRIED = 12
"""So many of the nearest are looked up in the campaign."""


def allowed_errors(word: str) -> int:
    """Returns how many letters too much, too little, wrong or swapped are forgiven in ``word``.

    >>> allowed_errors("orc"), allowed_errors("goblin"), allowed_errors("waterdeep"), allowed_errors("1234")
    (0, 1, 2, 0)
    """
    if len(word) < 4 or any(letter.isdecimal() for letter in word):
        return 0
    return 1 if len(word) < 8 else 2


def forgive(
    asked: Asked, search: Backend, scope: str
) -> tuple[Asked, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Returns what is asked, with words that ``scope`` does not have replaced; and which were, and by which.

    Args:
        asked: with the forms of its words.
        search: of the database.
        scope: of the campaign; words of others are never told.
    """
    wanted, forgiven = [], []
    for each in asked.wanted:
        instead = _instead(each, search, scope)
        if instead:
            forgiven.append((each.typed, instead))
            begins = each.terms[0].begins
            each = replace(
                each, terms=tuple(Term((word,), begins=begins, is_exact=False) for word in instead)
            )
        wanted.append(each)
    return replace(asked, wanted=tuple(wanted)), tuple(forgiven)


def _instead(wanted: Wanted, search: Backend, scope: str) -> tuple[str, ...]:
    """Returns the words that are searched for in place of a single one that is nowhere; none where it is somewhere."""
    word = wanted.terms[0].words[0]
    errors = allowed_errors(word)
    is_one_word = not any(term.is_exact for term in wanted.terms)
    if wanted.excluded or not is_one_word or not errors or search.count([wanted], [scope], 1):
        return ()
    known = search.words_like(word, errors)
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=errors, limit=MOST_TRIED)
    there = []
    for candidate, _distance, _index in near:
        if search.count([Wanted(candidate, (Term((candidate,)),))], [scope], 1):
            there.append(candidate)
        if len(there) == MOST_WORDS:
            break
    return tuple(there)
