"""What people write in lines: asked by the transcript page's script, answered in JSON.

>>> from django.urls import reverse
>>> line = session.segments.exclude(text="").first()
>>> answer = client.post(reverse("line-text", args=[session.uuid, line.uuid]), {"text": "Open up!", "seen": line.text})
>>> answer.json()["text"]
'Open up!'
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sessions_app.editing.text import CannotWrite
from sessions_app.models import Segment, Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable
from speakers_app import line_edits
from speakers_app.forms.edits import EditForm, HeardForm, JoinForm, RowsForm, SplitForm
from speakers_app.history import CannotUndo
from speakers_app.line_history_page import last_word
from speakers_app.models import Change
from speakers_app.models.change import LINE_VERBS
from speakers_app.undoing import own_acts, redo_own, undo_own
from speakers_app.wording import said_of, said_of_redoing, said_of_undoing

Answer = Callable[Concatenate[UserRequest, Session, ...], dict[str, Any]]


class Refused(Exception):
    """What was sent can't be done; the message says so to people."""


def act(view: Answer) -> Callable[..., HttpResponse]:
    """Makes a view of what an editor does in a session; what stands against it becomes an answer that says so."""

    @require_POST
    @wraps(view)
    def answered(request: UserRequest, uuid: UUID, **named: Any) -> HttpResponse:
        session = editable_session(request, uuid)
        try:
            return JsonResponse(view(request, session, **named) | _next_acts(session, request))
        except line_edits.Gone:
            return JsonResponse({"said": said_when_gone()}, status=404)
        except line_edits.Clash as clash:
            return JsonResponse(_clash(clash.line), status=409)
        except (CannotWrite, Refused) as refusal:
            return JsonResponse({"said": str(refusal)}, status=400)

    return answered


def editable_session(request: UserRequest, uuid: UUID) -> Session:
    """Returns the session for editing its lines."""
    sessions = Session.objects.select_related("campaign").defer("peaks")
    return get_editable(sessions, request.user, uuid=uuid)


def said_when_gone() -> str:
    """Returns what is said of a line that is no more."""
    return _("This line is not there any more: it was removed or joined, or the session was processed again.")


def _clash(line: Segment) -> dict[str, Any]:
    by, at = last_word(line)
    who = by or _("Somebody")
    return {
        "line": str(line.uuid),
        "text": line.text,
        "by": by,
        "at": at.isoformat() if at else "",
        "said": _("%(who)s changed this line while you were writing.") % {"who": who},
    }


def _next_acts(session: Session, request: UserRequest) -> dict[str, str]:
    acts = own_acts(session, request.user)
    return {"undo": acts.undo_says, "redo": acts.redo_says}


def _of_line(line: UUID, change: Change) -> dict[str, Any]:
    text = Segment.objects.filter(uuid=line).values_list("text", flat=True).first()
    return {"line": str(line), "text": text, "changed": change.pk is not None, "said": said_of(change)}


@act
def line_text(request: UserRequest, session: Session, *, line: UUID) -> dict[str, Any]:
    """Changes the text of a line."""
    form = EditForm(request.POST)
    if not form.is_valid():
        raise Refused(form.fault)
    data = form.cleaned_data
    change = line_edits.edit_line(
        session, line, data["text"], data["seen"], request.user, reviewed=data["reviewed"]
    )
    return _of_line(line, change)


@act
def line_split(request: UserRequest, session: Session, *, line: UUID) -> dict[str, Any]:
    """Splits a line before a character of its text."""
    form = SplitForm(request.POST)
    if not form.is_valid():
        raise Refused(form.fault)
    data = form.cleaned_data
    change, rest = line_edits.split_line(session, line, data["text"], data["at"], data["seen"], request.user)
    return _of_line(line, change) | {"new": str(rest.uuid)}


@act
def line_join(request: UserRequest, session: Session, *, line: UUID) -> dict[str, Any]:
    """Joins the line that follows to a line."""
    form = JoinForm(request.POST)
    if not form.is_valid():
        raise Refused(form.fault)
    data = form.cleaned_data
    change = line_edits.join_lines(
        session, line, data["text"], data["seen"], data["next"], data["next_seen"], request.user
    )
    return _of_line(line, change)


@act
def line_heard(request: UserRequest, session: Session, *, line: UUID) -> dict[str, Any]:
    """Takes what the machine heard for the text of a line, or leaves the text as it is."""
    form = HeardForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say which text it is to be."))
    if form.cleaned_data["take"] == "machine":
        change = line_edits.take_heard(session, line, form.cleaned_data["seen"], request.user)
    else:
        change = line_edits.keep_written(session, line, request.user)
    return _of_line(line, change)


@act
def lines_remove(request: UserRequest, session: Session) -> dict[str, Any]:
    """Removes lines; they can be restored."""
    return _of_lines(request, session, line_edits.remove_lines)


@act
def lines_restore(request: UserRequest, session: Session) -> dict[str, Any]:
    """Puts removed lines back."""
    return _of_lines(request, session, line_edits.restore_lines)


@act
def lines_reviewed(request: UserRequest, session: Session) -> dict[str, Any]:
    """Says that somebody found lines right, or that nobody has."""
    reviewed = bool(request.POST.get("reviewed"))
    return _of_lines(request, session, line_edits.mark_reviewed, reviewed=reviewed)


def _of_lines(
    request: UserRequest, session: Session, do: Callable[..., Change], **how: Any
) -> dict[str, Any]:
    form = RowsForm(request.POST, session=session)
    if not form.is_valid():
        raise Refused(form.fault)
    lines = form.cleaned_data["lines"]
    change = do(session, lines, request.user, **how)
    return {"lines": [str(uuid) for uuid in lines.values()], "said": said_of(change)}


@require_POST
def session_undo(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Undoes the last thing that one did in the session."""
    return _go(request, uuid, undo_own, said_of_undoing, _("There is nothing to undo."))


@require_POST
def session_redo(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Does again what one undid last."""
    return _go(request, uuid, redo_own, said_of_redoing, _("There is nothing to do again."))


def _go(
    request: UserRequest,
    uuid: UUID,
    do: Callable[[Session, Any], Change | None],
    says: Callable[[Change], str],
    nothing: str,
) -> HttpResponse:
    session = editable_session(request, uuid)
    try:
        change = do(session, request.user)
    except CannotUndo as refusal:
        return JsonResponse({"said": str(refusal)} | _next_acts(session, request), status=409)
    said = says(change) if change else nothing
    about = "lines" if change and change.verb in LINE_VERBS else "transcript"
    answer = {"said": said, "done": change is not None, "about": about}
    return JsonResponse(answer | _next_acts(session, request))
