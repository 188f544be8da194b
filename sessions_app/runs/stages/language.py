"""language: what is spoken, heard from the first minutes of speech and then pinned; only where nobody said it.

>>> still_stands(None, {"language": "nl"})
False
"""

from __future__ import annotations

from django.db import transaction

from engine.config import fingerprint as fingerprint_of
from sessions_app.models import Run, Session, StageName
from sessions_app.runs.stages.detect import speech_in
from sessions_app.runs.work import Json, Work

REVISION = 1


def fingerprint(work: Work) -> str:
    """Depends on the speech and on the model that hears it."""
    choice = work.engine.choose_asr(work.on_progress)
    return fingerprint_of("language", REVISION, work.fingerprint_of(StageName.DETECT), choice.model_id)


def still_stands(work: Work, payload: Json) -> bool:
    """Never: who asks for it again wants it heard again, and it takes seconds."""
    return False


def perform(work: Work) -> Json:
    """Hears the language and pins it; silence leaves the one that was expected.

    What somebody said meanwhile, or live captions pinned, holds for the Run as well.

    Raises:
        ClaimLost: another worker has the task by now, or the Run was cancelled; nothing is changed.
    """
    speech = speech_in(work.result_of(StageName.DETECT))
    choice = work.engine.choose_asr(work.on_progress)
    with work.open_audio() as audio:
        heard = work.engine.hear_language(choice, audio, speech, work.on_progress)
    language = heard.language if heard else work.inputs.language
    with transaction.atomic():
        work.hold()
        asking = Session.objects.filter(pk=work.session.pk, detect_language=True)
        if not asking.update(language=language, detect_language=False, language_detected=heard is not None):
            language = Session.objects.values_list("language", flat=True).get(pk=work.session.pk)
        pinned = {"language": language, "detect_language": False}
        Run.objects.filter(pk=work.run.pk).update(inputs=work.run.inputs | pinned)
    return {"language": language, "probability": heard.probability if heard else None}
