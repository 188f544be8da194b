"""The people of a campaign: the list, each one's page, and what can be changed about them.

>>> from django.urls import reverse
>>> client.get(reverse("speaker-list", args=[campaign.uuid])).status_code
200
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.models import Campaign
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable, get_visible
from speakers_app.consent import agree, may_agree_for
from speakers_app.forgetting import forget, holdings, may_forget
from speakers_app.forms.people import MergeForm, SpeakerForm
from speakers_app.history import recording
from speakers_app.merging import CannotMerge, merge_people
from speakers_app.models import Speaker, Verb
from speakers_app.people import (
    has_voices,
    keeps_a_wish,
    last_edit,
    latest_unnamed,
    own_speaker,
    people_of,
    person_of,
    remove_person,
    shown_voiceprints,
)
from speakers_app.wording import act_of

SPEAKERS = Speaker.objects.select_related("campaign", "member", "character")


@require_safe
def speaker_list(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Everyone who is known, and how well."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    change = last_edit(campaign)
    context = {
        "campaign": campaign,
        "people": people_of(campaign),
        "can_edit": campaign.is_editable_by(request.user),
        "session_to_name": latest_unnamed(campaign),
        "own": own_speaker(campaign, request.user),
        "last_edit": change,
        "last_act": act_of(change) if change else "",
    }
    return render(request, "speakers_app/speaker_list.html", context)


@require_safe
def speaker_detail(request: UserRequest, uuid: UUID) -> HttpResponse:
    """One person: when they talked, and by what they are recognised."""
    speaker = get_visible(SPEAKERS, request.user, uuid=uuid)
    can_edit = speaker.campaign.is_editable_by(request.user)
    can_forget = may_forget(speaker, request.user)
    context = {
        "campaign": speaker.campaign,
        "speaker": speaker,
        "person": person_of(speaker),
        "voiceprints": shown_voiceprints(speaker, can_edit=can_edit, can_forget=can_forget),
        "can_edit": can_edit,
        "can_forget": can_forget,
        "can_agree": not speaker.member and not speaker.may_be_kept and may_agree_for(speaker, request.user),
        "can_remove": can_edit and not has_voices(speaker) and not keeps_a_wish(speaker),
        "can_merge": can_edit
        and Speaker.objects.filter(campaign=speaker.campaign).exclude(pk=speaker.pk).exists(),
        "is_own": speaker.member_id == request.user.pk,
    }
    return render(request, "speakers_app/speaker_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def speaker_edit(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The person's name, role, account, character and colour."""
    speaker = get_editable(SPEAKERS, request.user, uuid=uuid)
    name = speaker.name
    form = SpeakerForm(request.POST or None, instance=speaker, user=request.user)
    if request.method == "POST" and form.is_valid():
        with recording(speaker.campaign, request.user, Verb.EDIT_SPEAKER, name):
            form.save()
        messages.success(request, _("%(name)s is saved.") % {"name": speaker.name})
        return redirect(speaker)
    context = {"campaign": speaker.campaign, "speaker": speaker, "name": name, "form": form}
    return render(request, "speakers_app/speaker_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def speaker_merge(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks who the person is as well, then makes one of the two."""
    speaker = get_editable(SPEAKERS, request.user, uuid=uuid)
    form = MergeForm(speaker, request.POST or None)
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"]
        try:
            merge_people(speaker, into, request.user)
        except CannotMerge as error:
            form.add_error("into", str(error))
        else:
            said = {"name": speaker.name, "into": into.name}
            messages.success(request, _("%(name)s and %(into)s are one person now.") % said)
            return redirect(into)
    context = {"campaign": speaker.campaign, "speaker": speaker, "form": form}
    return render(request, "speakers_app/speaker_merge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def speaker_remove(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks once, then takes a person without voices off the list."""
    speaker = get_editable(SPEAKERS, request.user, uuid=uuid)
    campaign = speaker.campaign
    if has_voices(speaker) or keeps_a_wish(speaker):
        messages.error(request, _("Only people to whom no voice belongs can be removed."))
        return redirect(speaker)
    if request.method == "POST":
        remove_person(speaker, request.user)
        messages.success(request, _("%(name)s is no longer on the list.") % {"name": speaker.name})
        return redirect("speaker-list", campaign.uuid)
    context = {
        "campaign": campaign,
        "title": _("Remove %(name)s?") % {"name": speaker.name},
        "text": _("No voice bears this name. A text that they read aloud is deleted for good."),
        "action": _("Remove"),
        "back": speaker.get_absolute_url(),
    }
    return render(request, "sessions_app/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def speaker_forget(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks once, then removes all by which the person could be recognised.

    Who has left the campaign can still have their own voice forgotten.
    """
    speaker = SPEAKERS.filter(uuid=uuid, member=request.user).first()
    speaker = speaker or get_visible(SPEAKERS, request.user, uuid=uuid)
    if not may_forget(speaker, request.user):
        raise PermissionDenied
    is_own = speaker.member_id == request.user.pk
    is_member = Speaker.objects.visible_to(request.user).filter(pk=speaker.pk).exists()
    back = speaker.get_absolute_url()
    if is_own:
        back = reverse("own-voice", args=[speaker.campaign.uuid]) if is_member else reverse("account")
    if request.method == "POST":
        forget(speaker)
        messages.success(request, _("The voice of %(name)s is forgotten.") % {"name": speaker.name})
        return redirect(back)
    context = {
        "campaign": speaker.campaign if is_member else None,
        "speaker": speaker,
        "holdings": holdings(speaker),
        "is_own": is_own,
        "back": back,
    }
    return render(request, "speakers_app/speaker_forget.html", context)


@require_POST
def speaker_consent(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Notes that a person agreed to be recognised: themself, or by an owner where they have no account."""
    speaker = get_visible(SPEAKERS, request.user, uuid=uuid)
    if not may_agree_for(speaker, request.user):
        raise PermissionDenied
    agree(speaker)
    if speaker.member_id == request.user.pk:
        messages.success(request, _("Your voice may be kept from now on."))
        return redirect("own-voice", speaker.campaign.uuid)
    messages.success(request, _("It is noted that %(name)s agreed.") % {"name": speaker.name})
    return redirect(speaker)
