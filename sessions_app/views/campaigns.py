"""Campaigns: the list that is everybody's first page, and each one's own page.

>>> from django.urls import reverse
>>> [glance.campaign.name for glance in client.get(reverse("campaign-list")).context["glances"]]
['The Sunken Keep']
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app.campaigns import found_campaign
from sessions_app.forms.campaigns import CampaignDeleteForm, CampaignForm
from sessions_app.labels.forecast import forecast_of_latest
from sessions_app.models import Campaign
from sessions_app.overview import campaigns_of, line_of_sessions
from sessions_app.requests import UserRequest
from sessions_app.rights import get_owned, get_visible
from sessions_app.voice_book import voice_book


@require_safe
def campaign_list(request: UserRequest) -> HttpResponse:
    """The viewer's campaigns, each with the next thing to do."""
    return render(request, "sessions_app/campaign_list.html", {"glances": campaigns_of(request.user)})


@require_safe
def campaign_detail(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The line of sessions."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    context = {
        "campaign": campaign,
        "glances": line_of_sessions(campaign),
        "can_edit": campaign.is_editable_by(request.user),
        "can_own": campaign.is_owned_by(request.user),
    }
    return render(request, "sessions_app/campaign_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_create(request: UserRequest) -> HttpResponse:
    """A new campaign; who makes it owns it."""
    form = CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        campaign = found_campaign(form.save(commit=False), request.user)
        messages.success(request, _("The campaign is ready. Who sits at the table?"))
        return redirect("party", campaign.uuid)
    return render(request, "sessions_app/campaign_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_edit(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The campaign's name, description and language."""
    campaign = get_owned(Campaign.objects.all(), request.user, uuid=uuid)
    form = CampaignForm(request.POST or None, instance=campaign)
    if request.method == "POST" and form.is_valid():
        form.save()
        if "voice_consent_required" in form.changed_data:
            voice_book().consent_changed(campaign)
        messages.success(request, _("The campaign is saved."))
        return redirect(campaign)
    if form.is_bound:
        campaign.refresh_from_db()  # the page's frame shows the name as it is, not as it was typed
    context: dict[str, object] = {"form": form, "campaign": campaign}
    if "language_model_allowed" in form.fields:
        context["latest"] = forecast_of_latest(campaign)
    return render(request, "sessions_app/campaign_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_delete(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks for the campaign's name, then deletes it with everything in it."""
    campaign = get_owned(Campaign.objects.all(), request.user, uuid=uuid)
    form = CampaignDeleteForm(campaign, request.POST or None)
    if request.method == "POST" and form.is_valid():
        campaign.delete()
        messages.success(request, _("“%(name)s” is deleted.") % {"name": campaign.name})
        return redirect("campaign-list")
    return render(request, "sessions_app/campaign_delete.html", {"form": form, "campaign": campaign})
