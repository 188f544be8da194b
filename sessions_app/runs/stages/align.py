"""align: every word gets its voice, and words become lines.

>>> lines_in({"lines": []})
[]
"""

from __future__ import annotations

from engine.alignment import align
from engine.chunking import merge_chunks
from engine.config import fingerprint as fingerprint_of
from engine.values import Diarization, Line
from sessions_app.models import StageName
from sessions_app.runs.stages.detect import chunks_in
from sessions_app.runs.stages.transcribe import utterances_in
from sessions_app.runs.work import Json, Work

REVISION = 1


def fingerprint(work: Work) -> str:
    """Depends on the words and the turns."""
    return fingerprint_of(
        "align", REVISION, work.fingerprint_of(StageName.TRANSCRIBE), work.fingerprint_of(StageName.DIARIZE)
    )


def perform(work: Work) -> Json:
    """Joins the chunks and gives each word to the voice that was speaking."""
    chunks = chunks_in(work.result_of(StageName.DETECT))
    heard = [utterances_in(payload) for payload in work.results_of(StageName.TRANSCRIBE)]
    diarization = Diarization.from_json(work.result_of(StageName.DIARIZE))
    lines = align(merge_chunks(list(zip(chunks, heard, strict=True))), diarization)
    return {"lines": [line.to_json() for line in lines]}


def lines_in(payload: Json) -> list[Line]:
    """Returns the lines of a result."""
    return [Line.from_json(line) for line in payload["lines"]]
