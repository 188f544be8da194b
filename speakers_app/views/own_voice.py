"""A member's own voice in a campaign: what is kept of it, reading a text aloud, agreeing and withdrawing.

>>> from django.urls import reverse
>>> client.get(reverse("own-voice", args=[campaign.uuid])).status_code
200
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from engine.errors import MediaError
from sessions_app.models import Campaign
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible
from sessions_app.told import in_words
from speakers_app.enrolment import receive_reading, text_to_read
from speakers_app.forgetting import holdings
from speakers_app.forms.people import ReadingForm
from speakers_app.people import own_speaker, shown_voiceprints
from speakers_app.readings import latest_reading


def _own_voice(
    request: UserRequest, campaign: Campaign, form: ReadingForm, status: int = 200
) -> HttpResponse:
    speaker = own_speaker(campaign, request.user)
    can_edit = campaign.is_editable_by(request.user)
    context = {
        "campaign": campaign,
        "speaker": speaker,
        "holdings": holdings(speaker) if speaker else None,
        "voiceprints": shown_voiceprints(speaker, can_edit=can_edit, can_forget=True) if speaker else [],
        "task": latest_reading(campaign, request.user),
        "text": text_to_read(campaign),
        "form": form,
    }
    return render(request, "speakers_app/own_voice.html", context, status=status)


@require_safe
def own_voice(request: UserRequest, uuid: UUID) -> HttpResponse:
    """What is kept of the viewer's voice, and a text to read."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    return _own_voice(request, campaign, ReadingForm())


@require_POST
def own_voice_read(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Takes in what the viewer read aloud."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    form = ReadingForm(request.POST, request.FILES)
    if form.is_valid():
        sound = form.cleaned_data["sound"]
        try:
            receive_reading(campaign, request.user, sound, sound.name)
        except MediaError as error:
            form.add_error("sound", in_words(error.message))
        else:
            messages.success(request, _("Thank you. Your voice is being learnt."))
            return redirect("own-voice", campaign.uuid)
    return _own_voice(request, campaign, form, status=422)


@require_safe
def own_voice_task(request: UserRequest, uuid: UUID) -> HttpResponse:
    """How far the learning of the viewer's voice is; nothing while it is as ``seen``, so that it is read out once."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    task = latest_reading(campaign, request.user)
    if task is not None and task.state == request.GET.get("seen"):
        return HttpResponse(status=204)
    context = {"campaign": campaign, "task": task}
    return render(request, "speakers_app/_own_voice_task.html", context)
