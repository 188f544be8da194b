"""Cutting a session into clips: what to cut, how far it is, and the zip.

>>> from django.urls import reverse
>>> client.get(reverse("session-clips", args=[session.uuid])).status_code
200
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.clips.choice import ClipChoice
from sessions_app.clips.errand import ask_for_clips, expected_bytes
from sessions_app.clips.lines import shown_clips
from sessions_app.errands import asking
from sessions_app.forms.clips import CutForm
from sessions_app.models import Errand, ErrandKind, Session, State
from sessions_app.models.errand import ErrandQuerySet
from sessions_app.ranges import ranged_response
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible
from sessions_app.runs.progress import about
from sessions_app.transcripts.scenes import scene_choices


@require_http_methods(["GET", "HEAD", "POST"])
def session_clips(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The clips of a session, and cutting all of it into clips; POST has that done."""
    session = get_visible(Session.objects.select_related("campaign").defer("peaks"), request.user, uuid=uuid)
    form = CutForm(session, scene_choices(session), request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_for_clips(session, request.user, form.choice())
        return redirect("session-clips", session.uuid)
    clips = session.clips.select_related("session__campaign", "user").defer("session__peaks")
    context = {
        "session": session,
        "campaign": session.campaign,
        "form": form,
        "clips": shown_clips(clips),
        "exports": [_shown(errand, form) for errand in _exports(request).filter(session=session)],
        "can_edit": session.is_editable_by(request.user),
        "has_lines": session.segments.exists(),
    }
    return render(request, "sessions_app/session_clips.html", context)


@require_safe
def clip_estimate(request: UserRequest, uuid: UUID) -> HttpResponse:
    """How many clips a choice gives, and how large they are together."""
    session = get_visible(Session.objects.defer("peaks"), request.user, uuid=uuid)
    form = CutForm(session, scene_choices(session), request.GET or None)
    count, size = expected_bytes(session, form.choice()) if form.is_valid() else (0, 0)
    return render(request, "sessions_app/_clip_estimate.html", {"count": count, "size": size})


@require_safe
def clip_export(request: UserRequest, uuid: UUID) -> HttpResponse:
    """How far one export is; its owner alone asked for it, and sees it. Nothing of one that was stopped elsewhere."""
    errand = get_visible(_own(request), request.user, uuid=uuid)
    if errand.state == State.CANCELLED:
        return HttpResponse()
    assert errand.session is not None
    of_a_scene = errand.inputs["choice"]["start_ms"] is not None
    form = CutForm(errand.session, scene_choices(errand.session) if of_a_scene else [])
    return render(request, "sessions_app/_clip_export.html", _shown(errand, form))


@require_POST
def clip_export_cancel(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Stops cutting."""
    errand = get_visible(_exports(request), request.user, uuid=uuid)
    asking.cancel(errand)
    return _back(errand)


@require_POST
def clip_export_again(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Goes on with cutting that failed."""
    errand = get_visible(_exports(request), request.user, uuid=uuid)
    asking.try_again(errand)
    return _back(errand)


@require_safe
def clip_export_download(request: UserRequest, uuid: UUID) -> HttpResponseBase:
    """The zip."""
    errand = get_visible(_exports(request), request.user, uuid=uuid)
    if errand.state != State.DONE or "name" not in errand.result:
        raise Http404
    try:
        response = ranged_response(request, errand.result["name"], "application/zip")
    except FileNotFoundError:
        raise Http404 from None
    disposition = content_disposition_header(as_attachment=True, filename=errand.result["file"])
    response.headers["Content-Disposition"] = disposition
    return response


def _back(errand: Errand) -> HttpResponse:
    assert errand.session is not None
    return redirect("session-clips", errand.session.uuid)


def _shown(errand: Errand, form: CutForm) -> dict[str, object]:
    chosen = form.in_words(ClipChoice.from_json(errand.inputs["choice"]))
    return {"export": errand, "chosen": chosen, "remaining": remaining(errand)}


def remaining(errand: Errand) -> str:
    """Returns how long an export still takes, in words; empty while that is not known."""
    began = errand.result.get("began")
    if errand.state != State.RUNNING or errand.done < 5 or errand.heartbeat_at is None or began is None:
        return ""
    seconds = errand.heartbeat_at.timestamp() - began
    return about(seconds * (errand.total - errand.done) / errand.done)


def _exports(request: UserRequest) -> ErrandQuerySet:
    """Returns the viewer's own exports, those that were stopped apart."""
    return _own(request).exclude(state=State.CANCELLED)


def _own(request: UserRequest) -> ErrandQuerySet:
    own: ErrandQuerySet = Errand.objects.filter(kind=ErrandKind.CLIPS, user=request.user)
    return own.select_related("session__campaign")
