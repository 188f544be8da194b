"""The audio of a capture that lies on another machine, fetched from its web process while it grows."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit
from uuid import UUID

from django.urls import reverse

from engine.clock import SAMPLE_RATE
from engine.values import Samples
from engine.wav import SAMPLE_BYTES
from realtime_app.captioner.audio import NoSound, to_samples
from realtime_app.captures.tokens import captioner_token

PATIENCE_S = 4.0
"""How long the web process may take to answer."""
ENOUGH_BYTES = 10 * SAMPLE_RATE * SAMPLE_BYTES
"""While so much is here that nobody has taken, no more is asked for."""


class AudioOverHttp:
    """Asks for what is new each time it looks, over one connection.

    Args:
        uuid: of the capture.
        web_url: address of the web process.
        first: the sample that is wanted first.

    >>> audio = AudioOverHttp(UUID(int=7), "http://127.0.0.1:9")  # where nobody answers
    >>> audio.held()
    Traceback (most recent call last):
        ...
    realtime_app.captioner.audio.NoSound: the web process does not answer: ConnectionRefusedError(...)
    """

    def __init__(self, uuid: UUID, web_url: str, first: int = 0) -> None:
        address = urlsplit(web_url)
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(address.hostname or "127.0.0.1", address.port, timeout=PATIENCE_S)
        self._uuid = uuid
        self._path = reverse("capture-audio", args=[uuid])
        self._first = first
        self._data = b""
        self._held = 0

    def held(self) -> int:
        """Fetches what is new unless enough is here, and returns how many samples the web process has."""
        if len(self._data) < ENOUGH_BYTES:
            self._fetch()
        return self._held

    def samples(self, first: int, end: int) -> Samples:
        """Returns samples ``first`` to ``end`` (exclusive), fewer where they are not there; forgets those before."""
        if not self._first <= first <= self._next:
            self._first, self._data = first, b""
        self._data = self._data[(first - self._first) * SAMPLE_BYTES :]
        self._first = first
        if self._next < min(end, self._held):
            self._fetch()
        return to_samples(self._data[: max(0, end - first) * SAMPLE_BYTES])

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    @property
    def _next(self) -> int:
        return self._first + len(self._data) // SAMPLE_BYTES

    def _fetch(self) -> None:
        headers = {
            "Authorization": f"Captioner {captioner_token(self._uuid)}"
        }  # anew: it does not last an evening
        try:
            self._connection.request("GET", f"{self._path}?from={self._next}", headers=headers)
            answer = self._connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise NoSound(f"the web process does not answer: {error!r}") from error
        if answer.status != http.client.OK:
            self._connection.close()
            raise NoSound(f"the web process does not give {self._path}: {answer.status}")
        self._data += data
        self._held = int(answer.headers.get("X-Scribe-Held", self._next))
