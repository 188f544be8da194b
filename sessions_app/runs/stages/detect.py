"""detect: where somebody speaks, and how that speech is shared out to transcription tasks.

>>> chunks_in({"chunks": []}), speech_in({"speech": [[0, 900]]})
([], [Span(start_ms=0, end_ms=900)])
"""

from __future__ import annotations

from engine.chunking import pack
from engine.config import fingerprint as fingerprint_of
from engine.vad import detect
from engine.values import Chunk, Span
from sessions_app.models import StageName
from sessions_app.runs.work import Json, Work

REVISION = 1


def fingerprint(work: Work) -> str:
    """Depends on the audio, and on when sound counts as speech."""
    config = work.engine.config
    return fingerprint_of(
        "detect", REVISION, work.fingerprint_of(StageName.PREPARE), config.vad, config.chunks
    )


def perform(work: Work) -> Json:
    """Finds speech and packs it into chunks; silence gives neither."""
    with work.open_audio() as audio:
        speech = detect(audio, work.engine.config.vad, work.on_progress)
        chunks = pack(speech, audio.duration_ms, work.engine.config.chunks)
    return {"speech": [span.to_json() for span in speech], "chunks": [chunk.to_json() for chunk in chunks]}


def chunks_in(payload: Json) -> list[Chunk]:
    """Returns the chunks of a result."""
    return [Chunk.from_json(chunk) for chunk in payload["chunks"]]


def speech_in(payload: Json) -> list[Span]:
    """Returns the spans of a result."""
    return [Span.from_json(span) for span in payload["speech"]]
