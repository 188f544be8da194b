"""A worker process that cuts clips on record; ``python -m`` it beside a test's installation.

``FAKE`` says how it behaves: ``stuck`` never comes back from the third clip, ``packing`` dies with half a zip written,
``stored`` dies after the zip was put into storage; anything else works. Each clip cut is a line in ``FAKE_LOG``.
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

from sessions_app import jobs  # noqa: E402
from sessions_app.clips import errand, folder  # noqa: E402
from tests.sessions_app.runs.fake_engine import FakeEngine  # noqa: E402

HOW = os.environ["FAKE"]
LOG = Path(os.environ["FAKE_LOG"])
cut, store_file = folder.cut, errand.store_file


def cut_on_record(audio, spans, form):
    if HOW == "stuck" and spans[0].start_ms == 400:
        time.sleep(600)
    sound = cut(audio, spans, form)
    with LOG.open("a") as log:
        log.write(f"cut {spans[0].start_ms}\n")
    return sound


def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)


def die_half_packed(path, name):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    die()


def store_and_die(path, name):
    store_file(path, name)
    die()


folder.cut = cut_on_record
if HOW == "packing":
    errand.store_file = die_half_packed
if HOW == "stored":
    errand.store_file = store_and_die
engine = FakeEngine()
jobs.get_engine = lambda: engine
call_command("worker")
