"""Puts what people read into the order in which they look for it; a database orders by bytes.

Dutch and English sort alike: letters whatever their case, accents only between names that are otherwise the same,
numbers by what they count, and ij as the two letters that it is. Both are read here with a key of a few lines; a
language of another order (Swedish å after z) would take a collation library.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Case, IntegerField, Model, QuerySet, When

_Row = TypeVar("_Row")
_Model = TypeVar("_Model", bound=Model)
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_PIECES = re.compile(r"\d+|\D+", re.ASCII)
_UNSAID = re.compile(r"[^\w\s]+")

Key = tuple[list[tuple[int, int, str]], str, str]


def sort_key(name: str) -> Key:
    """Returns what ``name`` sorts by: its letters and numbers, then its accents, then capitals.

    >>> sorted(["Zoë", "élan", "Eva", "IJsbrand", "Iris", "sessie 10", "Sessie 2", "'t Hof"], key=sort_key)
    ['élan', 'Eva', 'IJsbrand', 'Iris', 'Sessie 2', 'sessie 10', "'t Hof", 'Zoë']
    """
    folded = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    spoken = " ".join((_UNSAID.sub("", plain) or plain).split())
    pieces = [(0, int(piece), "") if piece.isdigit() else (1, 0, piece) for piece in _PIECES.findall(spoken)]
    return pieces, folded, name


def by_name(rows: Iterable[_Row], name: Callable[[_Row], str]) -> list[_Row]:
    """Returns ``rows`` in the order of their names; those of the same name stay as they were."""
    return sorted(rows, key=lambda row: sort_key(name(row)))


def in_order(rows: QuerySet[_Model], name: Callable[[_Model], str]) -> QuerySet[_Model]:
    """Returns a query of ``rows``, few enough to choose from, in the order of their names; for the fields of forms."""
    found = by_name(rows, name)
    places = [When(pk=row.pk, then=place) for place, row in enumerate(found)]
    return rows.order_by(Case(*places, default=0, output_field=IntegerField())) if places else rows
