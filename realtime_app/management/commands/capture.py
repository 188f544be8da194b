"""``manage.py capture``: records a file, a growing file or a sound card into a session, over the network."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import math
import os
import signal
import ssl
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine.clock import SAMPLE_RATE, clock, samples_to_ms
from engine.errors import EngineError
from realtime_app.client.growing import QUIET_S, GrowingFile
from realtime_app.client.recorder import Recorder
from realtime_app.client.sound_card import NoDevice, SoundCard, devices
from realtime_app.client.sources import RecordedFile, Source
from realtime_app.client.tape import Tape, unfinished
from realtime_app.client.uplink import Barred, Device, Uplink

DEVICE = "device"
TAPES = Path.home() / ".scribe" / "captures"
TOKEN_VARIABLE = "SCRIBE_CAPTURE_TOKEN"  # noqa: S105 (a name)
REFUSED, SOURCE_FAILED, LEFT_OPEN = 3, 4, 130
SHOW_EVERY_S = 0.5
OUTCOMES = {
    "stopped": "All of it is with the server, which makes a recording of it.",
    "finished": "All of it is with the server, and it is a recording.",
    "discarded": "The capture was discarded on the server.",
}


class Command(BaseCommand):
    """Records until the source ends or Ctrl-C; a second Ctrl-C leaves the capture open, for ``--resume``."""

    help = (
        "Records a file, a growing file or a sound card into a session, over the network. Get a token on the session's "
        f"live page; give it in the environment ({TOKEN_VARIABLE}), when asked, or with --token. "
        "Exit status: 0 all is with the server, 3 the server refuses, 4 the source failed, 130 left open."
    )
    requires_system_checks: list[str] = []  # it needs no database
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the command line."""
        parser.add_argument("source", nargs="?", help=f"a file; or '{DEVICE}', the sound card")
        parser.add_argument("--url", default="http://localhost:8000", help="the server's pages (%(default)s)")
        parser.add_argument("--token", help="see above; other users of this machine can see a command line")
        parser.add_argument("--label", default="", help="what the capture is called on the live page")
        parser.add_argument(
            "--speed",
            type=_speed,
            default=1.0,
            help="how fast a file is played: a number, or max (%(default)s)",
        )
        parser.add_argument("--follow", action="store_true", help="the file is still being written")
        parser.add_argument(
            "--quiet",
            type=float,
            default=QUIET_S,
            metavar="S",
            help="a file that does not grow for so long is over (%(default)s)",
        )
        parser.add_argument(
            "--format", choices=("auto", "raw"), default="auto", help="raw: 16-bit samples, no header"
        )
        parser.add_argument(
            "--rate", type=int, default=SAMPLE_RATE, help="samples a second of raw sound (%(default)s)"
        )
        parser.add_argument(
            "--channels", type=int, choices=(1, 2), default=1, help="of raw sound (%(default)s)"
        )
        parser.add_argument(
            "--device", metavar="NAME", help="a sound-card device: its name, part of it, or its number"
        )
        parser.add_argument("--list-devices", action="store_true", help="list the sound-card devices and end")
        parser.add_argument(
            "--no-captions", action="store_true", help="another device in the same room is captioned"
        )
        parser.add_argument(
            "--resume", action="store_true", help="go on with the last unfinished capture of this source"
        )
        parser.add_argument(
            "--tapes", type=Path, default=TAPES, help="where unsent audio is kept (%(default)s)"
        )
        parser.add_argument("--ca", type=Path, metavar="FILE", help="certificate to trust, for https")

    def handle(self, **options: Any) -> None:
        """Records."""
        if options["list_devices"]:
            with _told():
                self.stdout.write(devices())
            return
        name = DEVICE if options["device"] is not None else options["source"]
        if not name:
            raise CommandError("Name a file to record, or --device.", returncode=2)
        known = name if name == DEVICE else str(Path(name).resolve())
        folder = unfinished(options["tapes"], known) if options["resume"] else None
        if options["resume"] and folder is None:
            raise CommandError(
                "There is nothing to go on with: no unfinished capture of this source.", returncode=2
            )
        tape = Tape(folder or options["tapes"] / uuid.uuid4().hex, known)
        try:
            source = _source(name, tape, options)
            token = options["token"] or os.environ.get(TOKEN_VARIABLE, "") or ("" if tape.token else _asked())
            tls = ssl.create_default_context(cafile=options["ca"]) if options["ca"] else None
            device = Device(options["label"], captioned=not options["no_captions"])
            uplink = Uplink(options["url"], token.strip(), tape, device, tls=tls)
        except (ValueError, OSError) as error:
            _forget_if_empty(tape)
            raise CommandError(str(error), returncode=2) from None
        with _told():
            asyncio.run(self._record(source, tape, uplink, options["speed"]))

    async def _record(self, source: Source, tape: Tape, uplink: Uplink, speed: float) -> None:
        recorder = Recorder(source, tape, uplink, speed=speed)
        recording = asyncio.create_task(recorder.run())
        showing = asyncio.create_task(self._show(tape, uplink))
        presses = 0

        def pressed() -> None:
            nonlocal presses
            presses += 1
            if presses == 1:
                recorder.stop()
                self.stderr.write(
                    "\nStopping; what is not sent yet is sent. Press again to leave it for later."
                )
            else:
                recording.cancel()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # on Windows
                loop.add_signal_handler(number, pressed)
        try:
            ending = await recording
        except asyncio.CancelledError:
            raise CommandError(_left(tape, "Left open."), returncode=LEFT_OPEN) from None
        except Barred as barred:
            raise CommandError(_left(tape, f"The server refuses: {barred}."), returncode=REFUSED) from None
        except (EngineError, NoDevice, OSError) as error:
            raise CommandError(_left(tape, str(error)), returncode=SOURCE_FAILED) from None
        finally:
            showing.cancel()
            self.stdout.write("")
        self.stdout.write(f"{_figures(tape)}. {OUTCOMES[ending]}")
        tape.remove()

    async def _show(self, tape: Tape, uplink: Uplink) -> None:
        """Keeps one line up to date on a terminal, or writes one where the connection changes."""
        terminal = self.stdout.isatty()
        shown = ""
        while True:
            if terminal:
                self.stdout.write(f"\r{_figures(tape)}, {uplink.state}   ", ending="")
                self.stdout.flush()
            elif uplink.state != shown:
                shown = uplink.state
                self.stdout.write(f"{_figures(tape)}, {uplink.state}")
            await asyncio.sleep(SHOW_EVERY_S)


def _speed(text: str) -> float:
    speed = math.inf if text == "max" else float(text)
    if not speed > 0:
        raise argparse.ArgumentTypeError("a speed is a number above 0, or max")
    return speed


def _source(name: str, tape: Tape, options: dict[str, Any]) -> Source:
    """Returns what is to be recorded, from where the tape ends.

    Raises:
        ValueError: there is no such file, or the options contradict each other.
    """
    if name == DEVICE:
        lost_s = _since(tape)
        if tape.next and lost_s > 0:
            tape.skip(round(lost_s * SAMPLE_RATE), "lost")
        return SoundCard(options["device"] or "")
    path = Path(name)
    if not path.is_file() and not options["follow"]:
        raise ValueError(f"There is no file {name}.")
    if options["follow"]:
        return GrowingFile(
            path,
            tape.next,
            form=options["format"],
            rate=options["rate"],
            channels=options["channels"],
            quiet_s=options["quiet"],
        )
    if options["format"] == "raw":  # a raw file that is finished is one that has stopped growing
        raw = GrowingFile(
            path, tape.next, form="raw", rate=options["rate"], channels=options["channels"], quiet_s=0.0
        )
        raw.is_live = False
        return raw
    return RecordedFile(path, tape.next)


def _since(tape: Tape) -> float:
    """Returns the seconds since the tape's first sample, by the clock on the wall."""
    return time.time() - tape.began_at


def _asked() -> str:
    """Returns the token from standard input, which does not show it.

    Raises:
        ValueError: none was given.
    """
    token = getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not token.strip():
        raise ValueError("A token is needed; the session's live page gives one.")
    return token


def _figures(tape: Tape) -> str:
    return f"recorded {clock(samples_to_ms(tape.next))}, with the server {clock(samples_to_ms(tape.held))}"


def _left(tape: Tape, why: str) -> str:
    if _forget_if_empty(tape):
        return why
    return f"{why} {_figures(tape)}. The rest is kept in {tape.folder}; --resume goes on with it."


def _forget_if_empty(tape: Tape) -> bool:
    if tape.next or tape.token:
        return False
    tape.remove()
    return True


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turns what is for people into the end of the command."""
    try:
        yield
    except (EngineError, NoDevice) as error:
        raise CommandError(str(error), returncode=SOURCE_FAILED) from None
