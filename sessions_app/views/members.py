"""Who belongs to a campaign: the list, roles, removing and leaving.

>>> from django.urls import reverse
>>> client.get(reverse("member-list", args=[campaign.uuid])).status_code
200
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.forms.campaigns import InvitationForm, RoleForm
from sessions_app.invitations import links_of
from sessions_app.members import LastOwnerError, change_role, remove_member
from sessions_app.models import Campaign, Membership, Role
from sessions_app.requests import UserRequest
from sessions_app.rights import get_owned, get_visible
from sessions_app.sorting import by_name


@require_safe
def member_list(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The members; owners also see the open invitations."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    can_own = campaign.is_owned_by(request.user)
    context = {
        "campaign": campaign,
        "memberships": by_name(campaign.memberships.select_related("user"), lambda each: str(each.user)),
        "roles": Role.choices,
        "can_own": can_own,
        "links": links_of(campaign, request.build_absolute_uri) if can_own else [],
        "form": InvitationForm(),
    }
    return render(request, "sessions_app/member_list.html", context)


@require_POST
def member_role(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Gives a member another role."""
    membership = get_owned(Membership.objects.select_related("campaign", "user"), request.user, uuid=uuid)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            change_role(membership, Role(form.cleaned_data["role"]))
        except LastOwnerError:
            messages.error(request, _("A campaign needs an owner: make somebody else owner first."))
        else:
            said = {"name": membership.user.shown_name, "role": membership.get_role_display()}
            messages.success(request, _("%(name)s is now %(role)s.") % said)
    return redirect("member-list", membership.campaign.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks once, then ends somebody's membership."""
    membership = get_owned(Membership.objects.select_related("campaign", "user"), request.user, uuid=uuid)
    members = reverse("member-list", args=[membership.campaign.uuid])
    name = membership.user.shown_name
    if request.method == "POST":
        try:
            remove_member(membership)
        except LastOwnerError:
            messages.error(request, _("A campaign needs an owner: make somebody else owner first."))
        else:
            messages.success(request, _("%(name)s no longer belongs to this campaign.") % {"name": name})
            if membership.campaign.invitations.open().exists():
                messages.warning(
                    request,
                    _(
                        "Invitation links are still open: whoever kept one can join again. "
                        "Revoke them under “Invite people”."
                    ),
                )
        return redirect(members)
    context = {
        "campaign": membership.campaign,
        "title": _("Remove %(name)s from this campaign?") % {"name": name},
        "text": _("They can no longer see it. Their account, and what they said and wrote here, stay."),
        "action": _("Remove"),
        "back": members,
    }
    return render(request, "sessions_app/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_leave(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Asks once, then ends the viewer's own membership."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    if request.method == "POST":
        try:
            remove_member(campaign.memberships.get(user=request.user))
        except LastOwnerError:
            messages.error(
                request, _("You are the only owner: make somebody else owner first, or delete the campaign.")
            )
            return redirect("member-list", campaign.uuid)
        messages.success(request, _("You have left “%(name)s”.") % {"name": campaign.name})
        return redirect("campaign-list")
    context = {
        "campaign": campaign,
        "title": _("Leave “%(name)s”?") % {"name": campaign.name},
        "text": _("You can no longer see it until an owner invites you again."),
        "action": _("Leave this campaign"),
        "back": reverse("member-list", args=[campaign.uuid]),
    }
    return render(request, "sessions_app/confirm.html", context)
