"""Clips: made of chosen lines, read, heard, quoted on a wall, and removed.

>>> from django.urls import reverse
>>> client.get(reverse("quote-wall", args=[campaign.uuid])).status_code
200
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engine.errors import EngineError
from engine.snippets import CLIP_FORMATS, MIME_TYPES
from sessions_app.clips.cutting import clip_sound
from sessions_app.clips.lines import shown_clips
from sessions_app.clips.making import TooLong, make_clip
from sessions_app.clips.naming import safe
from sessions_app.forms.clips import ClipForm, NewClipForm
from sessions_app.models import Campaign, Clip, Session
from sessions_app.models.clip import ClipQuerySet
from sessions_app.ranges import bytes_response
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable, get_visible

A_PAGE = 20
SAID = "sessions_app/_clip_said.html"


def _clips() -> ClipQuerySet:
    clips: ClipQuerySet = Clip.objects.select_related("session__campaign", "user").defer("session__peaks")
    return clips


@require_POST
def clip_create(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Makes a clip of the chosen lines, and says so over the transcript."""
    session = get_editable(Session.objects.select_related("campaign"), request.user, uuid=uuid)
    form = NewClipForm(request.POST, session=session)
    if not form.is_valid():
        return _say(request, session, form.fault)
    try:
        clip = make_clip(
            session,
            form.cleaned_data["lines"],
            request.user,
            title=form.cleaned_data["title"],
            on_wall=form.cleaned_data["on_wall"],
        )
    except TooLong:
        return _say(request, session, _("That is more than ten minutes. Choose fewer lines."))
    return _say(request, session, _("The clip is made."), clip)


def _say(request: UserRequest, session: Session, said: str, clip: Clip | None = None) -> HttpResponse:
    if not request.htmx:
        (messages.success if clip else messages.error)(request, said)
        return redirect(clip or session)
    return render(request, SAID, {"said": said, "clip": clip}, status=200 if clip else 422)


@require_safe
def clip_detail(request: UserRequest, uuid: UUID) -> HttpResponse:
    """One clip: its words as they are called now, and its sound."""
    clip = get_visible(_clips(), request.user, uuid=uuid)
    (shown,) = shown_clips([clip])
    context = {
        "shown": shown,
        "clip": clip,
        "session": clip.session,
        "campaign": clip.session.campaign,
        "form": ClipForm(instance=clip),
        "formats": CLIP_FORMATS,
        "can_edit": clip.session.is_editable_by(request.user),
    }
    return render(request, "sessions_app/clip_detail.html", context)


@require_POST
def clip_edit(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Gives a clip another title, puts it on the quote wall or takes it down."""
    clip = get_editable(_clips(), request.user, uuid=uuid)
    form = ClipForm(request.POST, instance=clip)
    if form.is_valid():
        form.save()
        messages.success(request, _("The clip is saved."))
    else:
        messages.error(request, " ".join(str(fault) for faults in form.errors.values() for fault in faults))
    return redirect(clip)


@require_http_methods(["GET", "HEAD", "POST"])
def clip_delete(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks once, then removes a clip; the session keeps its lines and its sound."""
    clip = get_editable(_clips(), request.user, uuid=uuid)
    if request.method == "POST":
        session = clip.session
        clip.delete()
        messages.success(request, _("The clip is removed."))
        return redirect("session-clips", session.uuid)
    context = {
        "campaign": clip.session.campaign,
        "title": _("Remove this clip?"),
        "text": _("Links to it stop working. The lines and the recording stay."),
        "action": _("Remove the clip"),
        "back": clip.get_absolute_url(),
    }
    return render(request, "sessions_app/confirm.html", context)


@require_safe
def clip_audio(request: UserRequest, uuid: UUID, form: str) -> HttpResponseBase:
    """The sound of a clip in one format; ``?download`` names the file."""
    clip = get_visible(_clips(), request.user, uuid=uuid)
    known = next((each for each in CLIP_FORMATS if each == form), None)
    if known is None or not clip.session.audio_name:
        raise Http404
    try:
        sound = clip_sound(clip, known)
    except (EngineError, FileNotFoundError, ValueError):  # gone, or shorter than it was
        raise Http404 from None
    response = bytes_response(request, sound.data, MIME_TYPES[known])
    if "download" in request.GET:
        name = f"{safe(str(clip))}.{known}"
        response.headers["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=name
        )
    return response


@require_safe
def quote_wall(request: UserRequest, uuid: UUID) -> HttpResponse:
    """What the campaign likes to quote, the newest first."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    quotes = _clips().on_wall().filter(session__campaign=campaign).order_by("-created_at", "-pk")
    sessions = Session.objects.filter(campaign=campaign, clips__on_wall=True).distinct().defer("peaks")
    chosen = next((each for each in sessions if str(each.uuid) == request.GET.get("session")), None)
    if chosen is not None:
        quotes = quotes.filter(session=chosen)
    page = Paginator(quotes, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "campaign": campaign,
        "page": page,
        "quotes": shown_clips(page.object_list),
        "sessions": sessions,
        "chosen": chosen,
        "address": reverse("quote-wall", args=[campaign.uuid]),
        "can_edit": campaign.is_editable_by(request.user),
    }
    return render(request, "sessions_app/quote_wall.html", context)
