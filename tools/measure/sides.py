"""A measured side in a process of its own: one JSON object a line goes in, one comes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent

Json = dict[str, Any]


class SideFailed(Exception):
    """A side died or reported an error; the message holds what it said."""


class SideProcess:
    """Runs ``python -m MODULE`` and asks it things; use as a context manager.

    Args:
        module: a module that calls :func:`serve`.
        arguments: its command line.
        environment: added to this process's own.
        log: file that its messages go to.
    """

    def __init__(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None, log: Path
    ) -> None:
        self._log = log
        with log.open("ab") as messages:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                text=True,
            )

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def ask(self, what: str, **details: Any) -> Json:
        """Returns the answer to ``what``; waits as long as it takes.

        Raises:
            SideFailed: the process died or could not do it.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"what": what, **details}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise SideFailed(self._last_words()) from None
        line = self._process.stdout.readline()
        if not line:
            raise SideFailed(self._last_words())
        answer: Json = json.loads(line)
        if "error" in answer:
            raise SideFailed(answer["error"])
        return answer

    def close(self) -> None:
        """Ends the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> SideProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _last_words(self) -> str:
        return f"the process ended; its last words:\n{self._log.read_text(errors='replace')[-2000:]}"


def serve(answers: Mapping[str, Callable[..., Json]]) -> None:
    """Answers requests from standard input until it closes; what is printed meanwhile goes to standard error."""
    replies, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request: Json = json.loads(line)
        what = request.pop("what")
        try:
            answer = answers[what](**request)
        except Exception as error:  # whatever it is, the asking side must hear of it
            answer = {"error": f"{what}: {error!r}"}
        replies.write(json.dumps(answer) + "\n")
        replies.flush()
