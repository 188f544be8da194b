"""Markers as people set, see, delete and put them back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from engine.clock import clock
from realtime_app.live.now import moment_in
from sessions_app.models import Marker, MarkerKind, Session, User

MOST = 2000
"""Markers of one session."""
LONGEST_MS = 7 * 24 * 3_600_000
"""No session is as long; a page whose clock is off must not put markers beyond the end of time."""
_SALT = "deleted-marker"


class NoMoment(Exception):
    """There is no moment to mark, because nobody has recorded."""


class TooMany(Exception):
    """The session has as many markers as a session may have."""


@dataclass(frozen=True, slots=True)
class ShownMarker:
    """A marker as one person sees it."""

    marker: Marker
    clock: str
    is_own: bool
    """Whether that person may change it."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """A marker that is gone, and what brings it back."""

    text: str
    proof: str


class MarkerForm(forms.Form):
    """A marker as a page sends it; what it leaves out stays as it is, or is the usual."""

    uuid = forms.UUIDField(required=False)
    kind = forms.ChoiceField(choices=MarkerKind, required=False)
    text = forms.CharField(max_length=300, required=False)
    at_ms = forms.IntegerField(min_value=0, max_value=LONGEST_MS, required=False)

    def __init__(self, *args: Any, marker: Marker | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.marker = marker

    def clean(self) -> dict[str, Any]:
        """Fills in what was left out."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["text"] = " ".join(cleaned.get("text", "").split())
        if self.marker is not None and "text" not in self.data:
            cleaned["text"] = self.marker.text
        cleaned["kind"] = cleaned.get("kind") or (self.marker.kind if self.marker else MarkerKind.MOMENT)
        return cleaned

    @property
    def fault(self) -> str:
        """Why it cannot be taken, in one sentence."""
        return " ".join(str(fault) for faults in self.errors.values() for fault in faults)


def set_marker(session: Session, user: User, fields: dict[str, Any]) -> Marker:
    """Sets a marker, once: one that is there already under its uuid stays as it is.

    Args:
        session: where.
        user: who.
        fields: ``kind``, ``text``, and, if the page has chosen them, ``uuid`` and ``at_ms``.

    Raises:
        NoMoment: no time is given and nobody has recorded.
        TooMany: the session is full of them.

    >>> marker = set_marker(session, owner, {"kind": MarkerKind.MOMENT, "text": "The gate opens", "at_ms": 63_000})
    >>> [(shown.clock, shown.marker.text, shown.is_own) for shown in markers_for(session, owner)]
    [('1:03', 'The gate opens', True)]
    >>> put_back(session, deleted(marker).proof).text
    'The gate opens'
    """
    at_ms = fields["at_ms"] if fields.get("at_ms") is not None else moment_in(session)
    if at_ms is None:
        raise NoMoment(_("Nobody has recorded yet: there is no moment to mark."))
    there = {"session": session, "user": user, "kind": fields["kind"], "text": fields["text"], "at_ms": at_ms}
    with transaction.atomic():
        Session.objects.select_for_update().only("pk").get(pk=session.pk)
        known = Marker.objects.filter(uuid=fields["uuid"]).first() if fields.get("uuid") else None
        if known is not None:
            return known
        if session.markers.count() >= MOST:
            raise TooMany(_("This session has as many markers as a session may have."))
        if fields.get("uuid"):
            there["uuid"] = fields["uuid"]
        marker: Marker = Marker.objects.create(**there)
        return marker


def markers_for(session: Session, user: User | AnonymousUser) -> list[ShownMarker]:
    """Returns the markers of ``session`` as ``user`` sees them, in the order of time."""
    can_edit = session.is_editable_by(user)
    return [
        ShownMarker(marker, clock(marker.at_ms), can_edit or marker.user_id == user.pk)
        for marker in session.markers.select_related("user")
    ]


def deleted(marker: Marker) -> Deleted:
    """Deletes ``marker`` and returns what brings it back."""
    proof = signing.dumps(
        {
            "session": marker.session_id,
            "uuid": str(marker.uuid),
            "user": marker.user_id,
            "kind": marker.kind,
            "at_ms": marker.at_ms,
            "text": marker.text,
        },
        salt=_SALT,
        compress=True,
    )
    marker.delete()
    return Deleted(str(marker), proof)


def put_back(session: Session, proof: str) -> Marker:
    """Brings back what :func:`deleted` took away.

    Raises:
        signing.BadSignature: this server did not say so, or of another session, or too long ago.
    """
    was = signing.loads(proof, salt=_SALT, max_age=24 * 3600)
    if was["session"] != session.pk:
        raise signing.BadSignature("a marker of another session")
    user = User.objects.filter(pk=was["user"]).first() if was["user"] else None
    fields = {
        "session": session,
        "user": user,
        "kind": was["kind"],
        "at_ms": was["at_ms"],
        "text": was["text"],
    }
    marker, _created = Marker.objects.get_or_create(uuid=UUID(was["uuid"]), defaults=fields)
    return marker
