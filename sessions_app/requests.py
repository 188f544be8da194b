"""The request as views see it: somebody is logged in, and htmx may have asked."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from sessions_app.models import User


class PageRequest(HttpRequest):
    """A request of anybody, which htmx may have made."""

    htmx: HtmxDetails


class UserRequest(PageRequest):
    """A request of a person who is logged in (the middleware lets nobody else through).

    >>> request = UserRequest()
    >>> request.user = owner
    >>> request.user.shown_name
    'olga'
    """

    user: User
