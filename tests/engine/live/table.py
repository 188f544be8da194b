"""A table of people whose sound is a number each, and an encoder that hears who they are; for live speakers."""

from itertools import count
from uuid import UUID

import numpy as np

from engine.calibration import unit
from engine.identity import Known
from engine.live.voices import LiveVoices
from engine.values import VoiceEmbedding, Word
from tests.engine.voices import calibration

MODEL = "stand-in"
WORD_MS = 400
PEOPLE = 8


def _people():
    random = np.random.default_rng(7)
    directions, _ = np.linalg.qr(random.normal(size=(32, 32)))
    return directions.T[:PEOPLE].astype(np.float32)


VECTORS = _people()


class Ears:
    """Embeds a crop as the people in it, by how long each is heard, with some chance in it."""

    model_id = MODEL

    def __init__(self, chance=0.15, faces=None):
        self._chance = chance
        self._faces = VECTORS if faces is None else faces

    def embed(self, samples):
        people = np.rint(samples[samples > 0] * 100).astype(int) - 1
        shares = np.bincount(people, minlength=PEOPLE).astype(np.float32)
        noise = np.random.default_rng(int(1e6 * abs(float(samples.sum()))) + len(samples)).normal(size=32)
        return unit((unit(shares @ self._faces) + self._chance * unit(noise)).astype(np.float32))


def find_calibration(model):
    found = calibration(model=MODEL, centre=np.zeros(32, np.float32), decide_from_ms=3_000, suggest_at=0.1)
    return found if model == MODEL else None


class Table:
    """Lets people say words, one utterance after the other."""

    def __init__(self, **more):
        self.samples = np.zeros(0, np.float32)
        self.names = (UUID(int=i) for i in count(1))
        self.voices = LiveVoices(more.pop("ears", Ears()), find_calibration=find_calibration, **more)

    @property
    def duration_ms(self):
        return len(self.samples) // 16

    def read(self, start_ms, end_ms):
        return self.samples[max(0, start_ms) * 16 : end_ms * 16]

    def wait(self, ms):
        self.samples = np.concatenate([self.samples, np.zeros(16 * ms, np.float32)])

    def say(self, *said, now_ms=None):
        """Returns the lines of an utterance in which people say so many words each: ``say((0, 12), (1, 8))``."""
        words = []
        for person, number in said:
            for _ in range(number):
                at = self.duration_ms
                words.append(Word(at, at + WORD_MS, f"p{person}", 0.9))
                sound = np.full(16 * WORD_MS, (person + 1) / 100, np.float32)
                self.samples = np.concatenate([self.samples, sound])
        pieces = self.voices.place(self, next(self.names), words, now_ms=now_ms)
        assert [word for piece in pieces for word in piece.words] == words
        self.wait(800)
        return pieces

    def voice(self, *said, now_ms=None):
        """Returns the voice of an utterance that is one line."""
        (piece,) = self.say(*said, now_ms=now_ms)
        return piece.voice


def known(person, *, key=None, ms=60_000):
    """Returns a person who is known by their voice."""
    vector = tuple(VECTORS[person].tolist())
    return Known(10 + person if key is None else key, (VoiceEmbedding(0, vector, MODEL, ms),))
