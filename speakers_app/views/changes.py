"""Undoing what somebody did to names, voices and lines.

>>> from django.urls import reverse
>>> from uuid import uuid4
>>> client.post(reverse("change-undo", args=[uuid4()])).status_code
404
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable
from speakers_app.history import CannotUndo, undo
from speakers_app.models import Change
from speakers_app.views.voices_page import show
from speakers_app.wording import said_of_undoing


@require_POST
def change_undo(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Puts everything back as it was before the change.

    The voices' page (whose htmx target is ``voices``) gets its parts; any other page gets the message, and the event on
    which it fetches what changed. Without scripts a page names in ``next`` where to go on.
    """
    change = get_editable(
        Change.objects.select_related("campaign", "session").defer("session__peaks"), request.user, uuid=uuid
    )
    failed = False
    try:
        undo(change)
        said = said_of_undoing(change)
    except CannotUndo as refusal:
        said, failed = str(refusal), True
    if change.session and request.htmx and request.htmx.target == "voices":
        return show(request, change.session, said, failed=failed)
    messages.add_message(request, messages.ERROR if failed else messages.SUCCESS, said)
    if request.htmx:
        response = render(request, "_messages.html", {"oob": True})
        response["HX-Trigger"] = "transcript-changed"
        response["HX-Reswap"] = "none"
        return response
    return redirect(_next(request, change))


def _next(request: UserRequest, change: Change) -> str:
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return address
    return (change.session or change.campaign).get_absolute_url()
