"""The stages of a Run: what each needs, what its result depends on, and how it is made.

>>> [need.value for need in PROCEDURES[StageName.ALIGN].needs]
['transcribe', 'diarize']
"""

from sessions_app.models import StageName
from sessions_app.runs.stages import (
    align,
    classify,
    detect,
    diarize,
    identify,
    index,
    language,
    prepare,
    store,
    transcribe,
)
from sessions_app.runs.work import Procedure

PROCEDURES: dict[StageName, Procedure] = {
    StageName.PREPARE: Procedure((), prepare.fingerprint, prepare.perform, still_stands=prepare.still_stands),
    StageName.DETECT: Procedure((StageName.PREPARE,), detect.fingerprint, detect.perform),
    StageName.LANGUAGE: Procedure(
        (StageName.DETECT,), language.fingerprint, language.perform, still_stands=language.still_stands
    ),
    StageName.TRANSCRIBE: Procedure(
        (StageName.LANGUAGE, StageName.DETECT),
        transcribe.fingerprint,
        transcribe.perform,
        split=transcribe.split,
    ),
    StageName.DIARIZE: Procedure((StageName.DETECT,), diarize.fingerprint, diarize.perform),
    StageName.ALIGN: Procedure((StageName.TRANSCRIBE, StageName.DIARIZE), align.fingerprint, align.perform),
    StageName.IDENTIFY: Procedure((StageName.DIARIZE,), identify.fingerprint, identify.perform),
    StageName.STORE: Procedure(
        (StageName.ALIGN, StageName.IDENTIFY),
        store.fingerprint,
        store.perform,
        still_stands=store.still_stands,
    ),
    StageName.CLASSIFY: Procedure(
        (StageName.STORE,), classify.fingerprint, classify.perform, still_stands=classify.still_stands
    ),
    StageName.INDEX: Procedure(
        (StageName.STORE,), index.fingerprint, index.perform, still_stands=index.still_stands
    ),
}

__all__ = ["PROCEDURES"]
