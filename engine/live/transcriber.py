"""Captions one capture: takes its samples as they come, says what is to be done next, and does it when it is asked."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid5

from engine.clock import ms_to_samples, samples_to_ms
from engine.live.agreement import Agreement
from engine.live.audio import RecentAudio
from engine.live.config import LiveConfig
from engine.live.cuts import going_on, split
from engine.live.endpointing import Detector, Endpointer, Stretch
from engine.live.recogniser import Recogniser
from engine.live.values import Draft, Final, Piece
from engine.vad import SpeechNetwork
from engine.values import PcmReader, Samples, Span, Word


class Voices(Protocol):
    """Says who speaks; :class:`engine.live.voices.LiveVoices`."""

    def place(self, audio: PcmReader, utterance: UUID, words: Sequence[Word]) -> tuple[Piece, ...]:
        """Returns the lines of a finished utterance; the first has the utterance's own id."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """Something to decode.

    Attributes:
        utterance: which.
        start: its first sample.
        end: the sample behind its last; of a draft, behind what was heard of it.
        final: whether it is finished.
        asked_s: when it was asked for, by the caller's clock.
    """

    utterance: UUID
    start: int
    end: int
    final: bool
    asked_s: float


@dataclass(slots=True)
class _Drafts:
    """The drafts of one utterance."""

    utterance: UUID
    agreement: Agreement
    heard_to: int = 0


class LiveTranscriber:
    """The captions of one capture; ``feed`` and ``perform`` may be called from different threads.

    Args:
        source: the capture; the names of its utterances follow from it.
        start: the sample before which all is done already (:attr:`settled` of whoever was here before).
        config: where utterances end, and how often they are drafted.
        detector: makes a detector of speech.

    Attributes:
        source: the capture.
        audio: the last seconds of it.
        draft_every_s: the next draft comes no sooner after the one before; the scheduler sets it.

    >>> from unittest.mock import Mock
    >>> from uuid import uuid4
    >>> import numpy as np
    >>> from engine.values import Utterance
    >>> always = Mock(probabilities=lambda block: [1.0] * (len(block) // 512))
    >>> heard = Utterance(0, 900, (Word(0, 400, "Roll", 0.9), Word(500, 900, "it.", 0.9)))
    >>> capture = LiveTranscriber(uuid4(), detector=lambda: always)
    >>> capture.feed(np.ones(16_000, np.float32))
    >>> capture.finish()
    >>> final = capture.perform(capture.waiting(now_s=0.0), Mock(final=lambda audio, span, speech: [heard]))
    >>> final.pieces[0].text
    'Roll it.'
    """

    def __init__(
        self,
        source: UUID,
        *,
        start: int = 0,
        config: LiveConfig = LiveConfig(),  # noqa: B008 (frozen)
        detector: Callable[[], Detector] = SpeechNetwork,
    ) -> None:
        self.source = source
        self._config = config
        before = max(0, start - ms_to_samples(config.endpoints.warm_up_ms + config.endpoints.overlap_ms))
        self.audio = RecentAudio(before)
        self.draft_every_s = config.drafts.every_ms / 1000
        self._endpoints = Endpointer(self.audio, start, config.endpoints, detector)
        self._unfinished: deque[Stretch] = deque()
        self._settled = start
        self._finished = self._busy = False
        self._drafts: _Drafts | None = None
        self._next_draft_s = float("-inf")
        self._before: tuple[list[Word], list[Word]] = ([], [])
        self._lock = threading.RLock()

    @property
    def position(self) -> int:
        """The next sample wanted; at first somewhat before ``start``, to hear what led to it."""
        return self.audio.end

    @property
    def settled(self) -> int:
        """All audio before this sample has become lines or holds no speech."""
        with self._lock:
            return self._settled if self._unfinished else max(self._settled, self._endpoints.settled)

    @property
    def full(self) -> bool:
        """Whether so much waits to be decoded that no more should be fed for now."""
        with self._lock:
            waiting = sum(stretch.end - stretch.start for stretch in self._unfinished)
        return waiting >= ms_to_samples(self._config.most_waiting_ms)

    @property
    def active(self) -> bool:
        """Whether somebody speaks, or something waits to be decoded."""
        with self._lock:
            return bool(self._unfinished) or self._endpoints.open is not None

    @property
    def done(self) -> bool:
        """Whether there will be no more lines."""
        return self._finished and not self._unfinished

    @property
    def behind_ms(self) -> int:
        """How much was fed since the end of the oldest utterance that is still to become lines."""
        with self._lock:
            return samples_to_ms(self.audio.end - self._unfinished[0].end) if self._unfinished else 0

    def feed(self, samples: Samples) -> None:
        """Takes the next samples; only the detector runs.

        Raises:
            RuntimeError: after :meth:`finish`.
        """
        with self._lock:
            self._require_going_on()
            self.audio.add(samples)
            self._unfinished += self._endpoints.advance()
            self._forget()

    def skip(self, until: int) -> None:
        """Takes silence up to sample ``until``: nothing was recorded; ends what is open.

        Raises:
            RuntimeError: after :meth:`finish`.
            ValueError: ``until`` was fed already.
        """
        with self._lock:
            self._require_going_on()
            if until < self.position:
                raise ValueError(f"sample {until} was heard already; {self.position} is next")
            self._unfinished += self._endpoints.close(until)
            self.audio.skip(until)
            self._forget()

    def finish(self) -> None:
        """Ends what is open: no more will be fed."""
        with self._lock:
            if not self._finished:
                self._finished = True
                self._unfinished += self._endpoints.close(self.position)

    def waiting(self, now_s: float) -> Job | None:
        """Returns what is to be done next: the oldest unfinished line, else a draft that is due."""
        with self._lock:
            if self._busy:
                return None
            if self._unfinished:
                one = self._unfinished[0]
                return Job(self._name(one.start), one.start, one.end, True, now_s)
            if (spoken := self._endpoints.open) is None or now_s < self._next_draft_s:
                return None
            start, speech_end, speech = spoken
            name = self._name(start)
            known = self._drafts is not None and self._drafts.utterance == name
            drafts = self._config.drafts
            quiet = self._endpoints.at - speech_end > ms_to_samples(drafts.quiet_ms)
            if quiet or speech < ms_to_samples(drafts.first_ms):
                return None
            if known and self._drafts is not None and self._drafts.heard_to >= speech_end:
                return None
            return Job(name, start, self._endpoints.at, False, now_s)

    def perform(self, job: Job, recogniser: Recogniser, voices: Voices | None = None) -> Draft | Final | None:
        """Does what :meth:`waiting` returned; None if it has been overtaken, or a draft has nothing to show.

        What fails is to be done again.
        """
        with self._lock:
            if self._busy:
                return None
            self._busy = True
        try:
            return self._final(job, recogniser, voices) if job.final else self._draft(job, recogniser)
        finally:
            self._busy = False

    def _draft(self, job: Job, recogniser: Recogniser) -> Draft | None:
        with self._lock:
            self._next_draft_s = job.asked_s + self.draft_every_s
        span = _span(job.start, job.end)
        words = recogniser.draft(self.audio, span)
        with self._lock:
            spoken = self._endpoints.open
            if self._unfinished or spoken is None or self._name(spoken[0]) != job.utterance:
                return None
            if self._drafts is None or self._drafts.utterance != job.utterance:
                self._drafts = _Drafts(job.utterance, Agreement())
            self._drafts.heard_to = job.end
            if not words:
                return None
            firm, soft = self._drafts.agreement.add(words)
        return Draft(job.utterance, span.start_ms, span.end_ms, firm, soft)

    def _final(self, job: Job, recogniser: Recogniser, voices: Voices | None) -> Final | None:
        with self._lock:
            if not self._unfinished or self._name(self._unfinished[0].start) != job.utterance:
                return None
            one = self._unfinished[0]
        words, beyond = self._words(one, recogniser)
        pieces: tuple[Piece, ...] = ()
        if words and voices is not None:
            pieces = voices.place(self.audio, job.utterance, words)
        elif words:
            end_ms = max(word.end_ms for word in words)
            pieces = (Piece(job.utterance, words[0].start_ms, end_ms, tuple(words)),)
        span = _span(one.start, one.end)
        with self._lock:
            self._unfinished.popleft()
            self._settled = one.settled
            self._before = (words, beyond)
            self._forget()
        return Final(job.utterance, span.start_ms, span.end_ms, pieces, one.settled)

    def _words(self, one: Stretch, recogniser: Recogniser) -> tuple[list[Word], list[Word]]:
        """Returns the utterance's words, and what was heard behind a cut at its end."""
        overlap = ms_to_samples(self._config.endpoints.overlap_ms)
        start = max(0, one.start - overlap * one.cut_before)
        end = one.end + overlap * one.cut_after
        speech = [_span(a, b) for a, b in one.speech]
        if one.cut_before:
            speech[0] = Span(samples_to_ms(start), speech[0].end_ms)
        if one.cut_after:
            speech[-1] = Span(speech[-1].start_ms, samples_to_ms(end))
        heard = recogniser.final(self.audio, _span(start, end), speech)
        words = [word for utterance in heard for word in utterance.words]
        if one.cut_before:
            words = going_on(*self._before, words, samples_to_ms(one.start))
        return split(words, samples_to_ms(one.end)) if one.cut_after else (words, [])

    def _name(self, start: int) -> UUID:
        return uuid5(self.source, str(start))

    def _forget(self) -> None:
        """Lets go of audio that nothing needs any more."""
        endpoints = self._config.endpoints
        oldest = min([self._endpoints.settled, *(stretch.start for stretch in self._unfinished)])
        extra = max(self._config.keep_ms, endpoints.warm_up_ms + endpoints.overlap_ms)
        self.audio.forget(oldest - ms_to_samples(extra))

    def _require_going_on(self) -> None:
        if self._finished:
            raise RuntimeError("this capture is finished")


def _span(start: int, end: int) -> Span:
    return Span(samples_to_ms(start), max(samples_to_ms(start), samples_to_ms(end)))
