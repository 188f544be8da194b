"""A session with voices that can be told apart, and other sessions in which the same people speak."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from engine.calibration import Calibration, calibration_for
from engine.identity import identify
from engine.values import Diarization, Line, Turn, VoiceEmbedding, Word
from sessions_app.models import Session
from sessions_app.runs.stages.store import replace_lines
from sessions_app.transcripts.talk import count_talk

MODEL = "made-up-encoder"
CLEAR = Calibration(
    MODEL,
    centre=np.zeros(256, np.float32),
    nuisance=np.zeros((0, 256), np.float32),
    cohort=1e6,
    slope=20.0,
    intercept=-10.0,
    grain_s=0.0,
    assign_at=0.95,
    suggest_at=0.5,
    margin=2.0,
    stranger=1.0,
    decide_from_ms=3000,
)
"""Of an encoder that keeps people apart well: chance at a cosine of 0.5."""
LINE_MS = 4000


@pytest.fixture(autouse=True)
def _encoder_that_is_calibrated(monkeypatch):
    known = partial(
        identify, find_calibration=lambda model: CLEAR if model == MODEL else calibration_for(model)
    )
    monkeypatch.setattr("speakers_app.matching.identify", known)


def sound_of(person: str, take: int = 0) -> tuple[float, ...]:
    """A unit vector that is near itself in every take, and far from other people's."""
    base = np.random.default_rng(sum(map(ord, person)) * 7919).normal(size=256)
    noise = np.random.default_rng(take).normal(size=256)
    vector = base + 0.3 * noise
    return tuple(float(x) for x in vector / np.linalg.norm(vector))


def fill(session: Session, people: str, voices: str | None = None, take: int | None = None) -> Session:
    """Stores a line for each letter of ``people``, said by that person, each under a voice of their own.

    Args:
        session: which one.
        people: who speaks line after line, a letter each.
        voices: as which voice the machine heard each line, a letter each; as the people themselves by default.
        take: of the sounds; the session's number by default.
    """
    heard = voices or people
    numbers = {letter: index for index, letter in enumerate(dict.fromkeys(heard))}
    speech_ms = {letter: LINE_MS * 5 * heard.count(letter) for letter in numbers}
    owner = dict(zip(heard, people, strict=True))
    take = session.number if take is None else take
    lines = [
        Line(
            at * LINE_MS,
            at * LINE_MS + LINE_MS - 500,
            numbers[letter],
            (Word(at * LINE_MS, at * LINE_MS + LINE_MS - 500, f"line{at}", 0.9),),
        )
        for at, letter in enumerate(heard)
    ]
    embeddings = tuple(
        VoiceEmbedding(index, sound_of(owner[letter], take), MODEL, speech_ms[letter])
        for letter, index in numbers.items()
    )
    turns = tuple(Turn(line.start_ms, line.end_ms, line.voice or 0) for line in lines)
    replace_lines(
        session, None, lines, {index: index + 1 for index in numbers.values()}, Diarization(turns, embeddings)
    )
    count_talk(session)
    return session


@pytest.fixture
def told(campaign) -> Session:
    """A session in which Anna, Tom and Sofie (A, T, S) speak."""
    return fill(Session.objects.create(campaign=campaign, number=1), "ATSATSAATS")


@pytest.fixture
def later(campaign, told) -> Session:
    """The next session: Tom, Anna and a visitor (V)."""
    return fill(Session.objects.create(campaign=campaign, number=2), "TAVTAVTAV")


def voice_of(session: Session, letter: str, people: str) -> object:
    """The voice of ``session`` that speaks where ``letter`` stands in ``people``."""
    return session.segments.get(position=people.index(letter)).voice
