"""index: the figures that campaign pages show, worked out from the stored lines: who talked for how long."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Sum

from engine.config import fingerprint as fingerprint_of
from sessions_app.models import Segment, StageName, Voice
from sessions_app.runs.work import Json, Work

REVISION = 1


def fingerprint(work: Work) -> str:
    """Depends on what is stored."""
    return fingerprint_of("index", REVISION, work.fingerprint_of(StageName.STORE))


def still_stands(work: Work, payload: Json) -> bool:
    """Figures are worked out anew unless they are in place: storing lines again makes new ones."""
    figures = Voice.objects.filter(session=work.session).values_list("number", "talk_ms")
    return bool({str(number): talk_ms for number, talk_ms in figures} == payload["talk_ms"])


def perform(work: Work) -> Json:
    """Adds up each voice's lines."""
    with transaction.atomic():
        work.hold()
        spoken = Segment.objects.filter(session=work.session).exclude(voice=None).order_by().values("voice")
        sums = dict(spoken.annotate(ms=Sum(F("end_ms") - F("start_ms"))).values_list("voice", "ms"))
        voices = list(Voice.objects.filter(session=work.session))
        for voice in voices:
            voice.talk_ms = sums.get(voice.pk, 0)
        Voice.objects.bulk_update(voices, ["talk_ms"])
    return {"talk_ms": {str(voice.number): voice.talk_ms for voice in voices}}
