"""Live voices that do as a test says."""

from __future__ import annotations

from uuid import UUID

from engine.live.values import HeardVoice, Relabel
from engine.values import VoiceEmbedding


class FakeVoices:
    """Notes what it is told; a test sets what it has to tell."""

    def __init__(self, encoder, *, heard=(), known=(), free_number=None, config=None) -> None:
        self.heard = {voice.number for voice in heard}
        self.known = list(known)
        self.free_number = free_number
        self.told: list[HeardVoice] = []
        self.relabels: list[Relabel] = []
        self.merges: list[tuple[int, int]] = []
        self.pins: dict[UUID, int | None] = {}

    def news(self):
        voices, relabels = tuple(self.told), tuple(self.relabels)
        self.told, self.relabels = [], []
        return voices, relabels

    def know(self, known) -> None:
        self.known = list(known)

    def merge(self, voice: int, into: int) -> None:
        self.merges.append((voice, into))

    def pin(self, line: UUID, voice: int | None) -> None:
        self.pins[line] = voice

    def hears(self, number: int, vector, model: str = "made-up-encoder", speech_ms: int = 9000) -> None:
        self.told.append(HeardVoice(number, VoiceEmbedding(number, tuple(vector), model, speech_ms)))
