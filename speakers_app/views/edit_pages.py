"""Pages about the lines of a session: editing one without scripts, its history, and the lines that were removed.

>>> from django.urls import reverse
>>> client.get(reverse("removed-lines", args=[session.uuid])).status_code
200
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from engine.clock import clock
from sessions_app.editing.text import CannotWrite
from sessions_app.models import Segment, Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible
from sessions_app.transcripts.voices import shown_voices
from speakers_app import line_edits
from speakers_app.forms.edits import EditForm, RowsForm
from speakers_app.line_history_page import last_word, line_story
from speakers_app.views.edits import editable_session, said_when_gone
from speakers_app.wording import said_of


@require_http_methods(["GET", "HEAD", "POST"])
def line_edit(request: UserRequest, uuid: UUID, line: UUID) -> HttpResponse:
    """Edits a line on a page of its own, for browsers without scripts."""
    session = editable_session(request, uuid)
    row = Segment.objects.filter(session=session, uuid=line).select_related("voice").defer("voice__embedding")
    segment = row.first()
    if segment is None:
        if request.method != "POST":
            raise Http404
        messages.error(request, said_when_gone())
        return redirect(session)
    form = EditForm(request.POST if request.method == "POST" else None, initial={"text": segment.text})
    context = {
        "session": session,
        "campaign": session.campaign,
        "line": segment,
        "clock": clock(segment.start_ms),
        "voice": shown_voices(session).get(segment.voice_id or 0),
        "written": segment.text,
        "seen": segment.text,
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "speakers_app/line_edit.html", context | {"fault": form.fault})
    data = form.cleaned_data
    context["written"] = data["text"]
    try:
        change = line_edits.edit_line(
            session, line, data["text"], data["seen"], request.user, reviewed=data["reviewed"]
        )
    except CannotWrite as refusal:
        return render(request, "speakers_app/line_edit.html", context | {"fault": str(refusal)}, status=400)
    except line_edits.Clash as clash:
        by, at = last_word(clash.line)
        context |= {"theirs": clash.line.text, "seen": clash.line.text, "by": by, "at": at}
        return render(request, "speakers_app/line_edit.html", context, status=409)
    except line_edits.Gone:
        messages.error(request, said_when_gone())
        return redirect(session)
    messages.success(request, said_of(change))
    return redirect("session-line", session.uuid, line)


@require_safe
def line_history(request: UserRequest, uuid: UUID, line: UUID) -> HttpResponse:
    """What was said of a line, by whom and when, and what the machine heard; for htmx what a dialog holds."""
    session = get_visible(Session.objects.select_related("campaign").defer("peaks"), request.user, uuid=uuid)
    segment = Segment.everything.filter(session=session, uuid=line).first()
    if segment is None:
        raise Http404
    context = {
        "session": session,
        "campaign": session.campaign,
        "story": line_story(session, segment),
        "can_edit": session.is_editable_by(request.user) and segment.removed_at is None,
    }
    name = "speakers_app/_line_history.html" if request.htmx else "speakers_app/line_history.html"
    return render(request, name, context)


@require_http_methods(["GET", "HEAD", "POST"])
def removed_lines(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The lines that people removed from a session; POST puts some back, for browsers without scripts."""
    session = editable_session(request, uuid)
    if request.method == "POST":
        form = RowsForm(request.POST, session=session)
        if form.is_valid():
            change = line_edits.restore_lines(session, form.cleaned_data["lines"], request.user)
            messages.success(request, said_of(change))
        else:
            messages.error(request, form.fault)
        return redirect("removed-lines", session.uuid)
    lines = Segment.everything.filter(session=session).exclude(removed_at=None)
    voices = shown_voices(session)
    context = {
        "session": session,
        "campaign": session.campaign,
        "removed": [
            {"line": line, "clock": clock(line.start_ms), "voice": voices.get(line.voice_id or 0)}
            for line in lines.only("uuid", "start_ms", "text", "voice", "removed_at")
        ],
    }
    name = "speakers_app/_removed_lines.html" if request.htmx else "speakers_app/removed_lines.html"
    return render(request, name, context)
