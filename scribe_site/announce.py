"""Waits until the web process answers, then says so on the terminal: the last line that ``make run`` prints."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Iterator

from scribe_site.config import Config, get_config
from scribe_site.own_names import is_loopback, own_addresses

_PATIENCE_S = 60


def wait_for_web(host: str, port: int, patience_s: float = _PATIENCE_S) -> bool:
    """Returns whether an HTTP server answers on ``host:port`` within ``patience_s`` seconds.

    >>> wait_for_web("127.0.0.1", 9, patience_s=0.0)
    False
    """
    reachable = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(reachable, port, timeout=5)
        try:
            connection.request("HEAD", "/", headers={"Host": f"localhost:{port}"})
            connection.getresponse()
        except OSError:
            time.sleep(0.2)
        else:
            return True
        finally:
            connection.close()
    return False


def _for_others(config: Config) -> Iterator[str]:
    """Yields what people at other devices of the house need to know, where they can reach this one."""
    address = next(iter(own_addresses()), None)
    if is_loopback(config.host) or address is None:
        return
    if config.https_port:
        yield f"For other devices: https://{address}:{config.https_port}  (each warns once; go on)"
    else:
        yield f"For other devices: http://{address}:{config.port}  (to record there, set SCRIBE_HTTPS_PORT)"


def main(host: str, port: int) -> int:
    """Prints the address once it answers; returns the exit status."""
    if wait_for_web(host, port):
        sys.stdout.write(f"\n  Scribe is ready:  http://localhost:{port}\n")
        for line in _for_others(get_config()):
            sys.stdout.write(f"  {line}\n")
        sys.stdout.write("  Stop it with Ctrl-C.\n\n")
        return 0
    sys.stdout.write(
        "\n  Scribe's web process does not answer; its log is logs/web.log in the data directory.\n\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
