"""Evenings of play: adding, changing and deleting one; reading it is the transcript's view.

>>> from django.urls import reverse
>>> client.post(reverse("session-delete", args=[session.uuid])).status_code
302
>>> campaign.sessions.count()
0
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sessions_app.forms.campaigns import SessionForm
from sessions_app.models import Campaign, Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable


@require_http_methods(["GET", "HEAD", "POST"])
def session_create(request: UserRequest, uuid: UUID) -> HttpResponse:
    """A new session of the campaign, with the next number and the campaign's language to start from."""
    campaign = get_editable(Campaign.objects.all(), request.user, uuid=uuid)
    session = campaign.new_session()
    form = SessionForm(request.POST or None, instance=session)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                return redirect(form.save())
        except IntegrityError:
            form.add_error("number", _("Somebody just made a session with this number. Try the next one."))
    return render(request, "sessions_app/session_form.html", {"form": form, "campaign": campaign})


@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The session's number, title, date, language, notes and number of voices."""
    session = get_editable(Session.objects.select_related("campaign"), request.user, uuid=uuid)
    form = SessionForm(request.POST or None, instance=session)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The session is saved."))
        return redirect(session)
    if form.is_bound:
        session.refresh_from_db()  # the page's heading shows the title as it is, not as it was typed
    context = {"form": form, "campaign": session.campaign, "session": session}
    return render(request, "sessions_app/session_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def session_delete(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks once, then deletes the session with its recordings and transcript."""
    session = get_editable(Session.objects.select_related("campaign"), request.user, uuid=uuid)
    if request.method == "POST":
        session.delete()
        messages.success(request, _("“%(title)s” is deleted.") % {"title": session})
        return redirect(session.campaign)
    context = {
        "campaign": session.campaign,
        "title": _("Delete “%(title)s”?") % {"title": session},
        "text": _(
            "Its recordings, transcript and everything corrected in it are deleted with it. This cannot be undone."
        ),
        "action": _("Delete this session"),
        "back": reverse("session-detail", args=[session.uuid]),
    }
    return render(request, "sessions_app/confirm.html", context)
