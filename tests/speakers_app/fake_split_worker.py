"""A worker process that splits voices slowly and on record; ``python -m`` it beside a test's installation.

``FAKE`` says how it behaves: ``stuck`` never comes back from listening to the lines, ``deadly`` dies after everything
was stored, within the transaction; anything else works. Each task that is begun is a line in ``FAKE_LOG``.
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

from engine.fakes import FakeVoiceEncoder  # noqa: E402
from sessions_app import jobs  # noqa: E402
from speakers_app.errands import split as procedure  # noqa: E402
from tests.sessions_app.runs.fake_engine import FakeEngine  # noqa: E402

HOW = os.environ["FAKE"]
apply, embed_lines = procedure.apply, procedure.embed_lines


def embed_on_record(*args):
    with Path(os.environ["FAKE_LOG"]).open("a") as log:
        log.write("begin\n")
    if HOW == "stuck":
        time.sleep(600)
    return embed_lines(*args)


def apply_and_die(*args):
    apply(*args)
    os.kill(os.getpid(), signal.SIGKILL)


class Engine(FakeEngine):
    def voice_encoder(self):
        return FakeVoiceEncoder("fake-diarizer", bands=2)


procedure.embed_lines = embed_on_record
if HOW == "deadly":
    procedure.apply = apply_and_die
engine = Engine()
jobs.get_engine = lambda: engine
call_command("worker")
