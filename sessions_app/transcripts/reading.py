"""What the transcript page shows of a session at one moment: which voices, which blocks, and the lines of one block."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from engine.clock import clock
from sessions_app.models import Session
from sessions_app.transcripts.blocks import NO_VOICE, Block, block_at, block_speeches, lines_of, outline
from sessions_app.transcripts.lines import Speech
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
class Part:
    """A block's place on the page, and the addresses of its lines alone and of the page opened at it."""

    block: Block
    is_open: bool
    lines_url: str
    page_url: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript opened at one block, for all voices or the chosen ones."""

    parts: list[Part]
    speeches: list[Speech]
    chips: list[Chip]
    chosen: tuple[int, ...]

    @property
    def query(self) -> str:
        """The query that chooses the same voices; empty for all."""
        return voices_query(self.chosen)

    @property
    def lines(self) -> int:
        """How many lines there are to read."""
        return sum(part.block.lines for part in self.parts)


def chosen_voices(query: QueryDict) -> tuple[int, ...]:
    """Returns the numbers of the voices that an address chooses (``?voice=1&voice=3``), in order."""
    return tuple(sorted({int(value) for value in query.getlist("voice") if _is_number(value)}))


def _is_number(value: str, digits: int = 5) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= digits


def voices_query(chosen: tuple[int, ...], **more: int) -> str:
    """Returns the query that chooses these voices, with its question mark; empty for all voices."""
    pairs = [("voice", number) for number in chosen] + list(more.items())
    return f"?{urlencode(pairs)}" if pairs else ""


def read(session: Session, query: QueryDict) -> Reading:
    """Returns the transcript of ``session`` opened where ``query`` says: ``part`` (from 1), or ``t`` (milliseconds)."""
    voices = shown_voices(session)
    person = {number: voice.number for voice in voices.values() for number in voice.numbers}
    chosen = tuple(sorted({person.get(number, number) for number in chosen_voices(query)}))
    lines = lines_of(session, chosen)
    blocks = outline(lines, voices)
    open_block = _opened(blocks, query)
    return Reading(
        parts=_parts(session, blocks, open_block, voices_query(chosen)),
        speeches=block_speeches(lines, open_block, voices),
        chips=_chips(session, voices, chosen),
        chosen=chosen,
    )


def _parts(session: Session, blocks: list[Block], open_block: int, query: str) -> list[Part]:
    # Written out rather than reversed one by one: there are a hundred of them on a long session's page.
    lines_url = reverse("session-lines", args=[session.uuid, 0]).removesuffix("0/")
    page_url = f"{reverse('session-detail', args=[session.uuid])}{query}{'&' if query else '?'}part="
    return [
        Part(
            block=block,
            is_open=block.index == open_block,
            lines_url=f"{lines_url}{block.index}/{query}",
            page_url=f"{page_url}{block.index + 1}#block-{block.index}",
        )
        for block in blocks
    ]


def _opened(blocks: list[Block], query: QueryDict) -> int:
    if _is_number(part := query.get("part", "")):
        return min(max(int(part) - 1, 0), max(len(blocks) - 1, 0))
    moment = query.get("t", "")
    return block_at(blocks, int(moment)) if _is_number(moment, digits=12) else 0


def _chips(session: Session, voices: dict[int, ShownVoice], chosen: tuple[int, ...]) -> list[Chip]:
    """Returns a chip for everybody who says anything: a voice may have lost all its lines to others."""
    everybody = list(dict.fromkeys(voices.values()))
    counted = any(voice.talk_ms for voice in everybody)  # not yet, just after a transcript was stored
    shown: list[ShownVoice | None] = [
        voice for voice in everybody if voice.talk_ms or not counted or voice.number in chosen
    ]
    if NO_VOICE in chosen or lines_of(session, (NO_VOICE,)).exists():
        shown.append(None)
    return [_chip(voice, chosen) for voice in shown]


def _chip(voice: ShownVoice | None, chosen: tuple[int, ...]) -> Chip:
    number = voice.number if voice else NO_VOICE
    numbers = voice.numbers if voice else (NO_VOICE,)
    others = tuple(other for other in chosen if other not in numbers)
    is_chosen = len(others) < len(chosen)
    return Chip(voice, is_chosen, voices_query(others if is_chosen else tuple(sorted((*chosen, number)))))
