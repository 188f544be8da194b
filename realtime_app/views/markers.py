"""Markers: everybody who follows may set one; who set it, and who may edit the session, may change or delete it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from realtime_app.live.markers import (
    Deleted,
    MarkerForm,
    NoMoment,
    TooMany,
    deleted,
    markers_for,
    put_back,
    set_marker,
)
from realtime_app.live.publishing import markers_changed
from sessions_app.models import Marker, Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible


@require_http_methods(["GET", "HEAD", "POST"])
def session_markers(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The markers of a session; POST sets one, at the present moment unless the page names another.

    >>> from django.urls import reverse
    >>> address = reverse("session-markers", args=[session.uuid])
    >>> answer = client.post(address, {"text": "The gate opens", "at_ms": 63_000})
    >>> "The gate opens" in client.get(address).content.decode()
    True
    """
    session = _session(request, uuid)
    if request.method != "POST":
        return _list(request, session)
    form = MarkerForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.fault, content_type="text/plain")
    try:
        set_marker(session, request.user, form.cleaned_data)
    except (NoMoment, TooMany) as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain")
    return _answer(request, session)


@require_POST
def marker_edit(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Another note, or another kind."""
    marker = _own_marker(request, uuid)
    form = MarkerForm(request.POST, marker=marker)
    if not form.is_valid():
        return HttpResponseBadRequest(form.fault, content_type="text/plain")
    marker.kind, marker.text = form.cleaned_data["kind"], form.cleaned_data["text"]
    marker.save(update_fields=["kind", "text"])
    return _beside_the_lines(_answer(request, marker.session))


@require_POST
def marker_delete(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Deletes the marker, and offers to put it back."""
    marker = _own_marker(request, uuid)
    undo = deleted(marker)
    return _beside_the_lines(_answer(request, marker.session, undo))


@require_POST
def marker_restore(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Puts back a marker as it was when it was deleted; only what this server signed counts."""
    session = _session(request, uuid)
    try:
        put_back(session, request.POST.get("deleted", ""))
    except signing.BadSignature:
        return HttpResponseBadRequest(_("This can't be undone any more."), content_type="text/plain")
    return _beside_the_lines(_answer(request, session))


def _session(request: UserRequest, uuid: UUID) -> Session:
    return get_visible(Session.objects.select_related("campaign").defer("peaks"), request.user, uuid=uuid)


def _own_marker(request: UserRequest, uuid: UUID) -> Marker:
    markers = Marker.objects.select_related("session__campaign").defer("session__peaks")
    marker = get_visible(markers, request.user, uuid=uuid)
    if marker.user_id != request.user.pk and not marker.session.is_editable_by(request.user):
        raise PermissionDenied
    return marker


def _answer(request: UserRequest, session: Session, undo: Deleted | None = None) -> HttpResponse:
    """Tells everybody, and shows the markers as they are now."""
    markers_changed(session)
    if request.htmx or not request.accepts("text/html"):
        return _list(request, session, undo)
    if undo:
        messages.success(request, _("The marker is deleted."))
    return redirect("session-live", session.uuid)


def _beside_the_lines(response: HttpResponse) -> HttpResponse:
    """Has the session's page fetch its lines again, because markers stand beside them."""
    response["HX-Trigger"] = "transcript-changed"
    return response


def _list(request: UserRequest, session: Session, undo: Deleted | None = None) -> HttpResponse:
    context = {"session": session, "markers": markers_for(session, request.user), "undo": undo}
    return render(request, "realtime_app/_markers.html", context)
