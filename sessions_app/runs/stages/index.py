"""index: the figures that campaign pages show, worked out from the stored lines: who talked for how long."""

from __future__ import annotations

from django.db import transaction

from engine.config import fingerprint as fingerprint_of
from sessions_app.models import StageName, Voice
from sessions_app.runs.work import Json, Work
from sessions_app.transcripts.talk import count_talk

REVISION = 1


def fingerprint(work: Work) -> str:
    """Depends on what is stored."""
    return fingerprint_of("index", REVISION, work.fingerprint_of(StageName.STORE))


def still_stands(work: Work, payload: Json) -> bool:
    """Figures are worked out anew unless they are in place: storing lines again makes new ones.

    >>> from types import SimpleNamespace
    >>> work = SimpleNamespace(session=session)
    >>> still_stands(work, {"talk_ms": {"1": 4_582, "2": 22_926, "3": 0}}), still_stands(work, {"talk_ms": {}})
    (True, False)
    """
    figures = Voice.objects.filter(session=work.session).values_list("number", "talk_ms")
    return bool({str(number): talk_ms for number, talk_ms in figures} == payload["talk_ms"])


def perform(work: Work) -> Json:
    """Adds up each voice's lines."""
    with transaction.atomic():
        work.hold()
        talk = count_talk(work.session)
    return {"talk_ms": {str(number): talk_ms for number, talk_ms in talk.items()}}
