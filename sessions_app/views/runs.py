"""A session's Run: watching it, starting it, cancelling it and trying it again.

>>> from django.urls import reverse
>>> client.get(reverse("run-panel", args=[session.uuid]), headers={"HX-Request": "true"}).status_code
200
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from sessions_app.forms.runs import ProcessForm
from sessions_app.models import Run, Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable, get_visible
from sessions_app.runs import cancel_run, retry_run, start_run
from sessions_app.runs.preview import text_so_far
from sessions_app.runs.progress import run_panel as panel_of


def _answer(request: UserRequest, session: Session, form: ProcessForm | None = None) -> HttpResponse:
    """Shows the panel to htmx and the page to a browser without it."""
    if not request.htmx and not (form and form.errors):
        return redirect(session)
    context = {
        "session": session,
        "panel": panel_of(session),
        "form": form or ProcessForm(instance=session),
        "can_edit": session.is_editable_by(request.user),
    }
    status = 422 if form and form.errors else 200
    template = "sessions_app/_run.html" if request.htmx else "sessions_app/run_form.html"
    return render(request, template, context, status=status)


@require_safe
def run_panel(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The stages of the latest Run, as the page fetches them whenever it hears of news."""
    return _answer(request, get_visible(Session.objects.defer("peaks"), request.user, uuid=uuid))


@require_safe
def run_text(request: UserRequest, uuid: UUID, part: int) -> HttpResponse:
    """The words of chunks that are done, from ``part`` on; 204 while there are no new ones."""
    run = get_visible(Run.objects.select_related("session"), request.user, uuid=uuid)
    so_far = text_so_far(run, part)
    if not so_far.lines and so_far.next_part == part:
        return HttpResponse(status=204)
    return render(request, "sessions_app/_run_text.html", {"run": run, "so_far": so_far})


@require_POST
def run_start(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Processes the session, with another language or number of voices if the form says so."""
    session = get_editable(Session.objects.all(), request.user, uuid=uuid)
    form = None
    if "process-language" in request.POST:
        form = ProcessForm(request.POST, instance=session)
        if not form.is_valid():
            return _answer(request, Session.objects.get(pk=session.pk), form)
        form.save()
    start_run(session, request.user)
    return _answer(request, session)


@require_POST
def run_cancel(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Stops the Run; what it finished is kept."""
    run = get_editable(Run.objects.select_related("session"), request.user, uuid=uuid)
    cancel_run(run)
    return _answer(request, run.session)


@require_POST
def run_retry(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Goes on from the stage that failed, or from where the Run was cancelled."""
    run = get_editable(Run.objects.select_related("session"), request.user, uuid=uuid)
    retry_run(run, request.user)
    return _answer(request, run.session)
