"""Says who speaks while people speak: splits utterances into lines and numbers their voices; for the captioner.

Each utterance is grouped anew with the speech of the last minutes, as the built-in diarizer does with a whole
recording, so that the first seconds of an evening, which are ambiguous, are put right when more was heard.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from uuid import UUID, uuid5

import numpy as np

from engine.alignment import align
from engine.calibration import calibration_for, unit
from engine.diarization import CropEncoder
from engine.diarization.voices import turns_of
from engine.embedding import NETWORK_ID, VoiceEncoder
from engine.identity import FindCalibration, Known
from engine.live.grouping import GroupConfig, Grouped, regroup
from engine.live.heard_voice import SessionVoice, is_news
from engine.live.numbering import assign
from engine.live.recent import RecentLine, RecentUtterance, set_in_a_row, windows_of
from engine.live.roll import Roll
from engine.live.values import HeardVoice, Piece, Relabel
from engine.live.voices_config import PLAIN, LiveVoicesConfig
from engine.values import Diarization, Line, PcmReader, Span, Utterance, Vector, Word


class LiveVoices:
    """The voices of one session, shared by all its captures; may be called from several threads.

    Args:
        encoder: embeds crops; with the built-in voice encoder, windows are embedded many at once.
        heard: voices that the session has already.
        known: people with their voiceprints.
        free_number: returns a number that no voice of the session has; by default one more than the highest.
        config: thresholds.
        find_calibration: returns the calibration of a model.

    >>> from uuid import uuid4
    >>> from engine.fakes import FakeAudio, FakeVoiceEncoder
    >>> voices, seconds = LiveVoices(FakeVoiceEncoder()), np.arange(64_000) / 16_000
    >>> for hertz in (100, 600, 100):  # two people, who are tones
    ...     audio = FakeAudio(np.sin(2 * np.pi * hertz * seconds))
    ...     [line] = voices.place(audio, uuid4(), [Word(0, 4_000, "Hm.", 0.9)])
    ...     print(line.voice)
    1
    2
    1
    """

    def __init__(
        self,
        encoder: CropEncoder,
        *,
        heard: Sequence[HeardVoice] = (),
        known: Sequence[Known] = (),
        free_number: Callable[[], int] | None = None,
        config: LiveVoicesConfig | None = None,
        find_calibration: FindCalibration = calibration_for,
    ) -> None:
        self._encoder = encoder
        self._config = config or LiveVoicesConfig()
        fast = isinstance(encoder, VoiceEncoder)
        windows_model = find_calibration(NETWORK_ID if fast else encoder.model_id)
        self._group = self._config.group or (GroupConfig() if windows_model else PLAIN)
        self._clean = windows_model.cleaned if windows_model else unit
        self._roll = Roll(encoder.model_id, known, free_number, self._config, find_calibration)
        self._now_ms = 0
        self._lock = threading.RLock()
        for voice in heard:
            self._roll.take_up(voice)

    def place(
        self, audio: PcmReader, utterance: UUID, words: Sequence[Word], *, now_ms: int | None = None
    ) -> tuple[Piece, ...]:
        """Returns the lines of a finished utterance with their voices.

        Args:
            audio: of the capture; words tell its milliseconds.
            utterance: names the utterance and its first line; the others' names follow from it.
            words: in time order; without words there are no lines.
            now_ms: when the utterance ended, by a clock that all captures of the session share; by default the
                capture's own.
        """
        if not words:
            return ()
        if not audio.duration_ms:
            return (Piece(utterance, words[0].start_ms, words[-1].end_ms, tuple(words)),)
        windows = windows_of(audio, words, self._encoder)
        at_ms = max(word.end_ms for word in words) if now_ms is None else now_ms
        with self._lock:
            self._now_ms = max(self._now_ms, at_ms)
            self._roll.settle(self._now_ms - self._config.keep_ms)
            new = RecentUtterance(at_ms, windows)
            self._roll.recent.append(new)
            try:
                return self._decide(audio, utterance, words, new)
            except BaseException:
                self._roll.recent.pop()  # whoever tries again shall not find half of it
                raise

    def _decide(
        self, audio: PcmReader, utterance: UUID, words: Sequence[Word], new: RecentUtterance
    ) -> tuple[Piece, ...]:
        """Returns the lines of the utterance that was heard last."""
        grouped = self._regrouped()
        lines = _split(new, words, grouped)
        for index, line in enumerate(lines):
            name = uuid5(utterance, str(index)) if index else utterance
            new.lines.append(self._line(audio, name, line))
        assign(self._roll, grouped, self._config, self._clean)
        if self._roll.find_people(new.lines):
            assign(self._roll, self._regrouped(), self._config, self._clean)
        self._roll.join_heard_again()
        self._roll.name_voices()
        for placed in new.lines:
            placed.told = placed.voice
        return tuple(
            Piece(placed.id, line.start_ms, line.end_ms, line.words, placed.voice)
            for placed, line in zip(new.lines, lines, strict=True)
        )

    def news(self) -> tuple[tuple[HeardVoice, ...], tuple[Relabel, ...]]:
        """Returns voices that changed and lines that turned out to be another voice's, since this was last asked.

        Lines that were spoken longer ago than two minutes stand.
        """
        with self._lock:
            voices = []
            for embedding in self._roll.embeddings():
                voice = self._roll.voices[embedding.voice]
                if is_news(voice.told, embedding):
                    voice.told = embedding
                    voices.append(HeardVoice(voice.number, embedding))
            return tuple(voices), tuple(self._relabels())

    def know(self, known: Sequence[Known]) -> None:
        """Takes what is known of people now in place of what was known before."""
        with self._lock:
            self._roll.know(known)

    def merge(self, voice: int, into: int) -> None:
        """Takes two voices for one from now on, because a person said so."""
        with self._lock:
            voice, into = self._roll.number(voice), self._roll.number(into)
            if voice == into:
                return
            for line in self._roll.lines():
                if line.voice in (voice, into):
                    line.pinned, line.told = True, into
            self._roll.join(voice, into)

    def pin(self, line: UUID, voice: int | None) -> None:
        """Leaves a line with the voice that a person gave it to; what is no longer remembered stands anyway."""
        with self._lock:
            number = None if voice is None else self._roll.number(voice)
            for one in self._roll.lines():
                if one.id == line:
                    one.voice = one.told = number
                    one.pinned, one.person = True, None
                    if number is not None:
                        self._roll.voices.setdefault(number, SessionVoice(number))

    def _regrouped(self) -> Grouped:
        roll = self._roll
        windows = set_in_a_row(roll.recent)
        held = np.concatenate([roll.held(utterance) for utterance in roll.recent])
        size = windows.coarse.vectors.read().shape[1]
        return regroup(windows, roll.anchors(held, size), held, self._group, self._clean, roll.may_join)

    def _line(self, audio: PcmReader, name: UUID, line: Line) -> RecentLine:
        span = Span(line.start_ms, max(line.start_ms, line.end_ms))
        spoken_ms = sum(max(0, word.end_ms - word.start_ms) for word in line.words)
        speech_ms = min(span.duration_ms, spoken_ms)
        vector: Vector | None = None
        if speech_ms >= self._config.crop_ms:
            samples = audio.read(span.start_ms, span.end_ms)
            vector = self._encoder.embed(samples) if len(samples) and np.any(samples) else None
        return RecentLine(name, span, speech_ms, vector, None, None)

    def _relabels(self) -> list[Relabel]:
        """Returns the lines that changed their voice, and takes them as told."""
        changed = []
        for utterance in self._roll.recent:
            for line in utterance.lines:
                stands = utterance.at_ms < self._now_ms - self._config.relabel_ms
                if line.voice != line.told and not line.pinned and not stands:
                    line.told = line.voice
                    changed.append(Relabel(line.id, line.voice))
        return changed


def _split(new: RecentUtterance, words: Sequence[Word], grouped: Grouped) -> list[Line]:
    """Returns the utterance's lines, cut where the group changes, by the rules of the whole recording."""
    labels = grouped.labels[len(grouped.labels) - len(new.windows.fine) :]
    turns = tuple(turns_of(new.windows, labels))
    heard = Utterance(words[0].start_ms, max(word.end_ms for word in words), tuple(words))
    return align([heard], Diarization(turns, ()))
