"""The blocks of a transcript's page, fetched as a browser does."""

from __future__ import annotations

import re

from django.urls import reverse

ADDRESS = re.compile(r'data-url="([^"]+)"')


def addresses(client, session, **query) -> list[str]:
    """Returns the address of each block of the page that ``query`` chooses."""
    page = client.get(reverse("session-transcript", args=[session.uuid]), query).content.decode()
    return [address.replace("&amp;", "&") for address in ADDRESS.findall(page)]


def blocks(client, session, **query) -> list[str]:
    """Returns each block's lines."""
    return [client.get(address).content.decode() for address in addresses(client, session, **query)]
