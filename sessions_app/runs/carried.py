"""What a Run found of people's work on the earlier lines, and what became of it: shown on the Run's panel.

>>> Carried().is_worth_telling, Carried.from_json(Carried().to_json()) == Carried()
(False, True)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.clock import clock
from sessions_app.models import Clip, LabelBy, Marker, Segment, Session
from sessions_app.transcripts.corrections import Corrections
from sessions_app.transcripts.kept_lines import KeptLines

MOST_GONE = 50
"""So much of what found no place is told; of more only how much it is."""

MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that was said of a line and that no line holds now.

    Attributes:
        start_ms: where the line began.
        text: what it said, shortened.
        what: what was said of it: ``voice``, ``character`` or ``label``.
    """

    start_ms: int
    text: str
    what: str

    @property
    def clock(self) -> str:
        """The line's start as a clock shows it."""
        return clock(self.start_ms)

    @property
    def what_in_words(self) -> str:
        """What was said of it, for people."""
        words = {"voice": _("another voice"), "character": _("character"), "label": _("label")}
        return words.get(self.what, self.what)


@dataclass(frozen=True, slots=True)
class Carried:
    """How much of people's work stands after a Run; each is a number of lines that are there.

    Attributes:
        texts: with a text that a person wrote before the Run.
        anew: of those and of the reviewed ones, where the machine hears something new that nobody judged yet.
        reviewed: that a person found right.
        removed: that stay removed.
        moved: that belong to another voice than the machine hears.
        characters: of which a person said as whom they are spoken.
        labels: of which a person said whether they are story or table talk.
        markers: of the session, which stay at their times.
        clips: of the session, likewise.
        gone_total: how much of what was said of single lines found no place.
        gone: the first of that.
    """

    texts: int = 0
    anew: int = 0
    reviewed: int = 0
    removed: int = 0
    moved: int = 0
    characters: int = 0
    labels: int = 0
    markers: int = 0
    clips: int = 0
    gone_total: int = 0
    gone: tuple[Gone, ...] = ()

    @property
    def is_worth_telling(self) -> bool:
        """Whether there was work on lines; markers and clips alone have nothing to do with a Run."""
        return bool(self.gone or self.on_lines)

    @property
    def on_lines(self) -> list[str]:
        """What stands of people's work on lines, in words."""
        counted = (
            (self.texts, ngettext("%(count)d corrected text", "%(count)d corrected texts", self.texts)),
            (self.reviewed, ngettext("%(count)d reviewed line", "%(count)d reviewed lines", self.reviewed)),
            (self.removed, ngettext("%(count)d removed line", "%(count)d removed lines", self.removed)),
            (
                self.moved,
                ngettext("%(count)d line given to a voice", "%(count)d lines given to a voice", self.moved),
            ),
            (
                self.characters,
                ngettext(
                    "%(count)d line given to a character",
                    "%(count)d lines given to a character",
                    self.characters,
                ),
            ),
            (self.labels, ngettext("%(count)d label by hand", "%(count)d labels by hand", self.labels)),
        )
        return [words % {"count": count} for count, words in counted if count]

    @property
    def beside_lines(self) -> list[str]:
        """What stands at its time whatever the lines are, in words."""
        counted = (
            (self.markers, ngettext("%(count)d marker", "%(count)d markers", self.markers)),
            (self.clips, ngettext("%(count)d clip", "%(count)d clips", self.clips)),
        )
        return [words % {"count": count} for count, words in counted if count]

    def to_json(self) -> dict[str, Any]:
        """Returns the plain form."""
        return asdict(self) | {"gone": [asdict(each) for each in self.gone]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Carried:
        """Returns the value that :meth:`to_json` made ``data`` of."""
        known = {name.name for name in fields(cls)} - {"gone"}
        gone = tuple(Gone(**each) for each in data.get("gone", ()))
        return cls(**{name: value for name, value in data.items() if name in known}, gone=gone)


def count_carried(session: Session, kept: KeptLines, said: Corrections, lines: Sequence[Segment]) -> Carried:
    """Returns what became of people's work.

    Args:
        session: whose lines were stored.
        kept: the lines that live on.
        said: what was said of the others.
        lines: the lines that are there now, in the order of their starts, without removed ones.
    """
    gone = said.gone_from(lines)
    standing = kept.standing
    return Carried(
        texts=sum(kept.rows[at].removed_at is None for at in kept.edited),
        anew=sum(row.heard_anew for row in standing),
        reviewed=sum(row.reviewed for row in standing),
        removed=len(kept.rows) - len(standing),
        moved=sum(line.voice_id != line.heard_voice_id for line in lines),
        characters=sum(line.character_id is not None for line in lines),
        labels=sum(line.label_by == LabelBy.PERSON for line in lines),
        markers=Marker.objects.filter(session=session).count(),
        clips=Clip.objects.filter(session=session).count(),
        gone_total=len(gone),
        gone=tuple(
            Gone(earlier.start_ms, earlier.text[:MOST_TEXT], what) for earlier, what in gone[:MOST_GONE]
        ),
    )
