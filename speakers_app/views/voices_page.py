"""The page of a session's voices, put together: as a whole, and as what replaces its parts after an act.

>>> from django.urls import reverse
>>> page = client.get(reverse("session-voices", args=[session.uuid]))
>>> page.content.decode().count("voice-card")
3
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sessions_app.models import Session, Voice
from sessions_app.requests import UserRequest
from speakers_app.history import last_change
from speakers_app.labelling import labelling
from speakers_app.models import Change
from speakers_app.proposals import propose
from speakers_app.wording import act_of, said_of

PAGE = "speakers_app/voices.html"
PARTS = "speakers_app/_voices_changed.html"


def voices_context(request: UserRequest, session: Session, *, proposing: bool = False) -> dict[str, Any]:
    """Returns what the page and its parts are made of; who may not change anything is offered nothing."""
    can_edit = session.is_editable_by(request.user)
    desk = labelling(session)
    change = last_change(session) if can_edit else None
    return {
        "session": session,
        "campaign": session.campaign,
        "desk": desk,
        "can_edit": can_edit,
        "proposals": propose(session, desk) if can_edit and proposing else None,
        "change": change,
        "undoable": act_of(change) if change else "",
    }


def answer(
    request: UserRequest, session: Session, change: Change, voice: Voice | None = None
) -> HttpResponse:
    """Shows how the voices are now, and says what was done; ``voice`` is where the page goes on without scripts."""
    return show(request, session, said_of(change), voice=voice)


def refuse(request: UserRequest, session: Session, form: Form, voice: Voice | None = None) -> HttpResponse:
    """Says why nothing was done."""
    faults = " ".join(str(fault) for faults in form.errors.values() for fault in faults)
    return show(request, session, faults, voice=voice, failed=True)


def show(
    request: UserRequest, session: Session, said: str, *, voice: Voice | None = None, failed: bool = False
) -> HttpResponse:
    """Answers with the parts that changed, or leads back to the page, with what there is to say."""
    proposing = bool(request.POST.get("proposing"))
    if request.htmx:
        context = voices_context(request, session, proposing=proposing)
        context |= {"said": said, "failed": failed, "acted_on": voice}
        return render(request, PARTS, context, status=422 if failed else 200)
    messages.add_message(request, messages.ERROR if failed else messages.SUCCESS, said)
    address = reverse("voices-propose" if proposing else "session-voices", args=[session.uuid])
    return redirect(f"{address}#voice-{voice.number}" if voice else address)
