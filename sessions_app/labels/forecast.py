"""What asking the language model about a session takes, said before anything is sent.

>>> latest, estimate = forecast_of_latest(campaign)
>>> latest == session, estimate.lines
(True, 12)
"""

from __future__ import annotations

from dataclasses import replace

from engine.classification.language_model import Estimate, estimate
from scribe_site.config import get_config
from sessions_app.labels.corrections import corrections_of
from sessions_app.labels.labelling import language_of_lines
from sessions_app.labels.spoken import cast_of, lines_to_judge, spoken_lines, verdict_of
from sessions_app.models import Campaign, LabelBy, Session, Stage, StageName, StageResult, State


def forecast(session: Session, *, everything: bool) -> Estimate:
    """Returns what labelling takes of all lines of ``session`` that no person labelled, or of those without a label."""
    config = get_config()
    segments = lines_to_judge(session)
    spoken = spoken_lines(session, segments)
    if not everything:
        spoken = [
            replace(line, said=line.said or verdict_of(segment))
            for line, segment in zip(spoken, segments, strict=True)
        ]
    language = language_of_lines(session)
    return estimate(
        spoken,
        cast_of(session.campaign),
        language,
        corrections_of(session.campaign, language),
        prompts_dir=config.own_prompts,
        price_in=config.llm_price_in,
        price_out=config.llm_price_out,
        seconds_per_line=_measured_pace(),
    )


def forecast_of_latest(campaign: Campaign) -> tuple[Session, Estimate] | None:
    """Returns the latest session of ``campaign`` that has lines, and what asking about all of it takes."""
    session = Session.objects.filter(campaign=campaign, segments__isnull=False).defer("peaks").first()
    return (session, forecast(session, everything=True)) if session else None


def _measured_pace() -> float | None:
    """Returns the seconds that the language model took for a line in the last Run that asked it."""
    done = Stage.objects.filter(
        name=StageName.CLASSIFY, state=State.DONE, reused=False, started_at__isnull=False
    )
    for stage in done.order_by("-pk").select_related("run")[:5]:
        result = StageResult.objects.filter(
            session=stage.run.session_id, stage=StageName.CLASSIFY, fingerprint=stage.fingerprint
        ).first()
        asked = result.payload["asked"] if result and result.payload.get("by") == LabelBy.MODEL else 0
        if asked and stage.started_at and stage.finished_at:
            return float((stage.finished_at - stage.started_at).total_seconds() / asked)
    return None
