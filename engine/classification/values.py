"""What classifiers take and give: lines with who said them, the cast, examples, and verdicts.

What each label means is written in ``docs/explanation/labels.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from engine.values import OnProgress, no_progress

Label = Literal["IC", "OOC", "MIXED"]
"""In character, out of character, or a full clause of each."""

LineKind = Literal["character", "dm_narration", "npc", "rules", "ooc_other"]
"""What is said: as a character, as narration, as somebody of the world, about rules and dice, about anything else."""

TableRole = Literal["player", "dm", "guest", ""]
"""What the person is at the table; empty where nobody said so."""

LABELS: tuple[Label, ...] = get_args(Label)
KINDS: tuple[LineKind, ...] = get_args(LineKind)
KINDS_OF: dict[Label, tuple[LineKind, ...]] = {
    "IC": ("character", "dm_narration", "npc"),
    "OOC": ("rules", "ooc_other"),
    "MIXED": KINDS,
}
"""The kinds that a line with each label may be of."""

UNSURE_BELOW = 0.75
"""A label less probable than this is shown as unsure."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line is.

    Attributes:
        label: story, table talk or both.
        kind: of which kind; of a MIXED line that of its larger part.
        confidence: the probability that ``label`` is right, 0 to 1.
        character: who of the cast is spoken as, or whom the DM voices; empty where that is nobody of the cast.

    >>> Verdict("IC", "npc", 0.9).label
    'IC'
    >>> Verdict("IC", "rules")
    Traceback (most recent call last):
        ...
    ValueError: a line that is IC is not of kind rules
    """

    label: Label
    kind: LineKind
    confidence: float = 1.0
    character: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS_OF[self.label]:
            raise ValueError(f"a line that is {self.label} is not of kind {self.kind}")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"a probability lies between 0 and 1, not at {self.confidence}")


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line of a transcript, as a classifier reads it.

    Attributes:
        speaker: the person at the table, or "Speaker 2".
        role: what that person is at the table.
        text: what was said.
        character: whom the person usually plays; empty if nobody or unknown.
        start_ms: where in the session it starts.
        end_ms: where it ends.
        said: what a person said it is; it is not judged again and helps to judge its neighbours.
    """

    speaker: str
    role: TableRole
    text: str
    character: str = ""
    start_ms: int = 0
    end_ms: int = 0
    said: Verdict | None = None


@dataclass(frozen=True, slots=True)
class CastMember:
    """One role of the party.

    Attributes:
        name: of the character.
        role: ``player``, ``dm``, ``companion`` or ``npc``.
        player: who plays it, if known.
        aliases: what else it is called.
    """

    name: str
    role: str
    player: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """One line of an example: a conversation of several, in order, with what each line is.

    Attributes:
        conversation: the same for the lines of one conversation.
        speaker: the person at the table.
        role: what that person is at the table.
        text: what was said.
        label: what it is; None for a line of a group's own that nobody corrected and that only gives context.
        kind: of which kind; None where ``label`` is, and in files that give none.
        character: who is spoken as, if anybody.
    """

    conversation: str
    speaker: str
    role: TableRole
    text: str
    label: Label | None
    kind: LineKind | None
    character: str = ""


class Classifier(Protocol):
    """Labels the lines of a session."""

    @property
    def classifier_id(self) -> str:
        """Changes whenever it would judge otherwise: part of a result's fingerprint."""
        ...

    def classify(
        self, lines: Sequence[SpokenLine], cast: Sequence[CastMember], on_progress: OnProgress = no_progress
    ) -> list[Verdict | None]:
        """Returns a verdict for each line, None for one that could not be judged; never a guess in its place.

        Args:
            lines: of one session, in the order of time.
            cast: of the campaign.
            on_progress: called with ``("classify", done, total)`` in lines; raising from it stops the work.
        """
        ...
