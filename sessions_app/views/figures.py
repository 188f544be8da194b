"""The figures of a session: counted when somebody asks for them, because that reads every line.

>>> from django.urls import reverse
>>> client.get(reverse("session-figures", args=[session.uuid])).status_code
200
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions_app.models import Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible
from sessions_app.transcripts.shown_figures import shown_figures


@require_safe
def session_figures(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Who talked for how long, the longest scenes and the names said most; for htmx what the page's fold holds."""
    sessions = Session.objects.select_related("campaign").defer("peaks")
    session = get_visible(sessions, request.user, uuid=uuid)
    name = "sessions_app/_figures.html" if request.htmx else "sessions_app/session_figures.html"
    return render(request, name, {"session": session, "figures": shown_figures(session)})
