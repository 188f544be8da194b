"""How soon the server has the first part of a long transcript's page."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path

from tools.measure.figures import Figure, middle
from tools.measure.installation import Installation
from tools.measure.settings import Settings

LINES = 5_700
SHORT_LINES = 100
UNCOUNTED, COUNTED = 3, 21


def figures(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the time of the first part of a 5,700-line page through the web process, and that of a short one."""
    with Installation(folder / "page", model=settings.nano, workers=1, threads=1, web=True) as site:
        login = site.ask("log_in")["headers"]
        for key, lines, most in (("page.first_part_ms", LINES, 150.0), ("page.short_ms", SHORT_LINES, None)):
            path = site.ask("write_lines", lines=lines)["path"]
            times = [_ask(site.port, path, login) for _ in range(UNCOUNTED + COUNTED)][UNCOUNTED:]
            yield middle(key, [ms for ms, _ in times], "ms", at_most=most)
            if lines == LINES:
                yield Figure("page.first_part_kb", times[0][1] / 1000, "kB")


def _ask(port: int, path: str, login: dict[str, str]) -> tuple[float, int]:
    """Returns the milliseconds until the whole page was here, and its bytes; the connection is made beforehand."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.connect()
        began = time.perf_counter()
        connection.request("GET", path, headers=login)
        answer = connection.getresponse()
        body = answer.read()
        taken = (time.perf_counter() - began) * 1000
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path} answered {answer.status}")
    return taken, len(body)
