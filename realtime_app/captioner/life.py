"""The life of a captioner process: it renews its leases while it works, and ends within seconds when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time

from asgiref.sync import sync_to_async

from realtime_app.captioner.leases import Leases, Pulse
from realtime_app.captioner.process import Captioner

PATIENCE_S = 3.0
"""How long an inference in hand may take to come back before the process ends without it."""


def live(captioner: Captioner, leases: Leases) -> None:
    """Captions until the process is told to end, which is the end of this process as well."""
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # before any other thread is started, which inherits it
    stopping, stopped = threading.Event(), threading.Event()
    pulse = Pulse(leases)
    pulse.start()
    threading.Thread(
        target=_end_when_told, args=(signals, stopping, stopped, pulse, leases), name="signals", daemon=True
    ).start()
    try:
        # Under a loop of its own, all that is published shares one connection; else each message makes its own.
        asyncio.run(sync_to_async(captioner.run)(stopping))
    finally:
        stopped.set()
    if stopping.is_set():
        while True:  # the other thread gives the leases back and ends the process
            time.sleep(1)


def _end_when_told(
    signals: set[signal.Signals],
    stopping: threading.Event,
    stopped: threading.Event,
    pulse: Pulse,
    leases: Leases,
) -> None:
    """Waits for a signal, lets the inference in hand end, gives the leases back, and ends the process.

    What was not stored by then is done again by whoever takes over. This thread gets the signal even while the main one
    sits in foreign code, which Python's handlers do not.
    """
    signal.sigwait(signals)
    stopping.set()
    stopped.wait(PATIENCE_S)
    try:
        pulse.end()
        leases.leave()
    finally:
        os._exit(0)
