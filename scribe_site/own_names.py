"""The names and addresses by which other machines of the house reach this one."""

from __future__ import annotations

import ipaddress
import socket

_NOWHERE = ("192.0.2.1", 9)
"""An address for documentation: asking the way there sends nothing, and tells which address this machine would use."""


def own_names() -> list[str]:
    """Returns this machine's name, its name on the local network, and its addresses there; the likeliest first."""
    host = socket.gethostname().split(".")[0].lower()
    return [*own_addresses(), *([host, f"{host}.local"] if host else [])]


def own_addresses() -> list[str]:
    """Returns this machine's IPv4 addresses that others can reach, that of the default route first."""
    found = [_on_the_way_out(), *_of_the_name()]
    return [address for address in dict.fromkeys(found) if address and not _is_local(address)]


def is_loopback(host: str) -> bool:
    """Returns whether a server that listens on ``host`` is reached from this machine alone.

    >>> is_loopback("127.0.0.1"), is_loopback("192.168.1.20")
    (True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _on_the_way_out() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _of_the_name() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        return []
    return [str(address[0]) for *_, address in found]


def _is_local(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return found.is_loopback or found.is_unspecified
