"""One capture while it is captioned: its audio goes into the engine, and what comes out is stored and shown."""

from __future__ import annotations

import logging
from collections import deque

from engine.clock import SAMPLE_RATE, ms_to_samples, samples_to_ms
from engine.errors import EngineError
from engine.live.recogniser import Recogniser
from engine.live.transcriber import Job, LiveTranscriber
from engine.live.values import Draft, Final
from realtime_app.captioner.audio import GrowingAudio
from realtime_app.captioner.engine import Deaf
from realtime_app.captioner.followers import Followers
from realtime_app.captioner.storing import store_final, store_silence
from realtime_app.captioner.voices import SessionVoices
from realtime_app.models import Capture, CaptureState

logger = logging.getLogger(__name__)

BLOCK = 2 * SAMPLE_RATE
"""So much is heard at a time when captions are behind."""
SILENCE = 5 * SAMPLE_RATE
"""So much silence is noted at a time."""
TRIES = 2
"""So often an utterance is decoded that fails; then once without telling voices, then it stays without words."""


MOST_GIVEN_UP = 3
"""If so many in a row stay without words, it is not for what was said."""


class ModelFails(Exception):
    """The models fail whatever is said: they should be loaded anew."""


class CaptionedCapture:
    """A capture in this captioner's hands.

    Args:
        capture: with its session and campaign; its ``captioned_to`` is relied upon when lines are stored.
        audio: of the capture.
        transcriber: of the capture, from ``captioned_to`` on.
        recogniser: of the session's language.
        voices: of its session.
        followers: who is told.

    >>> from unittest.mock import Mock
    >>> import numpy as np
    >>> from engine.fakes import FakeVoiceEncoder
    >>> from engine.values import Utterance, Word
    >>> said = Utterance(0, 900, (Word(0, 400, "Roll", 0.9), Word(500, 900, "it.", 0.9)))
    >>> capture = Capture.objects.create(session=session, state=CaptureState.STOPPED, held=16_000)
    >>> audio = Mock(held=lambda: 16_000, samples=lambda first, end: np.ones(min(end, 16_000) - first))
    >>> detector = Mock(probabilities=lambda block: [1.0] * (len(block) // 512))
    >>> captioned = CaptionedCapture(
    ...     capture,
    ...     audio,
    ...     LiveTranscriber(capture.uuid, detector=lambda: detector),
    ...     Mock(final=lambda audio, span, speech: [said]),
    ...     SessionVoices(session, FakeVoiceEncoder()),
    ...     Followers(reachable=lambda: False),
    ... )
    >>> captioned.hear(), captioned.hear()  # a second of sound, then its end
    (True, False)
    >>> captioned.perform(captioned.transcriber.waiting(now_s=0.0))
    >>> captioned.store()
    >>> session.segments.get(capture=capture.uuid).text, captioned.is_done
    ('Roll it.', True)
    """

    def __init__(
        self,
        capture: Capture,
        audio: GrowingAudio,
        transcriber: LiveTranscriber,
        recogniser: Recogniser,
        voices: SessionVoices,
        followers: Followers,
    ) -> None:
        self.capture, self.transcriber, self.voices = capture, transcriber, voices
        self._audio, self._recogniser, self._followers = audio, recogniser, followers
        self._placing = voices.placing(capture)
        self._unstored: deque[Final] = deque()
        self._held = audio.held()
        self._shown_to = capture.captioned_to
        self._ended_at: int | None = None
        self._failures = self._given_up = 0

    @property
    def has_unstored(self) -> bool:
        """Whether lines wait for the database; nothing more should be heard until it takes them."""
        return bool(self._unstored)

    @property
    def behind_ms(self) -> int:
        """How much sound is here of which nothing was shown, neither line nor draft, and which is no silence."""
        return samples_to_ms(max(0, self._held - max(self._shown_to, self.transcriber.settled)))

    @property
    def is_done(self) -> bool:
        """Whether all that will ever be here has become lines."""
        return self.transcriber.done and not self._unstored

    def still_is(self, row: Capture) -> bool:
        """Takes up how the capture stands by now; False where another captioner moved it on."""
        if (row.captioned_to, row.offset_ms) != (self.capture.captioned_to, self.capture.offset_ms):
            return False
        self.capture.state, self.capture.held, self.capture.gaps = row.state, row.held, row.gaps
        return True

    def hear(self) -> bool:
        """Takes in the next block of audio, or notes that there is no more for now; returns whether there was any.

        Raises:
            NoSound: the audio can't be read.
        """
        self._held = self._audio.held()
        if self.transcriber.full or self.transcriber.done:
            return False
        position = self.transcriber.position
        if position < self._held:
            self._hear_from(position)
            return self.transcriber.position > position
        if not self.capture.is_open:
            self.transcriber.finish()
        elif self.capture.state == CaptureState.PAUSED and self._ended_at != position:
            self._ended_at = position
            self.transcriber.skip(position)
        return False

    def _hear_from(self, first: int) -> None:
        end = min(first + BLOCK, self._held)
        for gap_first, gap_end, _reason in self.capture.gaps:
            if gap_first <= first < gap_end:
                self.transcriber.skip(min(gap_end, self._held))
                return
            if first < gap_first < end:
                end = gap_first
        self.transcriber.feed(self._audio.samples(first, end))

    def perform(self, job: Job) -> None:
        """Does what the scheduler chose: shows a draft, or keeps a final until it is stored.

        Raises:
            EngineError: the model can't be used.
            ModelFails: it failed for several utterances in a row.
        """
        recogniser = self._recogniser
        placing = self._placing if self._failures < TRIES else None
        if job.final and self._failures > TRIES:
            self._given_up += 1
            if self._given_up > MOST_GIVEN_UP:
                raise ModelFails(f"{MOST_GIVEN_UP} utterances in a row could not be heard")
            recogniser = Deaf()
        try:
            result = self.transcriber.perform(job, recogniser, placing)
        except EngineError:
            raise
        except Exception as error:
            if not job.final:
                logger.warning("A draft of %s failed: %r", self.capture.uuid, error)
                return
            self._failures += 1
            logger.exception("The utterance at sample %s of %s failed", job.start, self.capture.uuid)
            return
        if job.final:
            self._failures = 0
            self._given_up = self._given_up if isinstance(recogniser, Deaf) else 0
        if isinstance(result, Draft):
            self._shown_to = max(self._shown_to, ms_to_samples(result.end_ms))
            self._followers.draft(self.capture, result, self.behind_ms)
        elif result is not None:
            self._unstored.append(result)

    def store(self) -> None:
        """Stores what is finished, and shows it; what fails is to be done again, and nothing is lost.

        Raises:
            Superseded: another captioner has the capture, or there is nothing left to caption.
            DatabaseError: the database does not answer.
        """
        while self._unstored:
            final = self._unstored[0]
            with self.voices.storing():
                lines = store_final(self.capture, final, self.voices.row)
            self._unstored.popleft()
            self._shown_to = max(self._shown_to, final.settled)
            self._followers.final(self.capture, final.utterance, lines, self.behind_ms)
        settled, known = self.transcriber.settled, self.capture.captioned_to
        if self.transcriber.done:
            settled = max(settled, self._held, self.capture.held)
        if settled >= known + SILENCE or (settled > known and self.transcriber.done):
            store_silence(self.capture, settled)
        self._followers.delay(self.capture, self.behind_ms)

    def close(self) -> None:
        """Lets go of the audio."""
        self._audio.close()
        self._followers.leave(self.capture)
