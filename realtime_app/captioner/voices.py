"""The voices of one session while it is captioned: the engine's numbers and the rows that people see and name."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Max, Q

from engine.diarization import CropEncoder
from engine.live.values import HeardVoice, Piece, Relabel
from engine.values import PcmReader, VoiceEmbedding, Word
from realtime_app.captioner.storing import hold
from realtime_app.models import Capture
from sessions_app.models import Segment, Session, Tier, Voice
from sessions_app.runs.notices import transcript_changed
from sessions_app.transcripts.talk import count_talk
from sessions_app.voice_book import VoiceName, voice_book
from speakers_app.matching import compare, known_people
from speakers_app.models import Assignment, Speaker, Voiceprint

if TYPE_CHECKING:
    from engine.live.voices import LiveVoices

COMPARE_EVERY_S = 5.0
LISTEN_EVERY_S = 2.0
MOVED_LINES = 200
"""So many of the last lines that people moved are told to the engine, which knows only those of the last minutes."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Says who speaks in one capture, by the clock that it shares with the others of its session."""

    live: LiveVoices
    offset_ms: int

    def place(self, audio: PcmReader, utterance: UUID, words: Sequence[Word]) -> tuple[Piece, ...]:
        """Returns the lines of a finished utterance."""
        now_ms = self.offset_ms + max(word.end_ms for word in words)
        return self.live.place(audio, utterance, words, now_ms=now_ms)


class SessionVoices:
    """Keeps the engine's voices and the rows in step, both ways; called from one thread.

    Args:
        session: whose voices.
        encoder: embeds them.
        now: a clock in seconds.

    >>> from engine.fakes import FakeVoiceEncoder
    >>> voices = SessionVoices(session, FakeVoiceEncoder())
    >>> voices.row(3) == Voice.objects.get(session=session, number=3), voices.row(4).number
    (True, 4)
    """

    def __init__(
        self, session: Session, encoder: CropEncoder, now: Callable[[], float] = time.monotonic
    ) -> None:
        from engine.live.voices import LiveVoices  # heavy; nothing is recorded most of the time

        self.session = session
        self._now = now
        rows = list(Voice.objects.filter(session=session).select_related("merged_into"))
        self._rows = {row.number: row.pk for row in rows}
        self._highest = 0
        self._known_as = self._what_is_known()
        self.live = LiveVoices(
            encoder,
            heard=[_heard(row) for row in rows if row.embedding and row.merged_into is None],
            known=known_people(session.campaign),
            free_number=self._free_number,
        )
        self._merged: set[tuple[int, int]] = set()
        self._pinned: dict[UUID, int | None] = {}
        self._news: dict[int, HeardVoice] = {}
        self._relabels: dict[UUID, Relabel] = {}
        self._changed = False
        self._compare_at = self._listen_at = 0.0
        self._take_merges(rows)

    def placing(self, capture: Capture) -> Placing:
        """Returns what says who speaks in ``capture``."""
        return Placing(self.live, capture.offset_ms)

    @contextmanager
    def storing(self) -> Iterator[None]:
        """Forgets the rows that a transaction made, should it fail: around each transaction that asks for rows."""
        before = dict(self._rows)
        try:
            yield
        except BaseException:
            self._rows = before
            raise

    def row(self, number: int) -> Voice:
        """Returns the row of a voice of the engine, made if there is none; in the transaction that stores its line.

        A person may have made a voice with the number that the engine chose: then the row has another.
        """
        voices = Voice.objects.filter(session=self.session)
        row = voices.filter(pk=self._rows.get(number, 0)).first()
        if row is None:
            free = not voices.filter(number=number).exists()
            row = Voice.objects.create(session=self.session, number=number if free else voices.next_number())
            pk = row.pk
            self._rows[number] = pk
        return row

    def follow(self) -> list[Segment]:
        """Stores what the engine learned of voices since it was last asked; returns lines that changed their voice.

        Names are compared anew where a voice changed, at most every few seconds.
        """
        voices, relabels = self.live.news()
        self._news |= {voice.number: voice for voice in voices}
        self._relabels |= {relabel.line: relabel for relabel in relabels}
        lines: list[Segment] = []
        if self._relabels or self._has_rows_to_change():
            with self.storing(), transaction.atomic():
                hold(self.session)
                stored = self._store_embeddings()
                lines = self._relabelled()
            self._relabels.clear()
            self._news = {number: heard for number, heard in self._news.items() if number not in stored}
            self._changed |= bool(stored)
        if self._changed and self._now() >= self._compare_at:
            self._compare()
        return lines

    def listen(self, at_once: bool = False) -> None:
        """Takes up what people decided meanwhile; looks at most every few seconds, or at once."""
        if not at_once and self._now() < self._listen_at:
            return
        self._listen_at = self._now() + LISTEN_EVERY_S
        self._take_merges(
            Voice.objects.filter(session=self.session, merged_into__isnull=False).select_related(
                "merged_into"
            )
        )
        self._take_moves()
        known = self._what_is_known()
        if known != self._known_as:
            self.live.know(known_people(self.session.campaign))
            self._known_as = known
            self._changed = True

    def _free_number(self) -> int:
        there = int(Voice.objects.filter(session=self.session).next_number())
        self._highest = max([there, self._highest + 1, *(number + 1 for number in self._rows)])
        return self._highest

    def _number(self, pk: int) -> int | None:
        return next((number for number, row in self._rows.items() if row == pk), None)

    def _number_of(self, voice: Voice) -> int:
        """Returns the engine's number of a row, one that people made included."""
        number = self._number(voice.pk)
        if number is None:
            number = voice.number if voice.number not in self._rows else self._free_number()
            self._rows[number] = voice.pk
        return number

    def _take_merges(self, rows: Any) -> None:
        for row in rows:
            if row.merged_into is not None and (row.pk, row.merged_into.pk) not in self._merged:
                self._merged.add((row.pk, row.merged_into.pk))
                self.live.merge(self._number_of(row), self._number_of(row.merged_into))

    def _take_moves(self) -> None:
        moved = Segment.objects.filter(session=self.session, tier=Tier.FINAL).exclude(
            Q(voice=F("heard_voice")) | Q(voice=None, heard_voice=None)
        )
        for line in moved.select_related("voice").order_by("-start_ms")[:MOVED_LINES]:
            if line.uuid not in self._pinned or self._pinned[line.uuid] != line.voice_id:
                self._pinned[line.uuid] = line.voice_id
                self.live.pin(line.uuid, None if line.voice is None else self._number_of(line.voice))

    def _what_is_known(self) -> tuple[Any, ...]:
        """Returns what changes whenever somebody is known otherwise than before."""
        campaign = self.session.campaign_id
        prints = Voiceprint.objects.filter(speaker__campaign=campaign).aggregate(
            n=Count("pk"), last=Max("pk")
        )
        speakers = Speaker.objects.filter(campaign=campaign).order_by("pk").values_list("pk", "role")
        return (prints["n"], prints["last"], tuple(speakers))

    def _has_rows_to_change(self) -> bool:
        return any(number in self._rows for number in self._news)

    def _store_embeddings(self) -> set[int]:
        """Stores the embeddings of voices that have a row, which comes with their first line; returns whose."""
        numbers = self._news.keys() & self._rows.keys()
        for number in numbers:
            embedding = self._news[number].embedding
            Voice.objects.filter(session=self.session, pk=self._rows[number]).update(
                embedding=list(embedding.vector),
                embedding_model=embedding.model,
                speech_ms=embedding.speech_ms,
            )
        return numbers

    def _relabelled(self) -> list[Segment]:
        """Gives lines their better voices, but for those that a person moved; returns the lines."""
        changed = []
        as_heard = Q(voice=F("heard_voice")) | Q(voice=None, heard_voice=None)
        for relabel in self._relabels.values():
            voice = None if relabel.voice is None else self.row(relabel.voice)
            lines = Segment.objects.filter(as_heard, session=self.session, uuid=relabel.line, tier=Tier.FINAL)
            if lines.update(voice=voice, heard_voice=voice):
                changed.append(relabel.line)
        if changed:
            self._drop_silent()
            count_talk(self.session)
        return list(
            Segment.objects.filter(session=self.session, uuid__in=changed).select_related(
                "voice", "character"
            )
        )

    def _drop_silent(self) -> None:
        """Removes voices that have no line any more, that nobody made or named, and that name no other."""
        named = Assignment.objects.locked().filter(voice__session=self.session).values("voice")
        silent = Voice.objects.filter(
            session=self.session,
            by_hand=False,
            segments=None,
            heard_segments=None,
            merged=None,
            merged_into=None,
        ).exclude(pk__in=named)
        gone = set(silent.values_list("pk", flat=True)) & set(self._rows.values())
        Voice.objects.filter(pk__in=gone).delete()
        self._rows = {number: pk for number, pk in self._rows.items() if pk not in gone}

    def _compare(self) -> None:
        self._compare_at = self._now() + COMPARE_EVERY_S
        with transaction.atomic():
            hold(self.session)
            before = self._names()
            if compare(self.session.campaign, [self.session]) and self._names() != before:
                transcript_changed(self.session)
        self._changed = False

    def _names(self) -> dict[int, VoiceName]:
        """Returns what pages call the voices; a comparison that only changes how sure it is, is no news to them."""
        return voice_book().names(Voice.objects.filter(session=self.session).defer("embedding"))


def _heard(row: Voice) -> HeardVoice:
    embedding = VoiceEmbedding(row.number, tuple(row.embedding or ()), row.embedding_model, row.speech_ms)
    return HeardVoice(row.number, embedding)
