"""One row of the access table, and the house that its addresses are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from realtime_app.models import Capture
from sessions_app.models import (
    Campaign,
    Character,
    Clip,
    Errand,
    Invitation,
    Marker,
    Membership,
    Recording,
    Run,
    Segment,
    Session,
    Upload,
    Voice,
)
from speakers_app.models import Change, Speaker, Voiceprint

PEOPLE = ("owner", "editor", "viewer", "outsider", "anonymous")


@dataclass(frozen=True)
class House:
    """One of everything, in the campaign that the cast belongs to."""

    campaign: Campaign
    membership: Membership
    invitation: Invitation
    character: Character
    session: Session
    recording: Recording
    upload: Upload
    run: Run
    voice: Voice
    segment: Segment
    speaker: Speaker
    voiceprint: Voiceprint
    change: Change
    errand: Errand
    marker: Marker
    capture: Capture
    clip: Clip
    export: Errand


def nothing(house: House) -> list[Any]:
    """Arguments of an address that names nothing."""
    return []


@dataclass(frozen=True)
class Row:
    """The statuses that one address answers with.

    ``GET="200 200 403 404 302"`` reads: owner, editor, viewer, outsider, anonymous. Any method may be given; those not
    given are not tried. ``data`` is what POST sends, ``headers`` what each request carries.
    """

    args: Callable[[House], list[Any]] = nothing
    GET: str = ""
    POST: str = ""
    HEAD: str = ""
    PATCH: str = ""
    DELETE: str = ""
    OPTIONS: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def expected(self) -> dict[str, dict[str, int]]:
        """Returns the status by method and person."""
        table = {}
        for method in ("GET", "POST", "HEAD", "PATCH", "DELETE", "OPTIONS"):
            if statuses := getattr(self, method).split():
                table[method] = dict(zip(PEOPLE, map(int, statuses), strict=True))
        return table


def of_campaign(house: House) -> list[Any]:
    """Arguments of an address under the campaign."""
    return [house.campaign.uuid]


def of_session(house: House) -> list[Any]:
    """Arguments of an address under the session."""
    return [house.session.uuid]
