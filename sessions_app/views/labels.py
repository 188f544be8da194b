"""The panel of a session's labels: how far they are, and asking for them anew.

>>> from django.urls import reverse
>>> client.get(reverse("labels-panel", args=[session.uuid]), headers={"HX-Request": "true"}).status_code
200
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from sessions_app.errands import asking
from sessions_app.labels.asking import ask_to_label
from sessions_app.labels.forecast import forecast
from sessions_app.labels.panel import asks_model
from sessions_app.labels.panel import labels_panel as panel_of
from sessions_app.models import Errand, ErrandKind, Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable, get_visible

_SESSIONS = Session.objects.select_related("campaign").defer("peaks")


@require_safe
def labels_panel(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The panel, as the page fetches it while labelling goes on."""
    return _answer(request, get_visible(_SESSIONS, request.user, uuid=uuid))


@require_safe
def labels_forecast(request: UserRequest, uuid: UUID) -> HttpResponse:
    """What asking the language model takes; empty where none would be asked."""
    session = get_editable(_SESSIONS, request.user, uuid=uuid)
    context = {}
    if asks_model(session):
        context = {
            "rest": forecast(session, everything=False),
            "everything": forecast(session, everything=True),
        }
    return render(request, "sessions_app/_labels_forecast.html", context)


@require_POST
def labels_ask(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Has the lines labelled that have no label, or with ``everything`` all that no person labelled."""
    session = get_editable(_SESSIONS, request.user, uuid=uuid)
    ask_to_label(session, request.user, everything="everything" in request.POST)
    return _answer(request, session)


@require_POST
def labels_cancel(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Stops labelling; labels that are there stay."""
    session = get_editable(_SESSIONS, request.user, uuid=uuid)
    for errand in Errand.objects.active().filter(session=session, kind=ErrandKind.LABEL):
        asking.cancel(errand)
    return _answer(request, session)


def _answer(request: UserRequest, session: Session) -> HttpResponse:
    """Shows the panel to htmx and the page to a browser without it."""
    if not request.htmx:
        return redirect(session)
    context = {
        "session": session,
        "labels": panel_of(session),
        "can_edit": session.is_editable_by(request.user),
        "is_open": True,
    }
    return render(request, "sessions_app/_labels_panel.html", context)
