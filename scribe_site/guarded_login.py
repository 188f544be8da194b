"""Passwords can't be tried without end: after some wrong ones, an account waits before it is asked again.

>>> from django.test import RequestFactory
>>> GuardedBackend().authenticate(RequestFactory().post("/login/"), username="olga", password="wrong")
"""

from __future__ import annotations

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from sessions_app.models import User


class GuardedBackend(AxesStandaloneBackend, ModelBackend):  # type: ignore[misc]  # axes has no types
    """Django's own login by name and password, behind django-axes' count of failures.

    One backend and not two, so that whoever logs somebody in without a password need not say which one is meant.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Returns who it is, or None.

        Raises:
            AxesBackendPermissionDenied: the password was wrong too often; whether it is right now is not looked at.
        """
        super().authenticate(request, username=username, password=password, **kwargs)
        return ModelBackend.authenticate(self, request, username, password, **kwargs)
