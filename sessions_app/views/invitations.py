"""Invitations: making and revoking a link, and following it into the campaign.

>>> from django.urls import reverse
>>> client.post(reverse("invitation-create", args=[campaign.uuid]), {"role": "viewer"}).status_code
302
>>> campaign.invitations.get().role
'viewer'
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app.forms.accounts import SignUpForm
from sessions_app.forms.campaigns import InvitationForm
from sessions_app.invitations import accept, membership_of, open_invitation, revoke
from sessions_app.models import Campaign, Invitation, User
from sessions_app.requests import PageRequest, UserRequest
from sessions_app.rights import get_owned


@require_POST
def invitation_create(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Makes a link that gives the chosen role."""
    campaign = get_owned(Campaign.objects.all(), request.user, uuid=uuid)
    form = InvitationForm(request.POST, instance=Invitation(campaign=campaign, created_by=request.user))
    if form.is_valid():
        form.save()
        messages.success(request, _("The link is ready: copy it and send it to whom you want to invite."))
    return redirect("member-list", campaign.uuid)


@require_POST
def invitation_revoke(request: UserRequest, uuid: UUID) -> HttpResponse:
    """Ends a link; who came in by it stays."""
    invitation = get_owned(Invitation.objects.select_related("campaign"), request.user, uuid=uuid)
    revoke(invitation)
    messages.success(request, _("The link no longer lets anybody in."))
    return redirect("member-list", invitation.campaign.uuid)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: PageRequest, token: str) -> HttpResponse:
    """Leads who follows a link into the campaign, by way of signing up or logging in where they are not yet known."""
    invitation = open_invitation(token)
    if invitation is None:
        return render(request, "sessions_app/invitation_closed.html", status=410)
    if isinstance(request.user, User):
        if request.method == "POST" or membership_of(invitation, request.user):
            return _enter(request, invitation, request.user)
        return render(request, "sessions_app/invitation_join.html", {"invitation": invitation})
    return _join_as_newcomer(request, invitation)


def _join_as_newcomer(request: PageRequest, invitation: Invitation) -> HttpResponse:
    logs_in = "log-in" in request.POST
    sign_up = SignUpForm(None if logs_in else request.POST or None, prefix="new")
    log_in = AuthenticationForm(request, data=request.POST if logs_in else None)
    form = log_in if logs_in else sign_up
    if form.is_valid():
        user = log_in.get_user() if logs_in else sign_up.save()
        login(request, user)
        return _enter(request, invitation, user)
    context = {"invitation": invitation, "sign_up": sign_up, "log_in": log_in, "logs_in": logs_in}
    return render(request, "sessions_app/invitation_sign_up.html", context)


def _enter(request: PageRequest, invitation: Invitation, user: User) -> HttpResponse:
    _membership, joined = accept(invitation, user)
    if joined:
        messages.success(request, _("Welcome to “%(name)s”.") % {"name": invitation.campaign.name})
    return redirect(invitation.campaign)
