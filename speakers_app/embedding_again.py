"""Finds what another voice encoder than today's had heard, and has workers make its vectors again.

>>> outdated_voices("some-encoder", session).count()  # none of these voices has a vector
0
"""

from __future__ import annotations

import logging
import threading

from django.db.models import QuerySet

from engine.errors import EngineError
from sessions_app.errands.asking import start
from sessions_app.models import Campaign, Errand, ErrandKind, Session, State, Voice
from sessions_app.runs.engine import Engine
from speakers_app.models import Voiceprint

logger = logging.getLogger(__name__)


def outdated_voices(model_id: str, session: Session | None = None) -> QuerySet[Voice]:
    """Returns the voices, of one session or of all that still have their audio, whose vector is another model's."""
    voices: QuerySet[Voice] = Voice.objects.filter(embedding__isnull=False).exclude(embedding_model=model_id)
    return voices.exclude(session__audio_name="") if session is None else voices.filter(session=session)


def outdated_readings(model_id: str, campaign: Campaign | None = None) -> QuerySet[Voiceprint]:
    """Returns the voiceprints of texts read aloud, of one campaign or of all, whose vector is another model's."""
    rows: QuerySet[Voiceprint] = Voiceprint.objects.exclude(audio_name="").exclude(model=model_id)
    return rows if campaign is None else rows.filter(speaker__campaign=campaign)


def embed_again_where_needed(model_id: str) -> int:
    """Starts a task for each session, and each campaign's texts read aloud, that another model had heard.

    May be called at any time and any number of times: what is under way already, or was tried with this model and
    failed, is left alone. Until a task is done its vectors are simply not compared with those of the new model.

    Args:
        model_id: of the voice encoder as it is configured.

    Returns:
        How many tasks were started.
    """
    sessions = Session.objects.filter(pk__in=outdated_voices(model_id).values("session"))
    campaigns = Campaign.objects.filter(pk__in=outdated_readings(model_id).values("speaker__campaign"))
    known = Errand.objects.filter(
        kind=ErrandKind.EMBED,
        inputs__model=model_id,
        state__in=(State.WAITING, State.RUNNING, State.FAILED),
    )
    started = 0
    inputs = {"model": model_id}
    busy = known.exclude(session=None).values("session")
    for session in sessions.exclude(pk__in=busy).select_related("campaign").defer("peaks"):
        start(ErrandKind.EMBED, session.campaign, session, None, inputs)
        started += 1
    for campaign in campaigns.exclude(pk__in=known.filter(session=None).values("campaign")):
        start(ErrandKind.EMBED, campaign, None, None, inputs)
        started += 1
    return started


_checked = threading.Event()


def embed_again_after_a_change(engine: Engine) -> None:
    """Does so once in the life of a worker: a change of the configured model starts workers anew.

    Without its model a worker says so in its log, and does its other work.
    """
    if _checked.is_set():
        return
    _checked.set()
    if not (Voice.objects.filter(embedding__isnull=False).exists() or outdated_readings("").exists()):
        return  # before the encoder is loaded without reason
    try:
        embed_again_where_needed(engine.voice_encoder().model_id)
    except EngineError as error:
        logger.warning("Whether voices were heard by another model is not known: %s", error.message)
