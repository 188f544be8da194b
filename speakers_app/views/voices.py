"""The page of a session's voices, and the acts that say whose they are.

>>> from django.urls import reverse
>>> voice = session.voices.get(number=1)
>>> answer = client.post(reverse("voice-name", args=[voice.uuid]), {"name": "Anna"})
>>> voice.assignment.speaker.name
'Anna'
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from sessions_app.models import Session, Voice
from sessions_app.models.session import SessionQuerySet
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable, get_visible
from speakers_app import decisions
from speakers_app.forms.voices import ConfirmForm, MergeForm, VoiceNameForm
from speakers_app.models import How
from speakers_app.proposals import how_proposed
from speakers_app.views.voices_page import PAGE, answer, refuse, voices_context

View = Callable[[UserRequest, UUID], HttpResponse]


def _gone_is_404(view: View) -> View:
    """Answers as for any voice that is not there, where a Run removed it while the act waited for that Run."""

    @wraps(view)
    def answering(request: UserRequest, uuid: UUID) -> HttpResponse:
        try:
            return view(request, uuid)
        except Voice.DoesNotExist as gone:
            raise Http404 from gone

    return answering


@require_safe
def session_voices(request: UserRequest, uuid: UUID) -> HttpResponse:
    """All voices of a session; those without a name come first."""
    session = get_visible(_sessions(), request.user, uuid=uuid)
    return render(request, PAGE, voices_context(request, session))


@require_safe
def voices_propose(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The same page with a proposal for every voice that something speaks for."""
    session = get_editable(_sessions(), request.user, uuid=uuid)
    template = "speakers_app/_voices.html" if request.htmx else PAGE
    return render(request, template, voices_context(request, session, proposing=True))


@require_POST
@_gone_is_404
def voices_confirm(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Says that several voices are who they were shown to be."""
    session = get_editable(_sessions(), request.user, uuid=uuid)
    form = ConfirmForm(request.POST, session=session)
    if not form.is_valid():
        return refuse(request, session, form)
    names = how_proposed(session, form.cleaned_data["names"])
    return answer(request, session, decisions.confirm(session, names, request.user))


@require_POST
@_gone_is_404
def voice_name(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Says whose voice it is; somebody who is not known yet becomes known."""
    voice = _editable_voice(request, uuid)
    form = VoiceNameForm(request.POST, session=voice.session)
    if not form.is_valid():
        return refuse(request, voice.session, form, voice)
    name = form.cleaned_data["name"]
    how = how_proposed(voice.session, {voice: name})[voice][1]
    change = decisions.name_voice(voice, name, request.user, How.PERSON if how == How.PARTY else how)
    return answer(request, voice.session, change, voice)


@require_POST
@_gone_is_404
def voice_unname(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Says that the voice is to have no name."""
    voice = _editable_voice(request, uuid)
    return answer(request, voice.session, decisions.leave_unnamed(voice, request.user), voice)


@require_POST
@_gone_is_404
def voice_release(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Lets the comparison of voices decide again."""
    voice = _editable_voice(request, uuid)
    return answer(request, voice.session, decisions.release(voice, request.user), voice)


@require_POST
@_gone_is_404
def voice_merge(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Says that the voice is the same person as another one of the session."""
    voice = _editable_voice(request, uuid)
    form = MergeForm(request.POST, voice=voice)
    if not form.is_valid():
        return refuse(request, voice.session, form, voice)
    into = form.cleaned_data["into"]
    return answer(request, voice.session, decisions.merge(voice, into, request.user), into)


@require_POST
@_gone_is_404
def voice_separate(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Says that a merged voice is one of its own after all."""
    voice = _editable_voice(request, uuid)
    return answer(request, voice.session, decisions.separate(voice, request.user), voice)


def _sessions() -> SessionQuerySet:
    return Session.objects.select_related("campaign").defer("peaks")


def _editable_voice(request: UserRequest, uuid: UUID) -> Voice:
    voices = Voice.objects.select_related("session__campaign", "merged_into")
    return get_editable(voices.defer("embedding", "session__peaks"), request.user, uuid=uuid)
