"""What an export holds: names and words as the reader sees them, independent of rows and models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.values import Language, Word

Kind = Literal["IC", "OOC", "MIXED"]

UNHEARD: dict[Language, str] = {"nl": "[onverstaanbaar]", "en": "[inaudible]"}
"""What stands where speech gave no words."""


@dataclass(frozen=True, slots=True)
class ExportVoice:
    """One voice of the session, under the name that it has for the reader now.

    Attributes:
        voice: its number within the session.
        name: the name to print: character, player or “Speaker 2”.
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
        speaker: the name to print.
        text: what was said, corrections included; any line breaks in it are read as spaces.
        voice: the voice's number, None for nobody known.
        words: the words with their times, empty where the text was corrected by hand.
        confidence: how sure the recogniser was, from 0 to 1, None if it never was asked.
        kind: in character, out of character or both, None if not classified.
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
    """

    title: str
    campaign: str
    held_on: date | None
    language: Language
    voices: tuple[ExportVoice, ...]
    lines: tuple[ExportLine, ...]
    note: str = ""
    markers: tuple[ExportMarker, ...] = ()

    def said(self, line: ExportLine) -> str:
        """Returns a line's text on one line, or the mark for speech without words."""
        return one_line(line.text) or (UNHEARD[self.language] if not line.heard else "")

    @property
    def heading(self) -> str:
        """Campaign, title and day on one line, as far as they are known."""
        day = self.held_on.isoformat() if self.held_on else ""
        return " · ".join(part for part in (one_line(self.campaign), one_line(self.title), day) if part)


def one_line(text: str) -> str:
    """Returns the text with every run of white space and control characters as one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
