"""Transcripts as files.

>>> from django.urls import reverse
>>> client.get(reverse("session-export", args=[session.uuid, "txt"])).headers["Content-Type"]
'text/plain; charset=utf-8'
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from engine.exports import FORMATS
from sessions_app.conditional import unless_known
from sessions_app.exporting import export_document, export_name
from sessions_app.models import Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible
from sessions_app.transcripts.showing import Show


@require_safe
def session_export(request: UserRequest, uuid: UUID, name: str) -> HttpResponseBase:
    """The transcript, or with ``?show=`` its story or table talk, in one format, under the names of this moment."""
    session = get_visible(Session.objects.select_related("campaign"), request.user, uuid=uuid)
    form = next((form for form in FORMATS.values() if form.name == name), None)
    if form is None:
        raise Http404
    show = Show.of(request.GET.get("show", ""))
    document = export_document(session, show, with_figures=form.has_figures)
    response = HttpResponse(form.write(document), content_type=form.mime_type)
    disposition = content_disposition_header(as_attachment=True, filename=export_name(session, form, show))
    response.headers["Content-Disposition"] = disposition
    return unless_known(request, response)
