"""The sound of a session, for the player of its page.

>>> from django.urls import reverse
>>> client.get(reverse("session-audio", args=[session.uuid])).status_code  # nothing was recorded yet
404
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from sessions_app.models import Session
from sessions_app.ranges import ranged_response
from sessions_app.rights import get_visible


@require_safe
def session_audio(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Sends the session's prepared audio, or the range of it that the player asks for."""
    session = get_visible(Session.objects, request.user, uuid=uuid)
    if not session.audio_name:
        raise Http404
    try:
        return ranged_response(request, session.audio_name, "audio/wav")
    except FileNotFoundError:
        raise Http404 from None
