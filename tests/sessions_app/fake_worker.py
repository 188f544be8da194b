"""A worker process whose words are made up, slowly and on record; ``python -m`` it beside a test's installation.

``FAKE`` says how it behaves: ``slow`` takes ``FAKE_S`` seconds for a chunk, ``stuck`` never comes back from one,
``deadly`` kills its process at the second chunk. Each beginning and end of a chunk is a line in ``FAKE_LOG``.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scribe_site.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from engine.fakes import FakeTranscriber  # noqa: E402
from sessions_app import jobs  # noqa: E402
from tests.sessions_app.runs.fake_engine import FakeEngine  # noqa: E402

HOW = os.environ["FAKE"]
SECONDS = float(os.environ.get("FAKE_S", "0.5"))
LOG = Path(os.environ["FAKE_LOG"])


def note(what: str) -> None:
    with LOG.open("a") as log:
        log.write(what + "\n")


class OnRecord(FakeTranscriber):
    def transcribe(self, audio, chunk, request, on_progress=lambda *_: None):
        note(f"begin {chunk.index}")
        if HOW == "stuck":
            time.sleep(600)
        if HOW == "deadly" and chunk.index == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        steps = 10
        for step in range(steps):
            time.sleep(SECONDS / steps)
            on_progress("transcribe", step, steps)
        heard = super().transcribe(audio, chunk, request)
        note(f"end {chunk.index}")
        return heard


engine = FakeEngine(chunk_ms=int(os.environ.get("FAKE_CHUNK_MS", "4000")))
engine.asr = OnRecord()
jobs.get_engine = lambda: engine
call_command("worker")
