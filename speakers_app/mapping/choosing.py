"""Finds the campaign that somebody means on the command line.

>>> campaign_called("The Sunken Keep") == campaign
True
"""

from __future__ import annotations

from uuid import UUID

from sessions_app.models import Campaign


def campaign_called(name: str) -> Campaign:
    """Returns the campaign of that id, or the only one of that name.

    Raises:
        LookupError: when there is none, or there are several; says so in words for people.
    """
    try:
        found = list(Campaign.objects.filter(uuid=UUID(name)))
    except ValueError:
        found = list(Campaign.objects.filter(name__iexact=name)[:20])
    if not found:
        raise LookupError(f"there is no campaign “{name}”")
    if len(found) > 1:
        ids = "".join(f"\n  {campaign.uuid}  {campaign.name}" for campaign in found)
        raise LookupError(f"several campaigns are called “{name}”; give the id of one:{ids}")
    return found[0]
