"""Stand-ins for what needs a model or a file, for the tests of everything that is built upon the engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.classification.values import CastMember, SpokenLine, Verdict
from engine.clock import SAMPLE_RATE, ms_to_samples, samples_to_ms
from engine.values import (
    Chunk,
    Diarization,
    OnProgress,
    PcmReader,
    Samples,
    Span,
    Turn,
    Utterance,
    Vector,
    VoiceEmbedding,
    Word,
    no_progress,
)
from engine.weights import ModelChoice

if TYPE_CHECKING:
    from engine.asr import TranscribeRequest
    from engine.diarization import SpeakerCount


class FakeAudio:
    """Prepared audio in memory.

    >>> FakeAudio.silence(2_000).duration_ms
    2000
    """

    def __init__(self, samples: Samples) -> None:
        self._samples = samples.astype(np.float32)

    @classmethod
    def silence(cls, duration_ms: int) -> FakeAudio:
        """Returns ``duration_ms`` of digital silence."""
        return cls(np.zeros(ms_to_samples(duration_ms), dtype=np.float32))

    @property
    def duration_ms(self) -> int:
        """Length of the audio."""
        return samples_to_ms(len(self._samples))

    def read(self, start_ms: int, end_ms: int) -> Samples:
        """Returns the samples of ``[start_ms, end_ms)``, clipped to the audio's length."""
        return self._samples[ms_to_samples(max(0, start_ms)) : ms_to_samples(max(0, end_ms))].copy()


class FakeTranscriber:
    """Hears ``words`` in turn, one every ``word_ms`` of speech; the same audio always gives the same text.

    Attributes:
        chunks: what it was asked to transcribe, in order.
    """

    model_id = "fake-asr"

    def __init__(
        self, words: Sequence[str] = ("We", "open", "the", "old", "door"), word_ms: int = 400
    ) -> None:
        if not words or word_ms <= 0:
            raise ValueError("a fake needs words and a positive length for each")
        self._words = tuple(words)
        self._word_ms = word_ms
        self.chunks: list[Chunk] = []

    def transcribe(
        self,
        audio: PcmReader,
        chunk: Chunk,
        request: TranscribeRequest,
        on_progress: OnProgress = no_progress,
    ) -> list[Utterance]:
        """Returns one utterance for each span of the chunk's speech."""
        self.chunks.append(chunk)
        utterances = []
        for done, span in enumerate(chunk.speech, start=1):
            words = tuple(
                Word(start, min(start + self._word_ms, span.end_ms), self._word_at(start), 0.9)
                for start in range(span.start_ms, span.end_ms, self._word_ms)
            )
            utterances.append(Utterance(span.start_ms, span.end_ms, words, avg_logprob=-0.2))
            on_progress("transcribe", done, len(chunk.speech))
        return utterances

    def _word_at(self, ms: int) -> str:
        return self._words[ms // self._word_ms % len(self._words)]


class FakeVoiceEncoder:
    """Takes people for tones: a vector's axes are bands of pitch up to 1 kHz, and its values how loud they are."""

    TOP_HZ = 1000

    def __init__(self, model_id: str = "fake-encoder", bands: int = 8) -> None:
        self.model_id = model_id
        self._bands = bands

    def embed(self, samples: Samples) -> Vector:
        """Returns the same unit vector for the same sound; silence is all bands alike."""
        if not len(samples):
            raise ValueError("an empty crop has no voice")
        power = np.abs(np.fft.rfft(samples)) ** 2
        hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
        band = np.minimum(hertz * self._bands // self.TOP_HZ, self._bands - 1).astype(int)
        loudness = np.sqrt(np.bincount(band, weights=power, minlength=self._bands)) + 1e-6
        vector: Vector = (loudness / np.linalg.norm(loudness)).astype(np.float32)
        return vector


class FakeDiarizer:
    """Gives the spans of speech to ``voices`` voices in turn."""

    model_id = "fake-diarizer"

    def __init__(self, voices: int = 2) -> None:
        if voices <= 0:
            raise ValueError("a fake needs at least one voice")
        self._voices = voices

    def diarize(
        self,
        audio: PcmReader,
        speech: Sequence[Span],
        speakers: SpeakerCount,
        on_progress: OnProgress = no_progress,
    ) -> Diarization:
        """Returns one turn for each span, and one unit vector for each voice."""
        voices = min(self._voices, speakers.max or self._voices)
        turns = tuple(Turn(s.start_ms, s.end_ms, number % voices) for number, s in enumerate(speech))
        on_progress("diarize", len(turns), len(turns))
        return Diarization(
            turns,
            tuple(
                VoiceEmbedding(
                    voice,
                    tuple(1.0 if axis == voice else 0.0 for axis in range(voices)),
                    self.model_id,
                    sum(turn.duration_ms for turn in turns if turn.voice == voice),
                )
                for voice in sorted({turn.voice for turn in turns})
            ),
        )

    def voice_encoder(self) -> FakeVoiceEncoder:
        """Returns an encoder whose vectors have as many axes as there are voices."""
        return FakeVoiceEncoder(self.model_id, self._voices)


def fake_model(folder: Path) -> ModelChoice:
    """Returns the choice of a model that is not there; nothing may load it."""
    return ModelChoice(path=folder, model_id="fake-asr", is_fallback_nano=False)


class FakeClassifier:
    """Takes lines with a question mark or a digit for table talk, and all others for the story."""

    classifier_id = "fake-classifier"

    def classify(
        self, lines: Sequence[SpokenLine], cast: Sequence[CastMember], on_progress: OnProgress = no_progress
    ) -> list[Verdict | None]:
        """Returns what a person said of a line, else its guess, with a confidence of 0.9."""
        on_progress("classify", len(lines), len(lines))
        return [line.said or self._judge(line) for line in lines]

    def _judge(self, line: SpokenLine) -> Verdict:
        if any(c == "?" or c.isdigit() for c in line.text):
            return Verdict("OOC", "rules", 0.9)
        if line.role == "dm":
            return Verdict("IC", "dm_narration", 0.9)
        return Verdict("IC", "character", 0.9, line.character)
