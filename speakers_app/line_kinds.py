"""Which kind of talk a line is that a person labelled without saying so."""

from __future__ import annotations

from typing import cast

from engine.classification.values import KINDS_OF
from engine.classification.values import Label as LabelValue
from sessions_app.models import Label, LineKind
from speakers_app.models import SpeakerRole


def told_by(
    label: Label | None, kind: LineKind | None, before: str, kind_before: str, role: str
) -> tuple[Label, LineKind]:
    """Returns label and kind of a line of which somebody said the one or the other, or both.

    A kind alone brings its label along, except that a line that is both stays so. A label alone keeps the kind that the
    line had where that fits; if not, the one that people with that role at the table mostly speak.

    Args:
        label: what was said of the line, if anything.
        kind: likewise.
        before: the label that it had, if any.
        kind_before: the kind that it had, if any.
        role: of who says it, at the table; empty where unknown.

    Raises:
        ValueError: neither was said.

    >>> told_by(Label.IC, None, "OOC", "rules", "dm")
    (Label.IC, LineKind.DM_NARRATION)
    >>> told_by(None, LineKind.RULES, "MIXED", "character", "player")
    (Label.MIXED, LineKind.RULES)
    """
    if label is None:
        if kind is None:
            raise ValueError("neither a label nor a kind")
        return (Label.MIXED if before == Label.MIXED else _label_of(kind)), kind
    if kind is not None:
        return label, kind
    if kind_before in KINDS_OF[cast(LabelValue, label.value)]:
        return label, LineKind(kind_before)
    if label is Label.OOC:
        return label, LineKind.OOC_OTHER
    return label, LineKind.DM_NARRATION if role == SpeakerRole.DM else LineKind.CHARACTER


def _label_of(kind: LineKind) -> Label:
    return Label.IC if kind.value in KINDS_OF["IC"] else Label.OOC
