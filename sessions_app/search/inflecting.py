"""Forms of a word: whoever asks for goblin finds goblins, and zwaarden by zwaard.

>>> from sessions_app.search.asked import read
>>> from sessions_app.search.backend import backend
>>> forms = inflected(read("goblins").wanted, backend(), ["en"])[0].terms
>>> sorted(term.words[0] for term in forms)  # session says one of them
['goblin', 'goblins']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sessions_app.search.asked import Term, Wanted
from sessions_app.search.backend import Backend
from sessions_app.search.words import stems

ALIKE = 2
"""Letters with which the forms of a word begin alike, but for what stands before Dutch participles."""
PARTICIPLE = "ge"


def inflected(wanted: Iterable[Wanted], search: Backend, languages: Iterable[str]) -> tuple[Wanted, ...]:
    """Returns what is wanted with the forms that are in use of each word that is not meant exactly.

    Args:
        wanted: as it was typed.
        search: of the database, which knows the words in use.
        languages: by which words have forms.
    """
    wanted, languages = list(wanted), sorted(languages)
    words = {term.words[0] for each in wanted for term in each.terms if not term.is_exact}
    beginnings = {beginning for word in words for beginning in _beginnings(word, languages)}
    known = search.words_beginning(sorted(beginnings)) if beginnings else []
    forms = {word: [form for form in known if _are_alike(word, form, languages)] for word in words}
    return tuple(replace(each, terms=tuple(dict.fromkeys(_terms(each, forms)))) for each in wanted)


def _terms(wanted: Wanted, forms: dict[str, list[str]]) -> Iterator[Term]:
    for term in wanted.terms:
        yield term
        if not term.is_exact:
            yield from (
                Term((form,), is_exact=False) for form in forms[term.words[0]] if form != term.words[0]
            )


def _beginnings(word: str, languages: Iterable[str]) -> Iterator[str]:
    for language in languages:
        for stem in stems(word, language):
            yield word[:ALIKE]
            yield stem[:ALIKE]
            if language == "nl":
                yield PARTICIPLE + stem[:ALIKE]


def _are_alike(word: str, form: str, languages: Iterable[str]) -> bool:
    """Tells whether a stemmer makes the same of both."""
    return any(
        ours == theirs
        for language in languages
        for ours, theirs in zip(stems(word, language), stems(form, language), strict=True)
    )
