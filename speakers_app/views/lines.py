"""What people say of lines that they chose on the transcript page: whose they are, spoken as whom, and of what kind.

>>> from django.urls import reverse
>>> line = session.segments.first()
>>> answer = client.post(reverse("lines-label", args=[session.uuid]), {"lines": str(line.uuid), "label": "OOC"})
>>> session.segments.first().label
'OOC'
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app.errands.asking import try_again
from sessions_app.models import Errand, ErrandKind, Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable
from sessions_app.told import in_words
from sessions_app.transcripts.voices import voice_names
from speakers_app.decisions import label_lines, move_lines, speak_as
from speakers_app.forms.lines import LabelForm, LinesForm, MoveForm, SpeakAsForm
from speakers_app.line_choices import cast_to_choose, others_to_choose, voices_to_choose
from speakers_app.models import Change
from speakers_app.splitting import CannotSplit, ask_to_split, outcome

SAID = "speakers_app/_lines_said.html"


@require_http_methods(["GET", "HEAD", "POST"])
def lines_move(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Who may have said the chosen lines; POST gives them to one of these."""
    session = _editable_session(request, uuid)
    if request.method != "POST":
        context = {
            "session": session,
            "voices": voices_to_choose(session),
            "others": others_to_choose(session),
        }
        return render(request, "speakers_app/_lines_said_by.html", context)
    form = MoveForm(request.POST, session=session)
    if not form.is_valid():
        return _refuse(request, session, form.fault)
    lines, voice, name = (form.cleaned_data[field] for field in ("lines", "voice", "name"))
    change = move_lines(session, lines, voice, request.user, name)
    if not change.pk:
        return _say(request, session, _("These lines are theirs already."))
    for line in lines[:1]:
        line.refresh_from_db(fields=["voice"])
        name = voice_names(session)[line.voice_id or 0].name
    said = ngettext(
        "%(count)d line is said by %(name)s.", "%(count)d lines are said by %(name)s.", len(lines)
    )
    return _say(request, session, said % {"count": len(lines), "name": name}, change)


@require_http_methods(["GET", "HEAD", "POST"])
def lines_speak_as(request: UserRequest, uuid: UUID) -> HttpResponse:
    """As whom the chosen lines may be spoken; POST says so."""
    session = _editable_session(request, uuid)
    if request.method != "POST":
        context = {"session": session, "campaign": session.campaign, "cast": cast_to_choose(session)}
        return render(request, "speakers_app/_lines_speak_as.html", context)
    form = SpeakAsForm(request.POST, session=session)
    if not form.is_valid():
        return _refuse(request, session, form.fault)
    lines, character = form.cleaned_data["lines"], form.cleaned_data["character"]
    change = speak_as(session, lines, character, request.user)
    if not change.pk:
        return _say(request, session, _("That is so already."))
    count = {"count": len(lines)}
    if character is None:
        said = ngettext(
            "%(count)d line is spoken as usual.", "%(count)d lines are spoken as usual.", len(lines)
        )
        return _say(request, session, said % count, change)
    said = ngettext(
        "%(count)d line is spoken as %(name)s.", "%(count)d lines are spoken as %(name)s.", len(lines)
    )
    return _say(request, session, said % (count | {"name": character.name}), change)


@require_POST
def lines_label(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Says whether the chosen lines belong to the story, or what kind of talk they are."""
    session = _editable_session(request, uuid)
    form = LabelForm(request.POST, session=session)
    if not form.is_valid():
        return _refuse(request, session, form.fault)
    lines, label, kind = (form.cleaned_data[field] for field in ("lines", "label", "kind"))
    change = label_lines(session, lines, label, kind, request.user)
    if not change.pk:
        return _say(request, session, _("That is so already."))
    said = ngettext("%(count)d line: %(what)s.", "%(count)d lines: %(what)s.", len(lines))
    what = (kind or label).label
    return _say(request, session, said % {"count": len(lines), "what": what}, change)


@require_POST
def voice_split(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks for the voice of the chosen lines to be split, because these are somebody else's."""
    session = _editable_session(request, uuid)
    form = LinesForm(request.POST, session=session)
    if not form.is_valid():
        return _refuse(request, session, form.fault)
    try:
        task = ask_to_split(session, form.cleaned_data["lines"], request.user)
    except CannotSplit as refusal:
        return _refuse(request, session, in_words(refusal.message))
    return _tell(request, task)


@require_http_methods(["GET", "HEAD", "POST"])
def voice_task(request: UserRequest, uuid: UUID) -> HttpResponse:
    """How far a voice's splitting is, or how it ended; POST tries again what failed."""
    tasks = Errand.objects.filter(kind=ErrandKind.SPLIT).select_related("session__campaign")
    task = get_editable(tasks.defer("session__peaks"), request.user, uuid=uuid)
    if request.method == "POST":
        try_again(task)
        task.refresh_from_db()
    return _tell(request, task)


def _editable_session(request: UserRequest, uuid: UUID) -> Session:
    sessions = Session.objects.select_related("campaign").defer("peaks")
    return get_editable(sessions, request.user, uuid=uuid)


def _tell(request: UserRequest, task: Errand) -> HttpResponse:
    session = task.session
    if session is None or (not request.htmx and request.method == "POST"):
        return redirect(session or task.campaign)
    context = {"task": task, "session": session, "outcome": outcome(task)}
    return render(request, "speakers_app/_lines_task.html", context)


def _say(request: UserRequest, session: Session, said: str, change: Change | None = None) -> HttpResponse:
    """Says what was done and offers to undo it."""
    if not request.htmx:
        messages.success(request, said)
        return redirect(session)
    response = render(request, SAID, {"said": said, "change": change})
    if change is not None:
        response["HX-Trigger"] = "transcript-changed"
    return response


def _refuse(request: UserRequest, session: Session, said: str) -> HttpResponse:
    """Says why nothing was done."""
    if not request.htmx:
        messages.error(request, said)
        return redirect(session)
    context: dict[str, Any] = {"said": said, "failed": True}
    return render(request, SAID, context, status=422)
