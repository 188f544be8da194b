"""Voiceprints: heard where a text was read, and deleted one by one.

>>> from django.urls import reverse
>>> from uuid import uuid4
>>> client.get(reverse("voiceprint-audio", args=[uuid4()])).status_code
404
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app.ranges import ranged_response
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible
from speakers_app.decisions import leave_unnamed
from speakers_app.forgetting import delete_voiceprint, may_forget
from speakers_app.models import Voiceprint

VOICEPRINTS = Voiceprint.objects.defer("vector").select_related(
    "speaker__campaign", "session", "voice__merged_into"
)


@require_safe
def voiceprint_audio(request: UserRequest, uuid: UUID) -> HttpResponseBase:
    """Sends the text that a person read aloud: to that person, and to those who may delete it."""
    voiceprint = get_visible(VOICEPRINTS, request.user, uuid=uuid)
    if not may_forget(voiceprint.speaker, request.user):
        raise PermissionDenied
    if not voiceprint.audio_name:
        raise Http404
    try:
        return ranged_response(request, voiceprint.audio_name, "audio/wav")
    except FileNotFoundError:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def voiceprint_delete(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks once, then deletes a voiceprint; one that stands for a named voice goes together with that name."""
    voiceprint = get_visible(VOICEPRINTS, request.user, uuid=uuid)
    speaker = voiceprint.speaker
    can_edit = speaker.campaign.is_editable_by(request.user)
    if not may_forget(speaker, request.user) or (voiceprint.voice and not can_edit):
        raise PermissionDenied
    if request.method == "POST":
        if voiceprint.voice:
            leave_unnamed(voiceprint.voice, request.user)
        else:
            delete_voiceprint(voiceprint)
        messages.success(request, _("The voiceprint is deleted."))
        return redirect(speaker)
    context = {"campaign": speaker.campaign, "speaker": speaker, "voiceprint": voiceprint}
    return render(request, "speakers_app/speaker_voiceprint_delete.html", context)
