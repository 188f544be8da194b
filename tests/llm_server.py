"""A stand-in for an OpenAI-compatible server: answers over HTTP by a simple rule, or as badly as a test asks it to."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]

MODEL = "stand-in"

_RULES = re.compile(
    r"\d|\b(roll|rol|worp|gooi|gooien|check|initiative|initiatief|hit points?|hitpoints?|damage|schade|slots?)\b",
    re.IGNORECASE,
)
_TABLE = re.compile(
    r"\b(pizza|crisps|chips|coffee|koffie|microphone|microfoon|babysitter|oppas|train|trein|phone|telefoon)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    path: str
    key: str
    body: Json

    @property
    def standing(self) -> str:
        """What the model is told beforehand; empty where that came with the question."""
        return "".join(m["content"] for m in self.body["messages"] if m["role"] == "system")

    @property
    def asking(self) -> str:
        """What it is asked."""
        return "".join(m["content"] for m in self.body["messages"] if m["role"] == "user")

    @property
    def rows(self) -> list[Json]:
        """The lines that are shown, in their order."""
        found = [json.loads(line) for line in self.asking.splitlines() if line.startswith("{")]
        return [row for row in found if "text" in row]

    @property
    def numbered(self) -> list[Json]:
        """Those that are asked about."""
        return [row for row in self.rows if "n" in row]


@dataclass(frozen=True)
class Sent:
    """What the server sends back."""

    body: Json | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    type: str = "application/json"


Behaviour = Callable[[Asked], Sent | None]
"""Answers a request; None leaves it without an answer until the caller hangs up."""


def judge(row: Json) -> Json:
    """Returns the label of a line by a rule that a person sees through at once."""
    kind = "character"
    if _TABLE.search(row["text"]):
        kind = "ooc_other"
    elif _RULES.search(row["text"]):
        kind = "rules"
    elif row.get("role") == "dm":
        kind = "dm_narration"
    return {
        "n": row["n"],
        "label": "OOC" if kind in ("rules", "ooc_other") else "IC",
        "kind": kind,
        "character": row.get("plays", "") if kind == "character" else "",
        "confidence": 0.9,
    }


def said(text: str | None, finish: str = "stop", refusal: str | None = None) -> Sent:
    """Returns a completion that says ``text``."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return Sent(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    )


def answered(rows: list[Json]) -> Sent:
    """Returns a completion with ``rows`` as its lines."""
    return said(json.dumps({"lines": rows}, ensure_ascii=False))


def well(asked: Asked) -> Sent:
    """Answers every line."""
    return answered([judge(row) for row in asked.numbered])


def silently(asked: Asked) -> None:
    """Answers nothing."""


def refusing(asked: Asked) -> Sent:
    """Declines."""
    return said(None, refusal="I can't help with that.")


def failing(status: int, message: str = "", code: str | None = None, **headers: str) -> Behaviour:
    """Returns a behaviour that answers with an error."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked: Sent({"error": {"message": message, "code": code}}, status, names)


def changed(change: Callable[[list[Json]], list[Json]]) -> Behaviour:
    """Returns a behaviour that answers well, but for what ``change`` does to the rows."""
    return lambda asked: answered(change([judge(row) for row in asked.numbered]))


def saying(text: str, finish: str = "stop") -> Behaviour:
    """Returns a behaviour that always says ``text``."""
    return lambda asked: said(text, finish)


def without(*forms: str) -> Behaviour:
    """Returns a behaviour that answers well, but refuses these kinds of ``response_format``."""

    def behave(asked: Asked) -> Sent:
        form = asked.body.get("response_format", {}).get("type")
        if form in forms:
            message = f"response_format of type {form} is not supported"
            return Sent({"error": {"message": message}}, 400)
        return well(asked)

    return behave


class LlmServer:
    """Runs on a port of its own; ``script`` holds what it does next, ``always`` what it does when that is empty."""

    def __init__(self) -> None:
        self.always: Behaviour = well
        self.script: deque[Behaviour] = deque()
        self.requests: list[Asked] = []
        self.hung_up = threading.Event()
        """Set once a caller that got no answer closed the connection."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """The address, as it would stand in the settings."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def behave(self, asked: Asked) -> Sent | None:
        """Answers one request, and keeps it."""
        self.requests.append(asked)
        return (self.script.popleft() if self.script else self.always)(asked)

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Closes the port; from then on connections are refused."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(server: LlmServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sent = server.behave(Asked(self.path, self.headers.get("Authorization", ""), body))
            if sent is None:
                self._wait_for_hanging_up()
                return
            text = sent.body if isinstance(sent.body, str) else json.dumps(sent.body)
            self.send_response(sent.status)
            self.send_header("Content-Type", sent.type)
            for name, value in sent.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def _wait_for_hanging_up(self) -> None:
            self.connection.settimeout(20)
            if self.connection.recv(1) == b"":
                server.hung_up.set()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler


@contextmanager
def llm_server() -> Iterator[LlmServer]:
    """Runs a server for the length of the block."""
    server = LlmServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
