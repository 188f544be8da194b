"""Which lines of a session become clips of their own: all, one person's, the story's or a scene's.

>>> choice = ClipChoice()
>>> ClipChoice.from_json(choice.to_json()) == choice, choice.lines(session).count()
(True, 12)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from engine.snippets import CLIP_FORMATS, ClipFormat
from sessions_app.clips.naming import clip_name
from sessions_app.models import Segment, SegmentKind, Session
from sessions_app.transcripts.blocks import lines_of
from sessions_app.transcripts.choice import Choice
from sessions_app.transcripts.showing import Show
from sessions_app.transcripts.spoken_as import spoken_as
from sessions_app.transcripts.voices import ShownVoice, shown_voices


@dataclass(frozen=True, slots=True)
class ClipChoice:
    """What is wanted.

    Attributes:
        form: of the files.
        show: everything, the story or the table talk.
        voice: the number of the one person's voice; None for everybody's.
        start_ms: where the scene starts; None for the whole session.
        end_ms: where it ends.
    """

    form: ClipFormat = "mp3"
    show: Show = Show.ALL
    voice: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None

    def __post_init__(self) -> None:
        if self.form not in CLIP_FORMATS:
            raise ValueError(f"there are no clips of the format {self.form!r}")

    def to_json(self) -> dict[str, Any]:
        """Returns the plain form that an errand keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ClipChoice:
        """Returns the choice that :meth:`to_json` gave."""
        return cls(data["form"], Show(data["show"]), data["voice"], data["start_ms"], data["end_ms"])

    def lines(self, session: Session) -> QuerySet[Segment]:
        """Returns the lines of ``session`` with words that are wanted."""
        lines = lines_of(session, Choice(() if self.voice is None else (self.voice,), self.show))
        lines = lines.filter(kind=SegmentKind.SPEECH).exclude(text="")
        if self.start_ms is not None and self.end_ms is not None:
            lines = lines.filter(start_ms__gte=self.start_ms, start_ms__lt=self.end_ms)
        return lines.order_by("position")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One clip that is to be made, as the manifest tells it.

    Attributes:
        id: the line's uuid.
        file: its name.
        speaker: who says it.
        character: as whom; empty for nobody but themselves.
        start_ms: where in the session it starts.
        end_ms: where it ends.
        text: what is said.
        label: IC, OOC or MIXED; empty where the line has no label.
        kind: which kind of talk.
        confidence: probability of the label; None where a person said it, or nobody did.
    """

    id: str
    file: str
    speaker: str
    character: str
    start_ms: int
    end_ms: int
    text: str
    label: str
    kind: str
    confidence: float | None


def wanted_clips(session: Session, choice: ClipChoice) -> Iterator[Wanted]:
    """Yields what is to be made of ``session``, in the order of time, under the names that people have now."""
    voices = shown_voices(session)
    rows = choice.lines(session).select_related("character", "label_character").defer("words")
    for number, line in enumerate(rows.iterator(chunk_size=1000), start=1):
        yield _wanted(number, line, voices, choice.form)


def _wanted(number: int, line: Segment, voices: dict[int, ShownVoice], form: ClipFormat) -> Wanted:
    voice = voices.get(line.voice_id) if line.voice_id is not None else None
    speaker = voice.name if voice else ""
    character = spoken_as(line, voice.character if voice else "")
    return Wanted(
        id=str(line.uuid),
        file=clip_name(number, line.start_ms, speaker, character, form),
        speaker=speaker,
        character=character,
        start_ms=line.start_ms,
        end_ms=line.end_ms,
        text=line.text,
        label=line.label,
        kind=line.label_kind,
        confidence=line.label_confidence,
    )
