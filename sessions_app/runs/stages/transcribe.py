"""transcribe: the words of one chunk; each chunk is a task of its own, for any worker.

>>> utterances_in({"utterances": []})
[]
"""

from __future__ import annotations

from typing import cast

from engine.asr import TranscribeRequest
from engine.config import fingerprint as fingerprint_of
from engine.values import Chunk, Language, Utterance
from engine.weights import NANO_ID, ModelChoice
from sessions_app.models import Run, Stage, StageName, StageResult
from sessions_app.runs.stages.detect import chunks_in
from sessions_app.runs.work import Json, Work

REVISION = 2


def split(run: Run) -> list[int]:
    """Returns the length of each chunk that the detect stage made."""
    detected = Stage.objects.get(run=run, name=StageName.DETECT)
    result = StageResult.objects.get(
        session=run.session, stage=StageName.DETECT, fingerprint=detected.fingerprint
    )
    return [max(1, chunk.end_ms - chunk.start_ms) for chunk in chunks_in(result.payload)]


def fingerprint(work: Work) -> str:
    """Depends on the chunk's sound and bounds, the language, the names, the model and how it decodes."""
    choice = _choose(work)
    config = work.engine.config
    return fingerprint_of(
        "transcribe",
        REVISION,
        work.fingerprint_of(StageName.PREPARE),
        _chunk(work).to_json(),
        _request(work),
        choice.model_id,
        config.asr,
        config.guards,
    )


def perform(work: Work) -> Json:
    """Transcribes the chunk."""
    transcriber = work.engine.transcriber(_choose(work))
    with work.open_audio() as audio:
        utterances = transcriber.transcribe(audio, _chunk(work), _request(work), work.on_progress)
    return {"utterances": [utterance.to_json() for utterance in utterances]}


def utterances_in(payload: Json) -> list[Utterance]:
    """Returns the utterances of one chunk's result."""
    return [Utterance.from_json(utterance) for utterance in payload["utterances"]]


def _choose(work: Work) -> ModelChoice:
    choice = work.engine.choose_asr(work.on_progress)
    run = work.run
    # Who asks for the nano model by name gets its text, and the word that it is no transcription, as well.
    is_demo = choice.is_fallback_nano or choice.model_id == NANO_ID
    if run.asr_model != choice.model_id or (is_demo and not run.asr_fallback):
        run.asr_model = choice.model_id
        run.asr_fallback = run.asr_fallback or is_demo
        run.save(update_fields=["asr_model", "asr_fallback"])
    return choice


def _chunk(work: Work) -> Chunk:
    return chunks_in(work.result_of(StageName.DETECT))[work.task.part]


def _request(work: Work) -> TranscribeRequest:
    return TranscribeRequest(
        language=cast(Language, work.inputs.language),
        hotwords=work.inputs.hotwords,
        beam_size=work.engine.config.asr.beam_size,
    )
