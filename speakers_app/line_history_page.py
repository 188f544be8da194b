"""The history of a line, ready to read: what was said of it, by whom and when.

>>> line = session.segments.first()
>>> last_word(line)
('', None)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from engine.clock import clock
from sessions_app.models import Character, Label, LineKind, Segment, Session
from sessions_app.transcripts.voices import shown_voices
from speakers_app.line_versions import FIELDS, History
from speakers_app.models import Verb


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that a version of a text has in common with the one before, or has lost or gained."""

    text: str
    how: str
    """``same``, ``gone`` or ``new``."""


@dataclass(frozen=True, slots=True)
class Version:
    """What somebody did to a line.

    Attributes:
        who: their name; empty where they are no more.
        at: when.
        did: what, such as "edited a line".
        stretches: how the text changed; empty where it did not.
        facts: what else changed, each in a short sentence.
    """

    who: str
    at: datetime
    did: str
    stretches: tuple[Stretch, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineStory:
    """A line and what became of it, the latest first."""

    line: Segment
    clock: str
    versions: tuple[Version, ...]
    first_text: str
    """The text before anybody touched it."""


def last_word(line: Segment) -> tuple[str, datetime | None]:
    """Returns who said something of the line last, and when; an empty name where nobody is known."""
    version = History.objects.filter(uuid=line.uuid).select_related("history_user").order_by("-pk").first()
    if version is None:
        return "", None
    return _name(version), version.history_date


def line_story(session: Session, line: Segment) -> LineStory:
    """Returns the history of a line of ``session``."""
    rows = list(
        History.objects.filter(of_session=session, uuid=line.uuid)
        .select_related("history_user")
        .order_by("pk")
    )
    names = _Names(session)
    versions = [_version(before, after, names) for before, after in pairwise([None, *rows])]
    people = [version for version, row in zip(versions, rows, strict=True) if row.history_change_reason]
    return LineStory(
        line=line,
        clock=clock(line.start_ms),
        versions=tuple(reversed(people)),
        first_text=rows[0].text if rows else line.text,
    )


class _Names:
    """What voices and characters are called now."""

    def __init__(self, session: Session) -> None:
        self.voices = shown_voices(session)
        cast = Character.objects.filter(party__campaign=session.campaign_id)
        self.cast = dict(cast.values_list("pk", "name"))

    def voice(self, key: int | None) -> str:
        if key is None:
            return _("nobody in particular")
        shown = self.voices.get(key)
        return shown.name if shown else _("a voice that is no more")

    def character(self, key: int | None) -> str:
        return _("as usual") if key is None else self.cast.get(key, _("a character that is no more"))


def _version(before: Any, after: Any, names: _Names) -> Version:
    return Version(
        who=_name(after),
        at=after.history_date,
        did=_did(after.history_change_reason) if after.history_change_reason else "",
        stretches=tuple(_compared(before.text, after.text)) if before and before.text != after.text else (),
        facts=tuple(_facts(before, after, names)) if before else (),
    )


def _name(version: Any) -> str:
    user = version.history_user
    return user.shown_name if user else ""


def _did(reason: str) -> str:
    how, _colon, verb = reason.rpartition(":")
    what = str(Verb(verb).label)
    words = {"undo": _("undone: %(what)s"), "redo": _("done again: %(what)s")}.get(how, "%(what)s")
    return words % {"what": what}


def _facts(before: Any, after: Any, names: _Names) -> Iterator[str]:
    changed = {name for name in FIELDS if getattr(before, name) != getattr(after, name)}
    if after.history_type == "-":
        yield _("joined to the line before it")
        return
    if "voice_id" in changed:
        yield _("said by: %(before)s → %(after)s") % {
            "before": names.voice(before.voice_id), "after": names.voice(after.voice_id),
        }  # fmt: skip
    if "character_id" in changed:
        yield _("spoken as: %(before)s → %(after)s") % {
            "before": names.character(before.character_id), "after": names.character(after.character_id),
        }  # fmt: skip
    if changed & {"label", "label_kind", "label_by"}:
        yield _("label: %(before)s → %(after)s") % {"before": _label(before), "after": _label(after)}
    if changed & {"start_ms", "end_ms"}:
        yield _("time: %(before)s → %(after)s") % {"before": _time(before), "after": _time(after)}
    if "reviewed" in changed:
        yield _("reviewed") if after.reviewed else _("not reviewed any more")
    if "removed_at" in changed:
        yield _("removed") if after.removed_at else _("put back")


def _label(version: Any) -> str:
    parts = [str(Label(version.label).label)] if version.label else [_("none")]
    if version.label_kind:
        parts.append(str(LineKind(version.label_kind).label))
    return ", ".join(parts)


def _time(version: Any) -> str:
    return f"{clock(version.start_ms)} – {clock(version.end_ms)}"  # noqa: RUF001


def _compared(before: str, after: str) -> Iterator[Stretch]:
    old, new = before.split(), after.split()
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Stretch(" ".join(old[a:b]), "same")
            continue
        if a < b:
            yield Stretch(" ".join(old[a:b]), "gone")
        if c < d:
            yield Stretch(" ".join(new[c:d]), "new")
