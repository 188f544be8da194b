"""A session's figures ready to look at: bars of the talking, the longest scenes, the names said most.

>>> shown_figures(session).is_labelled
False
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from engine.classification.scenes import Scene
from engine.clock import clock
from engine.figures import Figures, NameCount, Tally
from sessions_app.figures import session_figures
from sessions_app.models import Segment, Session
from sessions_app.transcripts.scenes import ListedScene
from sessions_app.transcripts.voices import ShownVoice, shown_voices

MOST_NAMES = 12
"""How many of the names said most are shown."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar.

    Attributes:
        kind: ``story``, ``both``, ``table`` or ``none``, the stylesheet's class.
        percent: its length in hundredths of the longest bar.
        words: what it stands for.
        clock: how long that is.
    """

    kind: str
    percent: float
    words: str
    clock: str


@dataclass(frozen=True, slots=True)
class Bar:
    """How long somebody talked, or somebody was talked as.

    Attributes:
        name: the name to print.
        colour: of the voice, by the stylesheet's number; 0 for nobody's.
        tally: how much it is.
        stretches: what it consists of, without what takes no time.
    """

    name: str
    colour: int
    tally: Tally
    stretches: tuple[Stretch, ...]

    @property
    def clock(self) -> str:
        """How long the talking is in all."""
        return _clock(self.tally.talk_ms)


@dataclass(frozen=True, slots=True)
class ShownName:
    """A name with its bar, in hundredths of the name said most."""

    count: NameCount
    percent: float


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """All that the fold shows."""

    whole: Bar
    speakers: tuple[Bar, ...]
    characters: tuple[Bar, ...]
    scenes: tuple[ListedScene, ...]
    names: tuple[ShownName, ...]

    @property
    def is_labelled(self) -> bool:
        """Whether anything says what is story and what is table talk."""
        return self.whole.tally.unlabelled_ms < self.whole.tally.talk_ms


def shown_figures(session: Session) -> ShownFigures:
    """Returns the figures of ``session`` as its page shows them."""
    voices = shown_voices(session)
    figures = session_figures(session, voices)
    starts = [scene.start_ms for scene in figures.scenes]
    first = dict(
        Segment.objects.filter(session=session, start_ms__in=starts).values_list("start_ms", "uuid").reverse()
    )
    urls = [_url(session, first.get(start)) for start in starts]
    return _shown(figures, {voice.number: voice for voice in voices.values()}, urls)


def _url(session: Session, line: UUID | None) -> str:
    """Returns the address of ``line``; that of the page where the transcript was replaced between two queries."""
    return reverse("session-line", args=[session.uuid, line]) if line else session.get_absolute_url()


def _shown(figures: Figures, people: dict[int, ShownVoice], urls: list[str]) -> ShownFigures:
    longest = max((each.tally.talk_ms for each in figures.speakers), default=0)
    most = figures.names[0].times if figures.names else 0

    def name_of(voice: int | None) -> str:
        return people[voice].name if voice in people else _("Unassigned")

    def colour_of(voice: int | None) -> int:
        return people[voice].colour if voice in people else 0

    return ShownFigures(
        whole=_bar(_("Everybody"), 0, figures.whole, figures.whole.talk_ms),
        speakers=tuple(
            _bar(name_of(each.voice), colour_of(each.voice), each.tally, longest) for each in figures.speakers
        ),
        characters=tuple(
            _bar(each.name, colour_of(each.voice), each.tally, longest) for each in figures.characters
        ),
        scenes=tuple(_scene(scene, name_of, url) for scene, url in zip(figures.scenes, urls, strict=True)),
        names=tuple(
            ShownName(name, round(100 * name.times / most, 1)) for name in figures.names[:MOST_NAMES]
        ),
    )


def _bar(name: str, colour: int, tally: Tally, longest_ms: int) -> Bar:
    parts = (
        ("story", tally.ic_ms, _("story")),
        ("both", tally.mixed_ms, _("both")),
        ("table", tally.ooc_ms, _("table talk")),
        ("none", tally.unlabelled_ms, _("without a label")),
    )
    return Bar(
        name=name,
        colour=colour,
        tally=tally,
        stretches=tuple(
            Stretch(kind, round(100 * ms / longest_ms, 2), words, _clock(ms))
            for kind, ms, words in parts
            if ms
        ),
    )


def _scene(scene: Scene, name_of: Callable[[int], str], url: str) -> ListedScene:
    return ListedScene(scene, tuple(dict.fromkeys(name_of(voice) for voice in scene.voices)), url)


def _clock(ms: int) -> str:
    """Returns a length as people read it; who says a single word talks for a second."""
    return clock(max(1000, ms)) if ms else clock(0)
