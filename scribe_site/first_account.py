"""The first account of a new installation, with a password that is shown once."""

from __future__ import annotations

import secrets

from django.db import transaction

from sessions_app.models import User

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without the letters and digits that people mistake for one another."""


def make_first_account(name: str) -> str | None:
    """Makes an operator's account named ``name`` where no account exists yet.

    Returns:
        The password, which is kept nowhere; None where somebody has an account already.

    >>> make_first_account("gm") is None, User.objects.contains(owner)
    (True, True)
    >>> rows = campaign.delete(), User.objects.all().delete()
    >>> password = make_first_account("gm")
    >>> User.objects.get().check_password(password)
    True
    """
    with transaction.atomic():
        if User.objects.exists():
            return None
        groups = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4)]
        password = "-".join(groups)
        User.objects.create_superuser(username=name, password=password)
    return password
