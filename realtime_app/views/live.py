"""The live page of a session and the parts of it that are fetched anew."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from realtime_app.live.lines import SHOWN, last_lines, lines_after, rendered
from realtime_app.live.listeners import listeners
from realtime_app.live.now import now_of
from sessions_app.models import Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible


def _session(request: UserRequest, uuid: UUID) -> Session:
    return get_visible(Session.objects.select_related("campaign").defer("peaks"), request.user, uuid=uuid)


@require_safe
def session_live(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The page on which everybody follows what is being said; who may edit the session records on it."""
    session = _session(request, uuid)
    lines = last_lines(session)
    context = {
        "session": session,
        "campaign": session.campaign,
        "now": now_of(session),
        "lines": rendered(session, lines),
        "has_earlier": len(lines) == SHOWN,
        "listeners": listeners(session),
        "can_edit": session.is_editable_by(request.user),
    }
    return render(request, "realtime_app/live.html", context)


@require_safe
def live_state(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Who records, who listens, and what comes next."""
    session = _session(request, uuid)
    context = {
        "session": session,
        "now": now_of(session),
        "listeners": listeners(session),
        "can_edit": session.is_editable_by(request.user),
    }
    return render(request, "realtime_app/_live_state.html", context)


@require_safe
def live_lines(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Lines as the page takes them: those after a position, those before one, or the last ones."""
    session = _session(request, uuid)
    after, before, last = (_number(request.GET.get(name, "")) for name in ("after", "before", "last"))
    found = lines_after(session, after) if after is not None else last_lines(session, last or SHOWN, before)
    return JsonResponse({"lines": rendered(session, found)})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None
