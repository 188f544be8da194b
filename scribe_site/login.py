"""Who is not logged in is led to the login page; a fragment of a page is refused instead."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase


class LoginRequired(LoginRequiredMiddleware):
    """Django's rule that every view needs a login, without putting the login page into the middle of another page.

    >>> from django.test import Client
    >>> Client().get("/").url, Client().get("/", headers={"HX-Request": "true"}).status_code
    ('/login/?next=/', 403)
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Leads to the login page.

        Raises:
            PermissionDenied: to what htmx asks for; the page then says that the login may have ended.
        """
        if "HX-Request" in request.headers:
            raise PermissionDenied
        return super().handle_no_permission(request, view_func)
