"""What the campaign pages tell at a glance: each session's state and talk time, and the next thing to do.

>>> [glance.session.shown_title for glance in line_of_sessions(campaign)]
['The gate']
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Subquery
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Campaign, Run, Segment, Session, User, Voice
from sessions_app.models.session import SessionQuerySet
from sessions_app.sorting import by_name
from sessions_app.voice_book import VoiceName, voice_book


class Condition(models.TextChoices):
    """Where a session stands, seen from the campaign's page."""

    EMPTY = "empty", _("no recording yet")
    RECORDED = "recorded", _("not processed yet")
    WAITING = "waiting", _("waiting for a worker")
    RUNNING = "running", _("being processed")
    DONE = "done", _("ready to read")
    SILENT = "silent", _("no speech found")
    FAILED = "failed", _("needs attention")
    CANCELLED = "cancelled", _("cancelled")


@dataclass(frozen=True, slots=True)
class TalkShare:
    """How much of a session's talk was one person's."""

    name: VoiceName
    talk_ms: int
    percent: int


@dataclass(frozen=True, slots=True)
class SessionGlance:
    """One session in the line of sessions."""

    session: Session
    condition: Condition
    shares: tuple[TalkShare, ...]

    @property
    def voices_to_name(self) -> int:
        """How many voices wait for somebody to say who they are."""
        return sum(share.name.to_name for share in self.shares)


@dataclass(frozen=True, slots=True)
class CampaignGlance:
    """One campaign in the list; its latest session says what to do next."""

    campaign: Campaign
    sessions: int
    latest: SessionGlance | None
    can_edit: bool


def line_of_sessions(campaign: Campaign) -> list[SessionGlance]:
    """Returns the campaign's sessions, newest first; three queries however many there are."""
    return _glances(Session.objects.filter(campaign=campaign))


def campaigns_of(user: User) -> list[CampaignGlance]:
    """Returns the campaigns that ``user`` sees, the one last played first; four queries however many there are."""
    newest = Session.objects.filter(campaign=OuterRef("campaign")).order_by("-number").values("pk")[:1]
    latest = {
        glance.session.campaign_id: glance
        for glance in _glances(Session.objects.visible_to(user).filter(pk=Subquery(newest)))
    }
    editable = set(Campaign.objects.editable_by(user).values_list("pk", flat=True))
    glances = [
        CampaignGlance(
            campaign, getattr(campaign, "session_count", 0), latest.get(campaign.pk), campaign.pk in editable
        )
        for campaign in Campaign.objects.visible_to(user).annotate(session_count=Count("sessions"))
    ]
    return sorted(by_name(glances, _name), key=_last_played, reverse=True)


def _name(glance: CampaignGlance) -> str:
    return glance.campaign.name


def _last_played(glance: CampaignGlance) -> str:
    played = glance.latest.session.date if glance.latest else glance.campaign.created_at
    return played.strftime("%Y-%m-%d")


def _glances(sessions: SessionQuerySet) -> list[SessionGlance]:
    last_run = Run.objects.filter(session=OuterRef("pk")).order_by("-created_at", "-pk")
    voices = Voice.objects.defer("embedding").order_by("-talk_ms", "number")
    rows = (
        sessions.defer("peaks", "notes")
        .annotate(
            last_state=Subquery(last_run.values("state")[:1]),
            recording_count=Count("recordings"),
            has_lines=Exists(Segment.objects.filter(session=OuterRef("pk"))),
        )
        .order_by("-number")  # counting drops the model's own order
        .prefetch_related(Prefetch("voices", voices))
    )
    found = list(rows)
    names = voice_book().names(voice for row in found for voice in row.voices.all())
    return [SessionGlance(row, _condition(row), _shares(row, names)) for row in found]


def _condition(session: Session) -> Condition:
    last_state = getattr(session, "last_state", None)
    if last_state == Condition.DONE and not getattr(session, "has_lines", True):
        return Condition.SILENT
    if last_state:
        return Condition(last_state)
    return Condition.RECORDED if getattr(session, "recording_count", 0) else Condition.EMPTY


def _shares(session: Session, names: dict[int, VoiceName]) -> tuple[TalkShare, ...]:
    talk: Counter[str] = Counter()
    for voice in session.voices.all():
        talk[names[voice.pk].key] += voice.talk_ms
    by_key = {names[voice.pk].key: names[voice.pk] for voice in session.voices.all()}
    return tuple(
        TalkShare(by_key[key], talk_ms, round(100 * talk_ms / talk.total()))
        for key, talk_ms in talk.most_common()
        if talk_ms
    )
