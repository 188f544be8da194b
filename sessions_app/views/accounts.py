"""A person's own account, and how pages look to them; logging in and out are Django's own views.

>>> from django.urls import reverse
>>> client.post(reverse("account"), {"first_name": "Olga", "email": "olga@example.org"}).url
'/account/'
"""

from __future__ import annotations

from urllib.parse import urlsplit

import axes.utils
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from scribe_site.config import get_config
from sessions_app.forms.accounts import AccountForm
from sessions_app.models import User
from sessions_app.requests import UserRequest

THEMES = ("auto", "light", "dark")
_YEAR_S = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: UserRequest) -> HttpResponse:
    """The name that others read, and the address for lost passwords."""
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your account is saved."))
        return redirect("account")
    return render(request, "registration/account.html", {"form": form})


class PasswordReset(PasswordResetView):
    """Django's own, but its mail leads to the address that members use, whatever host the request claims to ask."""

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """Sends the mail, if somebody has that address."""
        public = urlsplit(get_config().public_url)
        if public.netloc:
            self.extra_email_context = {"protocol": public.scheme, "domain": public.netloc}
        return super().form_valid(form)


class NewPassword(PasswordResetConfirmView):
    """Django's own; who chose a new password by mail need not wait for the wrong ones before it."""

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        """Stores the password, and forgets what went wrong before."""
        response = super().form_valid(form)
        axes.utils.reset(username=form.user.get_username())
        return response


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen colours in a cookie, for browsers that run no scripts."""
    next_url = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(next_url, {request.get_host()}, require_https=request.is_secure()):
        next_url = resolve_url("campaign-list")
    response = redirect(next_url)
    if request.POST.get("theme") in THEMES:
        response.set_cookie("theme", request.POST["theme"], max_age=_YEAR_S, samesite="Lax")
    return response
