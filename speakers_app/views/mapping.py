"""The mapping file: who is who, written out for everyone who may see it and read in by editors.

>>> from django.urls import reverse
>>> client.get(reverse("mapping-export", args=[campaign.uuid])).json()["campaign"]["name"]
'The Sunken Keep'
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app.models import Campaign
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable, get_visible
from speakers_app.forms.mapping import AgreedMappingForm, MappingForm
from speakers_app.mapping import Plan, PlanChanged, import_mapping, write_mapping


@require_safe
def mapping_export(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Who the voices are, as a mapping file; names only, never what a voice sounds like."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    name = slugify(campaign.name) or "campaign"
    headers = {"Content-Disposition": f'attachment; filename="{name}-speakers.json"'}
    return HttpResponse(write_mapping(campaign), content_type="application/json", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def mapping_import(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Takes a mapping file, shows what it would change, and changes it once somebody agrees to that."""
    campaign = get_editable(Campaign.objects.all(), request.user, uuid=uuid)
    if "seen" in request.POST:
        return _agreed(request, campaign)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = MappingForm(*sent, campaign=campaign)
    if form.is_valid() and form.plan is not None:
        return _preview(request, campaign, form.plan, form.cleaned_data["file"].text)
    return _choose(request, campaign, form)


def _agreed(request: UserRequest, campaign: Campaign) -> HttpResponse:
    form = AgreedMappingForm(request.POST, campaign=campaign)
    if not form.is_valid():
        again = MappingForm(campaign=campaign)
        return _choose(
            request, campaign, again, [str(error) for errors in form.errors.values() for error in errors]
        )
    mapping = form.cleaned_data["file"]
    try:
        change = import_mapping(campaign, mapping, request.user, seen=form.cleaned_data["seen"])
    except PlanChanged as changed:
        messages.warning(
            request, _("Something was changed meanwhile. This is what the file would change now.")
        )
        return _preview(request, campaign, changed.plan, mapping.text)
    if change.pk:
        messages.success(request, _("Read in: %(summary)s.") % {"summary": change.subject})
    else:
        messages.info(request, _("Everything was as the file says already."))
    return redirect("speaker-list", campaign.uuid)


def _choose(
    request: UserRequest, campaign: Campaign, form: MappingForm, faults: list[str] | None = None
) -> HttpResponse:
    context = {"campaign": campaign, "form": form, "faults": faults or form.errors.get("file")}
    return render(request, "speakers_app/mapping_import.html", context)


def _preview(request: UserRequest, campaign: Campaign, plan: Plan, text: str) -> HttpResponse:
    form = AgreedMappingForm(campaign=campaign, initial={"file": text, "seen": plan.digest})
    context = {"campaign": campaign, "plan": plan, "form": form}
    return render(request, "speakers_app/mapping_preview.html", context)
