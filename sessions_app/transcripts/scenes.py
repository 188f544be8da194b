"""The scenes of a session, as its page lists them beside the transcript.

>>> [scene.length for scene in scene_list(session).scenes]
['0:29']
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from engine.classification.scenes import Scene, SceneLine, scenes
from engine.classification.values import Label
from engine.clock import clock
from sessions_app.models import Segment, Session
from sessions_app.transcripts.voices import shown_voices


@dataclass(frozen=True, slots=True)
class ListedScene:
    """A scene, with the names of those who speak in it and the address of its first line; a break has neither."""

    scene: Scene
    names: tuple[str, ...]
    url: str

    @property
    def clock(self) -> str:
        """When it starts."""
        return clock(self.scene.start_ms)

    @property
    def length(self) -> str:
        """How long it is; a single word takes a second."""
        return clock(max(1000, self.scene.duration_ms))

    @property
    def words(self) -> str:
        """What it mostly is."""
        return {"story": _("Story"), "table": _("Table talk"), "break": _("Break")}[self.scene.kind]


@dataclass(frozen=True, slots=True)
class SceneList:
    """All scenes of a session, in the order of time."""

    scenes: tuple[ListedScene, ...]
    is_labelled: bool
    """Whether anything says which of them are story and which are table talk."""


def scene_list(session: Session) -> SceneList:
    """Returns the scenes of ``session``; two queries, neither of which reads words."""
    voices = shown_voices(session)
    people = {voice.number: voice for voice in voices.values()}
    rows = list(
        Segment.objects.filter(session=session).values_list("uuid", "start_ms", "end_ms", "label", "voice_id")
    )
    first: dict[int, UUID] = {}
    lines = []
    for uuid, start_ms, end_ms, label, voice_id in rows:
        first.setdefault(start_ms, uuid)
        voice = voices[voice_id].number if voice_id in voices else None
        lines.append(SceneLine(start_ms, max(start_ms, end_ms), cast(Label, label) if label else None, voice))
    return SceneList(
        scenes=tuple(
            ListedScene(
                scene=scene,
                names=tuple(dict.fromkeys(people[voice].name for voice in scene.voices)),
                url=_address(session, first.get(scene.start_ms) if scene.lines else None),
            )
            for scene in scenes(lines)
        ),
        is_labelled=any(label for *_, label, _voice in rows),
    )


def scene_choices(session: Session) -> list[tuple[str, str]]:
    """Returns the scenes of ``session`` in which somebody speaks, to choose from: ``start-end`` in ms, and a name."""
    return [
        (
            f"{listed.scene.start_ms}-{listed.scene.end_ms}",
            f"{listed.clock} · {listed.words} · {', '.join(listed.names)}"[:100],
        )
        for listed in scene_list(session).scenes
        if listed.scene.lines
    ]


def _address(session: Session, line: UUID | None) -> str:
    return reverse("session-line", args=[session.uuid, line]) if line else ""
