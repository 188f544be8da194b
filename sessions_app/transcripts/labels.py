"""Labels as readers see them: a letter with what it says, and how many lines have one or are unsure.

>>> kinds = kind_choices()
>>> len(kinds), shown_label(session.segments.first()) is None
(5, True)
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from engine.classification.values import KINDS_OF, UNSURE_BELOW
from sessions_app.models import Label, LabelBy, LineKind, Segment
from sessions_app.transcripts.showing import Show

LETTERS = {Label.IC: "I", Label.OOC: "O", Label.MIXED: "M"}
"""The same in Dutch and in English, whose players both say IC and OOC."""

UNSURE = Q(label_confidence__lt=UNSURE_BELOW)
"""Labelled by something that is unsure of it: what a person says has no confidence, nor have lines without a label."""


@dataclass(frozen=True, slots=True)
class ShownLabel:
    """What a line is, as its letter and the words behind the letter tell it."""

    label: str
    kind: str
    letter: str
    unsure: bool
    says: str

    @property
    def style(self) -> str:
        """The stylesheet's class of such lines."""
        return _style(self.label)


def shown_label(line: Segment) -> ShownLabel | None:
    """Returns the label of ``line`` ready to read; None where nothing and nobody has said what it is."""
    if not line.label:
        return None
    confidence = line.label_confidence
    unsure = confidence is not None and confidence < UNSURE_BELOW
    what = [capfirst(str(Label(line.label).label))]
    if line.label_kind:
        what.append(str(LineKind(line.label_kind).label))
    return ShownLabel(
        label=line.label,
        kind=line.label_kind,
        letter=LETTERS[Label(line.label)],
        unsure=unsure,
        says=f"{': '.join(what)}. {_who_says(line)}",
    )


def _style(label: str) -> str:
    return f"label-{label.lower()}"


def _who_says(line: Segment) -> str:
    if line.label_by == LabelBy.PERSON or line.label_confidence is None:
        return _("Said by a person.")
    sure = {"percent": round(100 * line.label_confidence)}
    if line.label_by == LabelBy.MODEL:
        return _("A language model, %(percent)d %% sure.") % sure
    return _("The built-in classifier, %(percent)d %% sure.") % sure


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind of talk that a person can choose, under the letter that it brings along."""

    value: str
    words: str
    letter: str
    style: str


def kind_choices() -> list[KindChoice]:
    """Returns all kinds, those of the story first."""
    return [
        KindChoice(kind, str(LineKind(kind).label), LETTERS[label], _style(label))
        for label, kinds in ((Label.IC, KINDS_OF["IC"]), (Label.OOC, KINDS_OF["OOC"]))
        for kind in kinds
    ]


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """How many of some lines have a label; lines without words, which nothing judges, are not counted."""

    labelled: int
    unlabelled: int
    unsure: int
    """Of those that are shown."""


def count_labels(lines: QuerySet[Segment], show: Show) -> LabelCounts:
    """Returns how many of ``lines`` have a label, and how many of those that ``show`` lets through are unsure."""
    counts = lines.exclude(text="").aggregate(
        labelled=Count("pk", filter=~Q(label="")),
        unlabelled=Count("pk", filter=Q(label="")),
        unsure=Count("pk", filter=UNSURE & show.condition),
    )
    return LabelCounts(**counts)
