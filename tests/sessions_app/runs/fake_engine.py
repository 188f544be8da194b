"""An engine without models."""

from __future__ import annotations

from pathlib import Path

from engine.config import ChunkConfig, EngineConfig
from engine.fakes import FakeClassifier, FakeDiarizer, FakeTranscriber, fake_model
from sessions_app.models import LabelBy
from sessions_app.runs.engine import ChosenClassifier


class FakeEngine:
    """Real audio, detection and alignment; the words and the voices are made up."""

    def __init__(self, chunk_ms: int = 10_000) -> None:
        self.config = EngineConfig(
            chunks=ChunkConfig(target_ms=chunk_ms, max_ms=2 * chunk_ms, overlap_ms=1_000)
        )
        self.asr = FakeTranscriber()
        self.voices = FakeDiarizer()
        self.labels = ChosenClassifier(FakeClassifier(), LabelBy.BUILTIN)
        self.language = None
        self.choice = fake_model(Path("nowhere"))

    def choose_asr(self, on_progress):
        return self.choice

    def hear_language(self, choice, audio, speech, on_progress):
        return self.language

    def transcriber(self, choice):
        return self.asr

    def diarizer(self):
        return self.voices

    def voice_encoder(self):
        return self.voices.voice_encoder()

    def classifier(self, language, corrections, learnt, *, remote):
        return self.labels
