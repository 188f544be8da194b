"""Lets pages of sessions and campaigns say that somebody records now, without knowing how that is known."""

from __future__ import annotations

from uuid import UUID

from django import template
from django.contrib.auth.models import AnonymousUser

from realtime_app.live.markers import ShownMarker, markers_for
from realtime_app.models import Capture
from sessions_app.models import Campaign, Session, User

register = template.Library()


@register.simple_tag
def live_now(session: Session) -> bool:
    """Whether somebody records ``session`` at this moment.

    >>> from django.template import Context, Template
    >>> tag = Template("{% load live %}{% live_now session as live %}{{ live|yesno:'live,quiet' }}")
    >>> tag.render(Context({"session": session}))
    'quiet'
    >>> capture = Capture.objects.create(session=session)
    >>> tag.render(Context({"session": session}))
    'live'
    """
    return bool(Capture.objects.open().filter(session=session).exists())


@register.simple_tag
def live_in(campaign: Campaign) -> dict[int, UUID]:
    """Returns the campaign's sessions that are recorded at this moment, by primary key, the latest first."""
    rows = Capture.objects.open().filter(session__campaign=campaign).order_by("-session__number")
    return dict(rows.values_list("session", "session__uuid"))


@register.simple_tag
def live_of(user: User | AnonymousUser) -> dict[int, UUID]:
    """Returns the session that is recorded at this moment, by the primary keys of the campaigns ``user`` sees."""
    rows = Capture.objects.open().visible_to(user).values_list("session__campaign", "session__uuid")
    return dict(rows)


@register.simple_tag
def session_markers(session: Session, user: User | AnonymousUser) -> list[ShownMarker]:
    """Returns the markers of ``session`` as ``user`` sees them."""
    return markers_for(session, user)


@register.filter
def of_key(found: dict[int, UUID], key: int) -> UUID | None:
    """Returns what ``found`` has under ``key``."""
    return found.get(key)
