"""Recordings of a session: taken away, or taken along.

>>> from django.urls import reverse
>>> from uuid import uuid4
>>> client.get(reverse("recording-download", args=[uuid4()])).status_code
404
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app.models import Recording
from sessions_app.ranges import ranged_response
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable, get_visible
from sessions_app.uploads.removal import remove_recording


@require_http_methods(["GET", "HEAD", "POST"])
def recording_delete(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks once, then removes a recording; what remains of the session is processed again."""
    recording = get_editable(Recording.objects.select_related("session__campaign"), request.user, uuid=uuid)
    session = recording.session
    if request.method == "POST":
        remove_recording(recording, request.user)
        return redirect(session)
    context = {"recording": recording, "session": session, "campaign": session.campaign}
    return render(request, "sessions_app/recording_delete.html", context)


@require_safe
def recording_download(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Sends the original file, resumable."""
    recording = get_visible(Recording.objects, request.user, uuid=uuid)
    try:
        response = ranged_response(request, str(recording.file.name), "application/octet-stream")
    except FileNotFoundError:
        raise Http404 from None
    response.headers["Content-Disposition"] = content_disposition_header(True, recording.original_name)
    return response
