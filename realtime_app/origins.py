"""From which pages sockets may be opened, and which programs need no page."""

from __future__ import annotations

from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from channels.security.websocket import AllowedHostsOriginValidator

OF_PROGRAMS = "/ws/captures/"
"""Here a token decides, never a cookie, so that no page of another site can act for whoever is logged in."""


def origins_checked(application: Any) -> Any:
    """Returns ``application`` for browsers on our own pages, and for programs that record.

    Browsers always say from which page a socket is opened; programs need not say so where they have a token.

    >>> from asgiref.sync import async_to_sync
    >>> from channels.testing import WebsocketCommunicator
    >>> async def socket(scope, receive, send):
    ...     await send({"type": "websocket.accept"})
    >>> async def opens(*headers):
    ...     accepted, _ = await WebsocketCommunicator(origins_checked(socket), OF_PROGRAMS, headers).connect()
    ...     return accepted
    >>> async_to_sync(opens)(), async_to_sync(opens)((b"origin", b"https://elsewhere.example"))
    (True, False)
    """
    checked = AllowedHostsOriginValidator(application)

    async def route(scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        is_program = scope["path"] == OF_PROGRAMS and all(name != b"origin" for name, _ in scope["headers"])
        await (application if is_program else checked)(scope, receive, send)

    return route
