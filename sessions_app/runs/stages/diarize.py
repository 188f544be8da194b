"""diarize: who speaks when, as numbers, with one voiceprint for each voice."""

from __future__ import annotations

from engine.config import fingerprint as fingerprint_of
from engine.diarization import SpeakerCount
from engine.values import Diarization
from sessions_app.models import StageName
from sessions_app.runs.stages.detect import speech_in
from sessions_app.runs.work import Json, Work

REVISION = 1


def fingerprint(work: Work) -> str:
    """Depends on the speech, the number of voices that is allowed, and what tells them apart."""
    return fingerprint_of(
        "diarize",
        REVISION,
        work.fingerprint_of(StageName.DETECT),
        [work.inputs.speakers_min, work.inputs.speakers_max],
        work.engine.diarizer().model_id,
    )


def perform(work: Work) -> Json:
    """Tells the voices apart; without speech there is none.

    >>> from types import SimpleNamespace
    >>> work = SimpleNamespace(result_of=lambda stage: {"speech": [], "chunks": []})
    >>> perform(work)
    {'turns': [], 'embeddings': []}
    """
    speech = speech_in(work.result_of(StageName.DETECT))
    if not speech:
        return Diarization((), ()).to_json()
    count = SpeakerCount(work.inputs.speakers_min, work.inputs.speakers_max)
    with work.open_audio() as audio:
        return work.engine.diarizer().diarize(audio, speech, count, work.on_progress).to_json()
