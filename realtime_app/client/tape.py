"""The tape: everything recorded that the server does not hold yet, on this machine's disk."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.clock import SAMPLE_RATE

Int16 = NDArray[np.int16]
Reason = Literal["pause", "lost"]

REEL = 60 * SAMPLE_RATE
"""Samples in one file of the tape; a file is removed when the server holds all of it."""
SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples from ``first`` on."""

    first: int
    samples: Int16

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.first + len(self.samples)


@dataclass(frozen=True, slots=True)
class Gap:
    """No sound from ``first`` up to ``end``, and never any."""

    first: int
    end: int
    reason: Reason


class Tape:
    """A capture's audio in a folder, which another run of the program can go on with after this one was killed.

    Samples are with the operating system as soon as they are added, so that they outlive this program.

    Args:
        folder: made if absent; nobody else may look into it, because it holds the capture's token.

    Attributes:
        key: names the capture to the server.
        token: the server's, for this capture alone; empty before the first conversation.
        source: what is recorded, for whoever looks for a tape to go on with.
        began_at: the time on the wall at sample 0.
        held: what the server holds.
        next: the next sample to be added.
        is_complete: whether nothing will be added.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tape = Tape(Path(folder), source="Headset")
    ...     tape.add(np.zeros(16_000, np.int16))
    ...     tape.skip(24_000, "pause")
    ...     tape.hold(16_000)  # the server has the sound
    ...     tape.unsent, tape.read(16_000, most=48_000)
    (8000, Gap(first=16000, end=24000, reason='pause'))
    """

    def __init__(self, folder: Path, source: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        known: dict[str, Any] = {}
        with contextlib.suppress(FileNotFoundError):
            known = json.loads(self._notes.read_text())
        self.key: str = known.get("key") or uuid.uuid4().hex
        self.token: str = known.get("token", "")
        self.source: str = known.get("source", source)
        self.began_at: float = known.get("began_at") or time.time()
        self._gaps = [Gap(*gap) for gap in known.get("gaps", ())]
        self._reels = sorted(int(path.stem) for path in folder.glob("*.pcm"))
        self.held = 0
        self.next = self._end()
        self.is_complete = False
        self._note()

    @property
    def unsent(self) -> int:
        """Samples that the server does not hold."""
        return max(0, self.next - self.held)

    def add(self, samples: Int16) -> None:
        """Adds samples behind all others."""
        data = samples.astype("<i2", copy=False).tobytes()
        while data:
            number, place = divmod(self.next, REEL)
            part = data[: (REEL - place) * SAMPLE_BYTES]
            path = self._path(number)
            if number not in self._reels[-1:]:
                path.touch()
                self._reels.append(number)
            with path.open("r+b") as file:
                file.seek(place * SAMPLE_BYTES)
                file.write(part)
            self.next += len(part) // SAMPLE_BYTES
            data = data[len(part) :]

    def skip(self, end: int, reason: Reason) -> None:
        """Notes that there is no sound up to sample ``end``."""
        if end > self.next:
            self._gaps.append(Gap(self.next, end, reason))
            self._note()
            self.next = end

    def read(self, at: int, most: int) -> Sound | Gap | None:
        """Returns what begins at sample ``at``, at most so many samples; None where there is nothing yet."""
        if at >= self.next:
            return None
        oldest = self._reels[0] * REEL if self._reels else self.next
        end = min(self.next, at + most, (at // REEL + 1) * REEL)
        for gap in self._gaps:
            if gap.first <= at < gap.end:
                return Gap(at, gap.end, gap.reason)
            if at < gap.first:
                end = min(end, gap.first)
        if at < oldest:  # the server held it once, and does no more
            return Gap(
                at, min(oldest, min((g.first for g in self._gaps if g.first > at), default=oldest)), "lost"
            )
        with self._path(at // REEL).open("rb") as file:
            file.seek(at % REEL * SAMPLE_BYTES)
            data = file.read((end - at) * SAMPLE_BYTES)
        return Sound(at, np.frombuffer(data, dtype="<i2").astype(np.int16, copy=False))

    def hold(self, samples: int) -> None:
        """Forgets what the server holds, but for the last file, whose end says how much was recorded."""
        self.held = max(self.held, samples)
        while len(self._reels) > 1 and (self._reels[0] + 1) * REEL <= samples:
            self._path(self._reels.pop(0)).unlink(missing_ok=True)

    def keep_token(self, token: str) -> None:
        """Notes the token with which the capture is gone on with."""
        if token != self.token:
            self.token = token
            self._note()

    def remove(self) -> None:
        """Removes the tape: the server has it all."""
        for path in [*self.folder.glob("*.pcm"), self._notes]:
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    @property
    def _notes(self) -> Path:
        return self.folder / "tape.json"

    def _note(self) -> None:
        gaps = [[gap.first, gap.end, gap.reason] for gap in self._gaps]
        notes = {
            "key": self.key,
            "token": self.token,
            "source": self.source,
            "began_at": self.began_at,
            "gaps": gaps,
        }
        draft = self._notes.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(notes))
        draft.replace(self._notes)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06}.pcm"

    def _end(self) -> int:
        ends = [gap.end for gap in self._gaps]
        if self._reels:
            last = self._reels[-1]
            ends.append(last * REEL + self._path(last).stat().st_size // SAMPLE_BYTES)
        return max(ends, default=0)


def unfinished(folder: Path, source: str) -> Path | None:
    """Returns the folder of the newest tape of ``source`` under ``folder`` that is not all with the server."""
    found = []
    for notes in folder.glob("*/tape.json"):
        with contextlib.suppress(OSError, ValueError):
            if json.loads(notes.read_text()).get("source") == source:
                found.append((notes.stat().st_mtime, notes.parent))
    return max(found)[1] if found else None
