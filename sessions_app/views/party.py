"""A campaign's cast: one page on which characters are added, changed and deleted in place, and the party file.

>>> from django.urls import reverse
>>> sorted(each["name"] for each in client.get(reverse("party-export", args=[campaign.uuid])).json()["characters"])
['Mira', 'Warden']
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app.forms.party import CharacterForm, PartyImportForm, PartyNameForm
from sessions_app.models import Character, Party
from sessions_app.party_file import ImportMode, import_party, write_party_file
from sessions_app.requests import UserRequest
from sessions_app.rights import get_editable, get_visible
from sessions_app.sorting import by_name


@require_http_methods(["GET", "HEAD"])
def party(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The cast."""
    shown = get_visible(Party.objects.select_related("campaign"), request.user, campaign__uuid=uuid)
    context = {
        "campaign": shown.campaign,
        "party": shown,
        "characters": by_name(shown.characters.select_related("member"), lambda each: each.name),
        "can_edit": shown.campaign.is_editable_by(request.user),
    }
    return render(request, "sessions_app/party.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def party_edit(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The party's name."""
    shown = get_editable(Party.objects.select_related("campaign"), request.user, campaign__uuid=uuid)
    form = PartyNameForm(request.POST or None, instance=shown)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("party", uuid)
    return render(request, "sessions_app/party_form.html", {"form": form, "campaign": shown.campaign})


@require_http_methods(["GET", "HEAD", "POST"])
def character_create(request: UserRequest, uuid: UUID) -> HttpResponse:
    """A new character; in place for htmx, on a page of its own otherwise."""
    shown = get_editable(Party.objects.select_related("campaign"), request.user, campaign__uuid=uuid)
    form = CharacterForm(request.POST or None, party=shown, instance=Character(party=shown))
    if request.method == "POST" and form.is_valid():
        return _saved(request, form, added=True)
    return _character_form(request, form, shown, reverse("character-create", args=[uuid]))


@require_http_methods(["GET", "HEAD", "POST"])
def character_edit(request: UserRequest, uuid: UUID) -> HttpResponse:
    """A character's fields; in place for htmx, on a page of its own otherwise."""
    character = get_editable(
        Character.objects.select_related("party__campaign", "member"), request.user, uuid=uuid
    )
    form = CharacterForm(request.POST or None, party=character.party, instance=character)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form, added=False)
    return _character_form(request, form, character.party, reverse("character-edit", args=[uuid]))


@require_http_methods(["GET", "HEAD", "POST"])
def character_delete(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks once, then takes the character from the cast; htmx asks in the browser."""
    character = get_editable(Character.objects.select_related("party__campaign"), request.user, uuid=uuid)
    campaign = character.party.campaign
    if request.method == "POST":
        character.delete()
        if request.htmx:
            return HttpResponse()
        messages.success(request, _("%(name)s is no longer in the party.") % {"name": character.name})
        return redirect("party", campaign.uuid)
    context = {
        "campaign": campaign,
        "title": _("Take %(name)s out of the party?") % {"name": character.name},
        "text": _("Transcripts stay as they are. This cannot be undone."),
        "action": _("Delete"),
        "back": reverse("party", args=[campaign.uuid]),
    }
    return render(request, "sessions_app/confirm.html", context)


@require_safe
def party_export(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The cast as a party file."""
    shown = get_visible(Party.objects.select_related("campaign"), request.user, campaign__uuid=uuid)
    name = slugify(str(shown)) or "party"
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return HttpResponse(write_party_file(shown), content_type="application/json", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def party_import(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Reads a party file into the cast."""
    shown = get_editable(Party.objects.select_related("campaign"), request.user, campaign__uuid=uuid)
    form = PartyImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        import_party(shown, form.cleaned_data["file"], ImportMode(form.cleaned_data["mode"]))
        messages.success(request, _("The party is brought up to date."))
        return redirect("party", uuid)
    return render(request, "sessions_app/party_import.html", {"form": form, "campaign": shown.campaign})


def _saved(request: UserRequest, form: CharacterForm, *, added: bool) -> HttpResponse:
    character = form.save()
    campaign = character.party.campaign
    if not request.htmx:
        return redirect("party", campaign.uuid)
    context = {"campaign": campaign, "character": character, "can_edit": True, "added": added}
    return render(request, "sessions_app/_character_saved.html", context)


def _character_form(request: UserRequest, form: CharacterForm, shown: Party, address: str) -> HttpResponse:
    name = "sessions_app/_character_form.html" if request.htmx else "sessions_app/character_form.html"
    context = {"form": form, "campaign": shown.campaign, "address": address}
    return render(request, name, context, status=422 if request.htmx and form.errors else 200)
