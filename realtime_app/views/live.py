"""The live page of a session and the parts of it that are fetched anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from realtime_app.captioner.expecting import expect_recording
from realtime_app.live.asking import asking
from realtime_app.live.lines import SHOWN, last_lines, lines_after, rendered
from realtime_app.live.listeners import listeners
from realtime_app.live.markers import markers_for
from realtime_app.live.now import Phase, now_of
from realtime_app.live.tonight import session_of_tonight
from sessions_app.models import Campaign, Segment, Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable, get_visible
from sessions_app.runs.progress import run_panel
from speakers_app.history import last_change
from speakers_app.wording import act_of

NO_LINE = UUID(int=0)
"""Stands for the line, or the marker, in addresses that scripts fill in."""


@require_safe
def session_live(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The page on which everybody follows what is being said; who may edit the session records on it."""
    session = _session(request, uuid)
    lines = last_lines(session)
    context = _state(request, session) | {
        "campaign": session.campaign,
        "lines": rendered(session, lines),
        "has_earlier": len(lines) == SHOWN,
        "markers": markers_for(session, request.user),
        "no_line": NO_LINE,
    }
    if context["can_edit"]:
        expect_recording()
    return render(request, "realtime_app/live.html", context)


@require_POST
def record_tonight(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Leads to the recorder of tonight's session, which is made if there is none.

    >>> from django.urls import reverse
    >>> answer = client.post(reverse("record-tonight", args=[campaign.uuid]))
    >>> answer.url == reverse("session-live", args=[session_of_tonight(campaign).uuid])
    True
    """
    campaign = get_editable(Campaign.objects.all(), request.user, uuid=uuid)
    return redirect("session-live", session_of_tonight(campaign).uuid)


@require_safe
def live_state(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Who records, who listens, and what comes next."""
    return render(request, "realtime_app/_live_state.html", _state(request, _session(request, uuid)))


@require_safe
def live_lines(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Lines as the page takes them: those after a position, those before one, or the last ones.

    >>> from django.urls import reverse
    >>> session.segments.update(tier="final")
    12
    >>> answer = client.get(reverse("live-lines", args=[session.uuid]), {"after": 9})
    >>> [line["position"] for line in answer.json()["lines"]]
    [10, 11]
    """
    session = _session(request, uuid)
    after, before, last = (_number(request.GET.get(name, "")) for name in ("after", "before", "last"))
    found = lines_after(session, after) if after is not None else last_lines(session, last or SHOWN, before)
    return JsonResponse({"lines": rendered(session, found)})


@require_safe
def live_who(request: UserRequest, uuid: UUID, line: UUID) -> HttpResponse:
    """What somebody who may edit can say of a line's voice."""
    lines = Segment.objects.filter(session__uuid=uuid).select_related(
        "session__campaign", "voice__merged_into"
    )
    found = asking(get_editable(lines.defer("session__peaks"), request.user, uuid=line))
    context = {name: getattr(found, name) for name in found.__slots__}
    context |= {"session": found.line.session, "others_unheard": found.picks}
    return render(request, "realtime_app/_live_who.html", context)


@require_safe
def live_undo(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The way back from what was decided last about the session's voices and lines."""
    sessions = Session.objects.select_related("campaign").defer("peaks")
    change = last_change(get_editable(sessions, request.user, uuid=uuid))
    context = {"change": change, "undoable": act_of(change) if change else ""}
    return render(request, "realtime_app/_live_undo.html", context)


def _session(request: UserRequest, uuid: UUID) -> Session:
    return get_visible(Session.objects.select_related("campaign").defer("peaks"), request.user, uuid=uuid)


def _state(request: UserRequest, session: Session) -> dict[str, Any]:
    now = now_of(session)
    panel = run_panel(session) if now.phase == Phase.PROCESSING else None
    stages = (
        [100 if line.stage.state == "done" else line.percent or 0 for line in panel.stages] if panel else []
    )
    return {
        "session": session,
        "now": now,
        "panel": panel,
        "percent": sum(stages) // max(len(stages), 1),
        "listeners": listeners(session),
        "can_edit": session.is_editable_by(request.user),
    }


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None
