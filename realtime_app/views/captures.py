"""What devices and captioners ask of captures over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from engine.wav import HEADER_BYTES, SAMPLE_BYTES
from realtime_app.captures import tokens
from realtime_app.captures.audio_file import capture_path, held_samples
from sessions_app.models import Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable

MOST_BYTES = 1 << 20
"""Audio in one answer: half a minute."""
MOST_DIGITS = 18


@require_POST
def capture_token(request: UserRequest, uuid: UUID) -> JsonResponse:
    """A token with which a device begins to record the session; a page asks again after a new login.

    >>> from django.urls import reverse
    >>> answer = client.post(reverse("capture-token", args=[session.uuid]))
    >>> tokens.read_session_token(answer.json()["token"]) == (owner, session)
    True
    """
    session = get_editable(Session.objects.all(), request.user, uuid=uuid)
    response = JsonResponse({"token": tokens.session_token(request.user, session)})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@login_not_required
def capture_audio(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Samples of a capture from the one that the address names on, for captioners on other machines.

    ``X-Scribe-Held`` says how many there are in all.
    """
    token = request.headers.get("Authorization", "").removeprefix("Captioner ")
    first = request.GET.get("from", "0")
    if not tokens.is_captioner_token(token, uuid) or not first.isdecimal() or len(first) > MOST_DIGITS:
        raise Http404
    held = held_samples(uuid)
    start = min(int(first), held)
    try:
        with capture_path(uuid).open("rb") as file:
            file.seek(HEADER_BYTES + start * SAMPLE_BYTES)
            data = file.read(min(MOST_BYTES, (held - start) * SAMPLE_BYTES))
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(data, content_type="application/octet-stream")
    response.headers["X-Scribe-Held"] = str(held)
    return response
