"""What an export holds: names and words as the reader sees them, independent of rows and models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.classification.values import Label, LineKind
from engine.figures import Figures
from engine.values import Language, Word

Kind = Label

Part = Literal["all", "story", "table"]
"""What a document holds: every line, those that belong to the story, or those that are table talk."""

LabelledBy = Literal["person", "builtin", "model"]
"""Who or what said what a line is: somebody, the built-in classifier or a language model."""

UNHEARD: dict[Language, str] = {"nl": "[onverstaanbaar]", "en": "[inaudible]"}
"""What stands where speech gave no words."""

BOTH: dict[Language, str] = {"nl": "[beide]", "en": "[both]"}
"""What stands before a line that is story and table talk at once, in a document that holds only one of the two."""

_AS: dict[Language, str] = {"nl": "{speaker} als {character}", "en": "{speaker} as {character}"}


@dataclass(frozen=True, slots=True)
class ExportVoice:
    """One voice of the session, under the name that it has for the reader now.

    Attributes:
        voice: its number within the session.
        name: the name to print: of the person, or “Speaker 2”.
        player: who it is at the table, if known.
        character: whom they play, if known.
    """

    voice: int
    name: str
    player: str | None = None
    character: str | None = None


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One line of the transcript.

    Attributes:
        start_ms: where it starts in the session.
        end_ms: where it ends.
        speaker: who says it: the person, or “Speaker 2”.
        text: what was said, corrections included; any line breaks in it are read as spaces.
        voice: the voice's number, None for nobody known.
        words: the words with their times, empty where the text was corrected by hand.
        confidence: how sure the recogniser was, from 0 to 1, None if it never was asked.
        kind: in character, out of character or both, None if not classified.
        label_kind: of which kind, more closely, None if nobody and nothing has said so.
        label_confidence: how sure it is that ``kind`` is right, from 0 to 1, None where a person said so.
        label_by: who or what said so.
        character: whom the speaker speaks as, empty where they are nobody but themselves.
        heard: False for speech that gave no words.
        edited: whether a person has changed the text.
    """

    start_ms: int
    end_ms: int
    speaker: str
    text: str
    voice: int | None = None
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    kind: Kind | None = None
    label_kind: LineKind | None = None
    label_confidence: float | None = None
    label_by: LabelledBy | None = None
    character: str = ""
    heard: bool = True
    edited: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms <= self.end_ms:
            raise ValueError(f"a line must run forward from 0, not from {self.start_ms} to {self.end_ms}")


@dataclass(frozen=True, slots=True)
class ExportMarker:
    """A moment that somebody marked.

    Attributes:
        at_ms: where in the session.
        kind: what is marked: moment, quote, loot or rules.
        label: the same in the reader's words.
        text: the note, if any.
    """

    at_ms: int
    kind: str
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """A session's transcript, ready to be written in any format.

    Attributes:
        title: the session's title.
        campaign: the campaign's name.
        held_on: the day it was played, if known.
        language: the session's language.
        voices: the voices in order of their numbers.
        lines: the lines in time order.
        note: what a reader must know of the whole text; subtitles that are shown to people leave it out.
        markers: the moments that somebody marked, in time order.
        part: which of the session's lines these are.
        left_out: how many lines with words are in neither part, because nobody and nothing has said what they are.
        figures: of the whole session, whichever part this is; None where nobody counted.

    >>> line = ExportLine(0, 1_500, "Anna", "We go in.", character="Mira")
    >>> ExportDocument("The gate", "The Sunken Keep", None, "en", (), (line,)).name_of(line)
    'Anna as Mira'
    """

    title: str
    campaign: str
    held_on: date | None
    language: Language
    voices: tuple[ExportVoice, ...]
    lines: tuple[ExportLine, ...]
    note: str = ""
    markers: tuple[ExportMarker, ...] = ()
    part: Part = "all"
    left_out: int = 0
    figures: Figures | None = None

    def name_of(self, line: ExportLine) -> str:
        """Returns who speaks a line and as whom, the same in every format: "Alice as Elara", or "Alice" as herself.

        In the document's language and not in that of whoever takes it along: a file goes from hand to hand, and mostly
        is one text in one language.
        """
        if not line.character:
            return line.speaker
        return _AS[self.language].format(speaker=line.speaker, character=line.character)

    def mark_of(self, line: ExportLine) -> str:
        """Returns the mark of a line that is in both parts, where the document is one of them; else nothing."""
        return BOTH[self.language] if line.kind == "MIXED" and self.part != "all" else ""

    def said(self, line: ExportLine) -> str:
        """Returns a line's text on one line, or the mark for speech without words."""
        return one_line(line.text) or (UNHEARD[self.language] if not line.heard else "")

    @property
    def heading(self) -> str:
        """Campaign, title and day on one line, as far as they are known."""
        day = self.held_on.isoformat() if self.held_on else ""
        return " · ".join(part for part in (one_line(self.campaign), one_line(self.title), day) if part)


def one_line(text: str) -> str:
    """Returns the text with every run of white space and control characters as one space.

    >>> one_line("two   lines ")
    'two lines'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
