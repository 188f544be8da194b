"""What the transcript page shows of a session at one moment: whose lines, which blocks, and the lines of one block.

>>> from django.http import QueryDict
>>> read(session, QueryDict("part=1")).lines
12
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from engine.clock import clock
from sessions_app.models import Segment, Session
from sessions_app.transcripts.blocks import NO_VOICE, Block, block_at, block_speeches, lines_of, outline
from sessions_app.transcripts.choice import Choice, is_number
from sessions_app.transcripts.labels import LabelCounts, count_labels
from sessions_app.transcripts.lines import Speech
from sessions_app.transcripts.reviewing import ReviewShare, review_share
from sessions_app.transcripts.showing import Show
from sessions_app.transcripts.voices import ShownVoice, shown_voices


@dataclass(frozen=True, slots=True)
class Chip:
    """A voice that the reader can choose, and the address that chooses or drops it."""

    voice: ShownVoice | None
    chosen: bool
    query: str

    @property
    def talk_clock(self) -> str:
        """How long the voice talks in all; who says a single word talks for a second."""
        return clock(max(1000, self.voice.talk_ms)) if self.voice else ""


@dataclass(frozen=True, slots=True)
class ShowLink:
    """The whole, the story or the table talk, and the address that shows it."""

    show: Show
    chosen: bool
    query: str

    @property
    def words(self) -> str:
        """What stands on it."""
        return {Show.ALL: _("Everything"), Show.STORY: _("Story"), Show.TABLE: _("Table talk")}[self.show]


@dataclass(frozen=True, slots=True)
class Part:
    """A block's place on the page, and the addresses of its lines alone and of the page opened at it."""

    block: Block
    is_open: bool
    lines_url: str
    page_url: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript opened at one block, as far as the reader chose to see it."""

    parts: list[Part]
    speeches: list[Speech]
    chips: list[Chip]
    choice: Choice
    labels: LabelCounts
    share: ReviewShare

    @property
    def query(self) -> str:
        """The query that chooses the same; empty for everything."""
        return self.choice.query()

    @property
    def all_voices(self) -> str:
        """The query that chooses the same of all voices."""
        return self.choice.with_voices(()).query()

    @property
    def shows(self) -> list[ShowLink]:
        """What can be shown, where labels tell story from table talk."""
        if not self.labels.labelled and self.choice.show is Show.ALL:
            return []
        return [ShowLink(show, show is self.choice.show, self.choice.showing(show).query()) for show in Show]

    @property
    def lines(self) -> int:
        """How many lines there are to read."""
        return sum(part.block.lines for part in self.parts)


def read(session: Session, query: QueryDict) -> Reading:
    """Returns the transcript of ``session`` opened where ``query`` says: ``part`` (from 1), or ``t`` (milliseconds)."""
    voices = shown_voices(session)
    person = {number: voice.number for voice in voices.values() for number in voice.numbers}
    choice = Choice.of(query)
    choice = choice.with_voices(tuple(sorted({person.get(number, number) for number in choice.voices})))
    lines = lines_of(session, choice)
    blocks = outline(lines, voices)
    open_block = _opened(blocks, query)
    return Reading(
        parts=_parts(session, blocks, open_block, choice.query()),
        speeches=_speeches_of(blocks, open_block, lines, voices, choice),
        chips=_chips(session, voices, choice),
        choice=choice,
        labels=count_labels(lines_of(session, choice.showing(Show.ALL)), choice.show),
        share=review_share(session),
    )


def _speeches_of(
    blocks: list[Block],
    index: int,
    lines: QuerySet[Segment],
    voices: dict[int, ShownVoice],
    choice: Choice,
) -> list[Speech]:
    if not blocks:
        return []
    block = blocks[index]
    return block_speeches(lines, block.first, block.until, voices, as_heard=choice.as_heard)


def _parts(session: Session, blocks: list[Block], open_block: int, query: str) -> list[Part]:
    # Written out rather than reversed one by one: there are a hundred of them on a long session's page.
    lines_url = reverse("session-lines", args=[session.uuid, 0, 0]).removesuffix("0/0/")
    page_url = f"{reverse('session-detail', args=[session.uuid])}{query}{'&' if query else '?'}part="
    return [
        Part(
            block=block,
            is_open=block.index == open_block,
            lines_url=f"{lines_url}{block.first}/{block.until}/{query}",
            page_url=f"{page_url}{block.index + 1}#block-{block.index}",
        )
        for block in blocks
    ]


def _opened(blocks: list[Block], query: QueryDict) -> int:
    if is_number(part := query.get("part", "")):
        return min(max(int(part) - 1, 0), max(len(blocks) - 1, 0))
    moment = query.get("t", "")
    return block_at(blocks, int(moment)) if is_number(moment, digits=12) else 0


def _chips(session: Session, voices: dict[int, ShownVoice], choice: Choice) -> list[Chip]:
    """Returns a chip for everybody who says anything: a voice may have lost all its lines to others."""
    everybody = list(dict.fromkeys(voices.values()))
    counted = any(voice.talk_ms for voice in everybody)  # not yet, just after a transcript was stored
    shown: list[ShownVoice | None] = [
        voice for voice in everybody if voice.talk_ms or not counted or voice.number in choice.voices
    ]
    if NO_VOICE in choice.voices or lines_of(session, Choice((NO_VOICE,))).exists():
        shown.append(None)
    return [_chip(voice, choice) for voice in shown]


def _chip(voice: ShownVoice | None, choice: Choice) -> Chip:
    number = voice.number if voice else NO_VOICE
    numbers = voice.numbers if voice else (NO_VOICE,)
    others = tuple(other for other in choice.voices if other not in numbers)
    is_chosen = len(others) < len(choice.voices)
    then = others if is_chosen else tuple(sorted((*choice.voices, number)))
    return Chip(voice, is_chosen, choice.with_voices(then).query())
