"""Puts rows back as they were before a change.

>>> put_back({}, keep=set())  # nothing changed
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import models

from sessions_app.models import Character, Run, Segment, User, Voice
from speakers_app.models import Assignment, Speaker, Voiceprint

Row = dict[str, Any]
Rows = dict[str, dict[str, list[Row | None]]]
"""Per table and row the fields before and after; None where there was no row."""

_MODELS: dict[str, type[models.Model]] = {
    "speaker": Speaker,
    "voice": Voice,
    "assignment": Assignment,
    "voiceprint": Voiceprint,
    "segment": Segment,
}
"""In an order in which rows can be made; they go in the other."""

_NAMED: dict[str, type[models.Model]] = {
    "member_id": User,
    "decided_by_id": User,
    "character_id": Character,
    "label_character_id": Character,
    "heard_voice_id": Voice,
    "run_id": Run,
    "speaker_id": Speaker,
    "runner_up_id": Speaker,
    "voice_id": Voice,
    "merged_into_id": Voice,
}
"""Whose rows the fields of others name."""


class Gone(Exception):
    """A voice or a person that a row named before was deleted since."""


def put_back(rows: Rows, keep: set[int]) -> None:
    """Writes the fields of before; people in ``keep`` stay although the change made them.

    Raises:
        Gone: a row of before can't be made without what it named.
    """
    rows = _without_what_is_gone(rows)
    # What is changed back first makes room: an account that was handed on can belong to one person only.
    _put_lines_back(rows.pop("segment", {}))
    _each(rows, lambda model, pk, before, after: _update(model, pk, before) if before and after else None)
    _each(rows, lambda model, pk, before, after: _make(model, pk, before) if after is None else None)
    for table in reversed(_MODELS):
        gone = {int(pk) for pk, (before, _after) in rows.get(table, {}).items() if before is None}
        if table == "speaker":
            gone -= keep
        _MODELS[table]._default_manager.filter(pk__in=gone).delete()


def _put_lines_back(changed: dict[str, list[Row | None]]) -> None:
    """Writes each value into all lines that had it: what changes thousands of lines gives them but few values."""
    Segment.everything.filter(pk__in=[pk for pk, (before, _after) in changed.items() if not before]).delete()
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, (before, after) in changed.items():
        if before and after:
            for name, value in before.items():
                lines[name, json.dumps(value)].append(int(pk))
    for (name, value), keys in lines.items():
        Segment.everything.filter(pk__in=keys).update(**{name: json.loads(value)})
    Segment.everything.bulk_create(
        Segment(pk=int(pk), **before) for pk, (before, after) in changed.items() if before and after is None
    )


def _without_what_is_gone(rows: Rows) -> Rows:
    """Returns ``rows`` without the accounts and characters that were deleted since."""
    gone = _gone(rows)
    if any(name in ("speaker_id", "voice_id", "merged_into_id") for name, _pk in gone):
        raise Gone
    return {
        table: {
            pk: [
                before
                and {
                    name: None if name in _NAMED and (name, value) in gone else value
                    for name, value in before.items()
                },
                after,
            ]
            for pk, (before, after) in changed.items()
        }
        for table, changed in rows.items()
    }


def _gone(rows: Rows) -> set[tuple[str, Any]]:
    """Returns which fields of before name a row, by its primary key, that is no more and is not put back either."""
    named: dict[str, set[int]] = defaultdict(set)
    back: dict[type[models.Model], set[int]] = defaultdict(set)
    for table, changed in rows.items():
        for pk, (before, _after) in changed.items():
            if before is not None:
                back[_MODELS[table]].add(int(pk))
                for name in before.keys() & _NAMED.keys():
                    named[name].add(before[name])
    gone = set()
    for name, keys in named.items():
        there = _NAMED[name]._default_manager.filter(pk__in=keys - {None}).values_list("pk", flat=True)
        gone |= {(name, pk) for pk in keys - {None} - set(there) - back[_NAMED[name]]}
    return gone


def _each(rows: Rows, act: Callable[[type[models.Model], int, Row | None, Row | None], None]) -> None:
    for table, model in _MODELS.items():
        for pk, (before, after) in rows.get(table, {}).items():
            act(model, int(pk), before, after)


def _make(model: type[models.Model], pk: int, fields: Row | None) -> None:
    model._default_manager.create(pk=pk, **(fields or {}))
    if fields and "created_at" in fields:  # set by Django to now, whatever it is given
        model._default_manager.filter(pk=pk).update(created_at=fields["created_at"])


def _update(model: type[models.Model], pk: int, fields: Row | None) -> None:
    model._default_manager.filter(pk=pk).update(**(fields or {}))
