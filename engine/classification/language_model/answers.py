"""What a language model answers: the schema that it is given, and the check of what comes back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from engine.classification.values import KINDS, KINDS_OF, LABELS, CastMember, Label, LineKind, Verdict
from engine.values import Json

_Name = TypeVar("_Name", Label, LineKind)

LEAST_SURE, MOST_SURE = 0.5, 0.99
"""Between these a model's own figure is believed."""
LONGEST_ANSWER = 60_000
"""Characters that are read; more can't be an answer, whatever the server was told."""

SCHEMA: Json = {
    "type": "object",
    "additionalProperties": False,
    "required": ["lines"],
    "properties": {
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["n", "label", "kind", "character", "confidence"],
                "properties": {
                    "n": {"type": "integer"},
                    "label": {"type": "string", "enum": list(LABELS)},
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "character": {"type": "string"},
                    "confidence": {"type": "number"},
                },
            },
        }
    },
}


class CastNames:
    """Finds members of the cast by what a model calls them."""

    def __init__(self, cast: Sequence[CastMember]) -> None:
        self._names: dict[str, str] = {}
        for member in cast:
            for alias in member.aliases:
                self._names.setdefault(alias.strip().casefold(), member.name)
        self._names |= {member.name.strip().casefold(): member.name for member in cast}

    def find(self, name: str) -> str:
        """Returns the name in the cast, empty if it is nobody's there."""
        return self._names.get(name.strip().casefold(), "")


def read_answer(text: str, asked: Sequence[int], cast: CastNames) -> dict[int, Verdict]:
    """Returns the verdicts that ``text`` holds, by number, of those that were asked for.

    What is not valid is left out: an unknown number, a label or kind that does not exist or that contradict each other,
    a confidence that is no number, two answers for one line that differ. Text around the JSON is skipped, and an answer
    that was cut off gives those lines that are whole.

    >>> answer = '{"n": 1, "label": "IC", "kind": "character", "character": "mira", "confidence": 0.9}'
    >>> read_answer(f"Here you are: {answer}", [1, 2], CastNames([CastMember("Mira", "player")]))
    {1: Verdict(label='IC', kind='character', confidence=0.9, character='Mira')}
    """
    wanted = set(asked)
    found: dict[int, Verdict] = {}
    torn: set[int] = set()
    for row in _rows(text):
        number = _number(row.get("n"))
        if number is None or number not in wanted:
            continue
        verdict = _verdict(row, cast)
        known = found.get(number, verdict)
        if verdict is None or known is None or (known.label, known.kind) != (verdict.label, verdict.kind):
            torn.add(number)
        else:
            found[number] = verdict
    return {number: verdict for number, verdict in found.items() if number not in torn}


def _rows(text: str) -> Iterator[Json]:
    """Yields every object with a number in ``text``, in whatever it is wrapped."""
    decoder = json.JSONDecoder()
    text = text.rpartition("</think>")[2][
        :LONGEST_ANSWER
    ]  # models that think aloud write drafts of their answer
    at = 0
    while (at := text.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        yield from _numbered(value)


def _numbered(value: Any) -> Iterator[Json]:
    if "n" in value:
        yield value
        return
    for part in value.values():
        if isinstance(part, list):
            yield from (row for row in part if isinstance(row, dict) and "n" in row)


def _verdict(row: Json, cast: CastNames) -> Verdict | None:
    label = _one_of(row.get("label"), LABELS)
    kind = _one_of(row.get("kind"), KINDS)
    confidence = _share(row.get("confidence"))
    if label is None or kind is None or confidence is None or kind not in KINDS_OF[label]:
        return None
    named = row.get("character")
    speaks = kind in ("character", "npc") and isinstance(named, str)
    return Verdict(label, kind, confidence, cast.find(str(named)) if speaks else "")


def _one_of(value: Any, known: Sequence[_Name]) -> _Name | None:
    if not isinstance(value, str):
        return None
    return next((name for name in known if name.casefold() == value.strip().casefold()), None)


def _number(value: Any) -> int | None:
    """Returns a line's number; models write it as a whole number, as 3.0 or as "3"."""
    figure = _figure(value)
    return int(figure) if figure is not None and figure.is_integer() else None


def _share(value: Any) -> float | None:
    """Returns a confidence within what is believed; per cent are understood."""
    figure = _figure(value)
    if figure is None or not 0 <= figure <= 100:
        return None
    return min(MOST_SURE, max(LEAST_SURE, figure / 100 if figure > 1 else figure))


def _figure(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        figure = float(value)
    except (ValueError, OverflowError):
        return None
    return figure if math.isfinite(figure) else None
