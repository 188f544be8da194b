"""How a view fetches what it shows or changes: not visible is 404, visible but not allowed is 403.

>>> from sessions_app.models import Session
>>> get_editable(Session.objects, owner, uuid=session.uuid) == session
True
"""

from __future__ import annotations

from typing import Any, Protocol, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404

from sessions_app.models import User

M = TypeVar("M", bound=models.Model)
M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class _Guarded(Protocol[M_co]):
    def visible_to(self, user: User | AnonymousUser) -> Self: ...
    def editable_by(self, user: User | AnonymousUser) -> Self: ...
    def owned_by(self, user: User | AnonymousUser) -> Self: ...
    def filter(self, **lookup: Any) -> Self: ...
    def first(self) -> M_co | None: ...


def get_visible(rows: _Guarded[M], user: User | AnonymousUser, **lookup: Any) -> M:
    """Returns the row that ``lookup`` names among those that ``user`` may see.

    Raises:
        Http404: when there is none, or it is somebody else's; an outsider cannot tell which.
    """
    row = rows.visible_to(user).filter(**lookup).first()
    if row is None:
        raise Http404
    return row


def get_editable(rows: _Guarded[M], user: User | AnonymousUser, **lookup: Any) -> M:
    """Returns the row that ``lookup`` names for changing it.

    Raises:
        Http404: when ``user`` may not even see it.
        PermissionDenied: when ``user`` may only read it.
    """
    row = get_visible(rows, user, **lookup)
    if not rows.editable_by(user).filter(pk=row.pk).first():
        raise PermissionDenied
    return row


def get_owned(rows: _Guarded[M], user: User | AnonymousUser, **lookup: Any) -> M:
    """Returns the row that ``lookup`` names for what only owners do.

    Raises:
        Http404: when ``user`` may not even see it.
        PermissionDenied: when ``user`` is not an owner.
    """
    row = get_visible(rows, user, **lookup)
    if not rows.owned_by(user).filter(pk=row.pk).first():
        raise PermissionDenied
    return row
