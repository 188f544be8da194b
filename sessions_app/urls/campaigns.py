"""Addresses of accounts, campaigns, members, parties and sessions.

>>> from django.urls import reverse
>>> reverse("campaign-list")
'/'
"""

from django.contrib.auth import views as auth
from django.urls import path

from sessions_app.views import accounts, campaigns, invitations, members, party, sessions

urlpatterns = [
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("account/", accounts.account, name="account"),
    path("account/password/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("account/password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password-reset/", accounts.PasswordReset.as_view(), name="password_reset"),
    path("password-reset/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password-reset/<uidb64>/<token>/",
        accounts.NewPassword.as_view(),
        name="password_reset_confirm",
    ),
    path("password-reset/done/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("theme/", accounts.theme, name="theme"),
    path("", campaigns.campaign_list, name="campaign-list"),
    path("campaigns/new/", campaigns.campaign_create, name="campaign-create"),
    path("campaigns/<uuid:uuid>/", campaigns.campaign_detail, name="campaign-detail"),
    path("campaigns/<uuid:uuid>/edit/", campaigns.campaign_edit, name="campaign-edit"),
    path("campaigns/<uuid:uuid>/delete/", campaigns.campaign_delete, name="campaign-delete"),
    path("campaigns/<uuid:uuid>/leave/", members.campaign_leave, name="campaign-leave"),
    path("campaigns/<uuid:uuid>/members/", members.member_list, name="member-list"),
    path("members/<uuid:uuid>/role/", members.member_role, name="member-role"),
    path("members/<uuid:uuid>/remove/", members.member_remove, name="member-remove"),
    path("campaigns/<uuid:uuid>/invitations/new/", invitations.invitation_create, name="invitation-create"),
    path("invitations/<uuid:uuid>/revoke/", invitations.invitation_revoke, name="invitation-revoke"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("campaigns/<uuid:uuid>/party/", party.party, name="party"),
    path("campaigns/<uuid:uuid>/party/edit/", party.party_edit, name="party-edit"),
    path("campaigns/<uuid:uuid>/party/export/", party.party_export, name="party-export"),
    path("campaigns/<uuid:uuid>/party/import/", party.party_import, name="party-import"),
    path("campaigns/<uuid:uuid>/party/characters/new/", party.character_create, name="character-create"),
    path("characters/<uuid:uuid>/edit/", party.character_edit, name="character-edit"),
    path("characters/<uuid:uuid>/delete/", party.character_delete, name="character-delete"),
    path("campaigns/<uuid:uuid>/sessions/new/", sessions.session_create, name="session-create"),
    path("sessions/<uuid:uuid>/edit/", sessions.session_edit, name="session-edit"),
    path("sessions/<uuid:uuid>/delete/", sessions.session_delete, name="session-delete"),
]
