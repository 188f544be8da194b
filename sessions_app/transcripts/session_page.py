"""Which parts the page of a session is made of, by how far the session has come.

>>> from django.http import QueryDict
>>> page = session_page(session, QueryDict())
>>> page.has_lines, page.shows_transcript, page.voices_to_name
(True, True, 2)
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from engine.clock import clock
from engine.exports import FORMATS, ExportFormat
from sessions_app.models import Recording, Run, Session, State
from sessions_app.transcripts.labels import KindChoice, kind_choices
from sessions_app.transcripts.reading import Reading, read

NO_UUID = UUID(int=0)
"""Stands for the line in the address that scripts fill in."""


@dataclass(frozen=True, slots=True)
class SessionPage:
    """The state of a session as its page needs it."""

    session: Session
    recordings: list[Recording]
    run: Run | None
    reading: Reading
    is_demo_text: bool
    """Whether the lines come from the bundled nano model and must not be taken for a transcription."""

    @property
    def line_url(self) -> str:
        """The address that tells where a line is, for the line with no uuid."""
        return reverse("session-line", args=[self.session.uuid, NO_UUID])

    @property
    def length_clock(self) -> str:
        """The recording's length as the player shows it."""
        return clock(self.session.duration_ms)

    @property
    def has_lines(self) -> bool:
        """Whether there is a transcript, even one of which the reader chose nothing that there is."""
        return self.reading.lines > 0 or bool(self.reading.choice)

    @property
    def voices_to_name(self) -> int:
        """How many voices wait for somebody to say who they are."""
        return sum(chip.voice is not None and chip.voice.to_name for chip in self.reading.chips)

    @property
    def export_formats(self) -> list[ExportFormat]:
        """The formats in which the transcript can be taken along."""
        return list(FORMATS.values())

    @property
    def kinds(self) -> list[KindChoice]:
        """The kinds of talk that lines can be said to be."""
        return kind_choices()

    @property
    def shows_transcript(self) -> bool:
        """Whether there is something to read, or at least a whole recording to listen to."""
        return self.has_lines or (self.found_no_speech and bool(self.session.audio_name))

    @property
    def found_no_speech(self) -> bool:
        """Whether a whole Run ended without a single line."""
        return self.run is not None and self.run.state == State.DONE and not self.has_lines


def session_page(session: Session, query: QueryDict) -> SessionPage:
    """Returns the page of ``session`` opened where ``query`` says."""
    return SessionPage(
        session=session,
        recordings=list(session.recordings.all()),
        run=session.runs.first(),
        reading=read(session, query),
        is_demo_text=session.has_demo_text,
    )
