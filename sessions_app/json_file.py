"""JSON files that people carry between campaigns and edit by hand: read in, or refused with place and reason.

>>> line_of('{"name": 3}', ("name",))
1
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, StringConstraints, ValidationError

MAX_FAULTS = 10

_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
"""No line breaks, control characters, or marks that turn the direction of what comes after."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=_ONE_LINE)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_ONE_LINE)
]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=_ONE_LINE)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]

Place = tuple[int | str, ...]
"""The keys and indices that lead to a value."""

F = TypeVar("F", bound=BaseModel)


class FileRefused(Exception):
    """The file can't be read in.

    Args:
        faults: one sentence per fault, in words for the person who chose the file; no more are drawn than are told.
        total: how many faults there are.
    """

    def __init__(self, faults: Iterable[str], total: int = 0) -> None:
        told: dict[str, None] = {}
        for drawn, fault in enumerate(faults, start=1):
            told[fault] = None
            if len(told) == MAX_FAULTS:
                total -= drawn
                break
        else:
            total = 0
        self.faults = list(told)
        if total > 0:
            more = ngettext("… and %(more)s more fault.", "… and %(more)s more faults.", total)
            self.faults.append(more % {"more": total})
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class FileKind(Generic[F]):
    """One kind of file.

    Attributes:
        form: what its content looks like; has fields ``format`` and ``version``.
        format: what its field ``format`` says.
        most: bytes that it may have.
        called: returns what such a file is called, such as "party file".
        place: returns, in words, where in the file something is.
    """

    form: type[F]
    format: str
    most: int
    called: Callable[[], str]
    place: Callable[[Place], str]

    def schema(self) -> dict[str, Any]:
        """Returns its JSON Schema, as kept in ``schemas``."""
        return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | self.form.model_json_schema()

    def read(self, content: bytes) -> F:
        """Returns what a file says.

        Raises:
            FileRefused: when it is too large, no JSON, says something twice, or is not of this kind.
        """
        if len(content) > self.most:
            raise FileRefused(
                [_("The file is too large: at most %(most)s kB.") % {"most": self.most // 1000}]
            )
        content = content.removeprefix(b"\xef\xbb\xbf")
        try:
            read = self.form.model_validate_json(content)
        except ValidationError as error:
            raise FileRefused(self._faults(error, content), error.error_count()) from error
        if twice := list(_twice(text := content.decode())):
            said = _("“%(key)s” is there twice (line %(line)s).")
            raise FileRefused((said % {"key": key, "line": _line(text, at)} for key, at in twice), len(twice))
        return read

    def fault(self, text: str, place: Place, reason: str) -> str:
        """Returns the sentence that says what is wrong where in a file."""
        line = _("line %(line)s") % {"line": line_of(text, place)}
        return f"{self.place(place)} {reason} ({line})."

    def _faults(self, error: ValidationError, content: bytes) -> Iterator[str]:
        text = content.decode(errors="replace")
        for detail in error.errors(include_input=False, include_url=False):
            place = tuple(step for step in detail["loc"] if step != "[key]")
            context = detail.get("ctx") or {}
            if detail["type"] == "json_invalid":
                yield _("This is not JSON: %(why)s.") % {"why": context.get("error", "")}
            elif place and place[0] in ("format", "version"):
                yield _('This is not a %(kind)s: "format" must be "%(format)s" and "version" 1.') % {
                    "kind": self.called(),
                    "format": self.format,
                }
            else:
                yield self.fault(text, place, _reason(detail["type"], context))


def line_of(text: str, place: Place) -> int:
    """Returns the line, from 1, on which a value begins; where it is missing, what it should be in.

    Args:
        text: JSON.
        place: what leads to the value.
    """
    at = _skip(text, 0)
    for step in place:
        found = next((start for key, start in _children(text, at) if key == step), None)
        if found is None:
            break
        at = found
    return _line(text, at)


def _reason(kind: str, context: dict[str, Any]) -> str:
    if kind == "string_pattern_mismatch" and context.get("pattern") == _ONE_LINE:
        return _("must not hold line breaks or control characters")
    reasons = {
        "missing": _("is missing"),
        "extra_forbidden": _("is not a field of such a file"),
        "string_type": _("must be text"),
        "string_too_short": _("must not be empty"),
        "string_too_long": _("is too long (at most %(max_length)s letters)"),
        "literal_error": _("must be one of %(expected)s"),
        "enum": _("must be one of %(expected)s"),
        "list_type": _("must be a list"),
        "dict_type": _("must be an object"),
        "model_type": _("must be an object"),
        "bool_type": _("must be true or false"),
        "bool_parsing": _("must be true or false"),
        "too_long": _("has too many entries (at most %(max_length)s)"),
    }
    return reasons.get(kind, _("is not of the right form")) % context


_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(strict=False, parse_int=float)  # whole numbers of any length are read alike


def _children(text: str, at: int) -> Iterator[tuple[int | str, int]]:
    """Yields key or index, and where it begins, of each value in the list or object that begins at ``at``."""
    opening = text[at]
    if opening not in "[{":
        return
    at, index = _skip(text, at + 1), 0
    while text[at] not in "]}":
        key: int | str = index
        if opening == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        yield key, at
        at = _skip(text, _DECODER.raw_decode(text, at)[1])
        at = _skip(text, at + 1) if text[at] == "," else at
        index += 1


def _twice(text: str, at: int = 0) -> Iterator[tuple[str, int]]:
    """Yields keys that one object has more than once; a reader would believe one of them in silence."""
    keys = set()
    for key, start in _children(text, _skip(text, at)):
        if key in keys:
            yield str(key), start
        keys.add(key)
        yield from _twice(text, start)


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
