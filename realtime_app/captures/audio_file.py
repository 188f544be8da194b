"""The file of a capture: a WAV that grows strictly in order, so that its length says how much is here.

What was not recorded is a hole in the file, which reads as silence and takes no room. A gap is written to a journal
beside the file before the file grows over it, so that after any death the two agree again.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from uuid import UUID

from engine.wav import HEADER_BYTES, SAMPLE_BYTES, wav_header
from scribe_site.config import get_config
from sessions_app.disk import DiskFull, has_room_for_audio, naming_a_full_disk

Reason = Literal["pause", "lost"]
Gap = tuple[int, int, str]
"""First sample, sample after the last, why nothing was recorded."""


class CaptureBusy(Exception):
    """Somebody else writes to this capture."""


class OutOfOrder(Exception):
    """The sound begins later than what is held; what lies between must come first."""


def captures_dir() -> Path:
    """Returns the folder of captures, made if absent."""
    folder = get_config().data_dir / "captures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def capture_path(uuid: UUID) -> Path:
    """Returns where the audio of the capture ``uuid`` lies until it is a recording."""
    return captures_dir() / f"{uuid}.wav"


def journal_path(uuid: UUID) -> Path:
    """Returns where the gaps of the capture ``uuid`` are written."""
    return captures_dir() / f"{uuid}.gaps"


def held_samples(uuid: UUID) -> int:
    """Returns how many samples of the capture are on this machine's disk."""
    try:
        return _samples(capture_path(uuid).stat().st_size)
    except FileNotFoundError:
        return 0


def remove_capture_files(uuid: UUID) -> None:
    """Removes the capture's audio and journal, if they are there."""
    capture_path(uuid).unlink(missing_ok=True)
    journal_path(uuid).unlink(missing_ok=True)


def read_gaps(uuid: UUID) -> list[Gap]:
    """Returns the gaps that the journal holds, in order; a line that was being written when a process died is none."""
    try:
        text = journal_path(uuid).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return []
    gaps: list[Gap] = []
    for line in text.split("\n")[:-1]:
        try:
            first, end, reason = json.loads(line)
        except (TypeError, ValueError):  # a power cut leaves anything; the sound is there all the same
            break
        gaps.append((first, end, reason))
    return gaps


@contextmanager
def held_still(uuid: UUID) -> Iterator[None]:
    """Keeps everybody from writing to the capture, without touching its file; for exchanging or removing it.

    Raises:
        CaptureBusy: somebody else holds it.
        DiskFull: there is no room for even a name.
    """
    descriptor = _locked(uuid)
    try:
        yield
    finally:
        os.close(descriptor)


class CaptureFile:
    """A capture's file, held open and locked by one writer; the lock ends with its process.

    Its methods run on threads that outlive a closed socket: none may touch the descriptor once it is closed.

    Args:
        uuid: of the capture; its file is made if absent.

    Raises:
        CaptureBusy: somebody else holds it.
        DiskFull: not even its header fits.

    >>> from uuid import uuid4
    >>> uuid = uuid4()
    >>> with CaptureFile(uuid) as file:
    ...     file.append(0, pcm=bytes(32_000))
    ...     file.skip(16_000, 24_000, "pause")
    ...     file.sync(), file.gaps
    (24000, [(16000, 24000, 'pause')])
    >>> remove_capture_files(uuid)
    """

    def __init__(self, uuid: UUID) -> None:
        self.uuid = uuid
        self._turn = threading.Lock()
        self._held = self._safe = 0
        self._gaps: list[Gap] = []
        self._journal_is_ahead = False
        self._descriptor = _locked(uuid)
        try:
            self._repair()
        except BaseException:
            os.close(self._descriptor)
            raise

    @property
    def held(self) -> int:
        """Samples in the file."""
        return self._held

    @property
    def gaps(self) -> list[Gap]:
        """What was not recorded, in order."""
        return list(self._gaps)

    def append(self, first: int, pcm: bytes) -> None:
        """Writes sound that begins at sample ``first``; what is held already is left as it is.

        Args:
            first: number of its first sample.
            pcm: 16-bit samples, little-endian.

        Raises:
            OutOfOrder: it begins later than what is held.
            DiskFull: no room; nothing of it is held.
        """
        with self._turn:
            if first > self._held:
                raise OutOfOrder
            new = memoryview(pcm)[(self._held - first) * SAMPLE_BYTES :]
            if not new:
                return
            if not has_room_for_audio():
                raise DiskFull
            at = HEADER_BYTES + self._held * SAMPLE_BYTES
            count = len(new) // SAMPLE_BYTES
            try:
                with naming_a_full_disk():
                    while new:
                        written = os.pwrite(self._descriptor, new, at)
                        new, at = new[written:], at + written
            except BaseException:
                os.ftruncate(self._descriptor, HEADER_BYTES + self._held * SAMPLE_BYTES)
                raise
            self._held += count

    def skip(self, first: int, end: int, reason: Reason) -> None:
        """Leaves silence from sample ``first`` up to ``end``; what of it is held already is left as it is.

        Raises:
            OutOfOrder: it begins later than what is held.
            DiskFull: the journal can't be written.
        """
        with self._turn:
            if first > self._held:
                raise OutOfOrder
            if end <= self._held:
                return
            gap = (self._held, end, reason)
            with naming_a_full_disk():
                self._write_to_journal(gap)
                os.ftruncate(self._descriptor, HEADER_BYTES + end * SAMPLE_BYTES)
            self._gaps.append(gap)
            self._held = end

    def sync(self) -> int:
        """Returns how much is held, once all of it is safe from a power cut.

        Where that fails, nothing since the last success is held any more: the system may have thrown it away, and
        would not say so again.

        Raises:
            DiskFull: the file system had promised room that it does not have.
        """
        with self._turn, naming_a_full_disk():
            try:
                if self._journal_is_ahead:
                    self._trim_journal()
                os.fsync(self._descriptor)
            except BaseException:
                self._go_back()
                raise
            self._safe = self._held
            return self._held

    def complete(self) -> None:
        """Writes the true length into the header: a whole WAV file."""
        with self._turn, naming_a_full_disk():
            os.pwrite(self._descriptor, wav_header(self._held * SAMPLE_BYTES), 0)
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Lets go of the file and its lock; may be called twice."""
        with self._turn:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def __enter__(self) -> CaptureFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _go_back(self) -> None:
        self._held = self._safe
        self._gaps = [gap for gap in self._gaps if gap[1] <= self._safe]
        self._journal_is_ahead = True
        os.ftruncate(self._descriptor, HEADER_BYTES + self._held * SAMPLE_BYTES)

    def _repair(self) -> None:
        """Brings file and journal together again, wherever a death interrupted their writing, and makes them safe."""
        with naming_a_full_disk():
            os.pwrite(self._descriptor, wav_header(0), 0)
            self._bring_together()
            os.fsync(self._descriptor)
            _sync_folder()
        self._safe = self._held

    def _bring_together(self) -> None:
        self._held = _samples(os.fstat(self._descriptor).st_size)
        self._gaps = []
        for first, end, reason in read_gaps(self.uuid):
            if first <= self._held:  # else the sound before it was lost with the power
                self._gaps.append((first, end, reason))
                self._held = max(self._held, end)
        os.ftruncate(self._descriptor, HEADER_BYTES + self._held * SAMPLE_BYTES)
        self._trim_journal()

    def _trim_journal(self) -> None:
        """Takes out of the journal what does not hold, so that it can be written on."""
        text = "".join(f"{json.dumps(gap)}\n" for gap in self._gaps)
        path = journal_path(self.uuid)
        if path.exists() and path.read_text(encoding="ascii", errors="replace") != text:
            draft = path.with_suffix(".gaps-new")
            with draft.open("w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _sync_folder()
        self._journal_is_ahead = False

    def _write_to_journal(self, gap: Gap) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        journal = os.open(journal_path(self.uuid), flags, 0o644)
        line = f"{json.dumps(gap)}\n".encode("ascii")
        size = os.fstat(journal).st_size
        try:
            if os.write(journal, line) < len(line):
                raise OSError(errno.ENOSPC, "the journal took half a line")
            os.fsync(journal)
        except BaseException:
            os.ftruncate(journal, size)
            raise
        finally:
            os.close(journal)
        if size == 0:
            _sync_folder()


def _locked(uuid: UUID) -> int:
    """Returns a descriptor of the capture's file, made if absent, that nobody else can have until it is closed."""
    path = capture_path(uuid)
    while True:
        with naming_a_full_disk():
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise CaptureBusy from None
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # it was removed or exchanged before it could be locked


def _sync_folder() -> None:
    """Makes names of files safe, too."""
    folder = os.open(captures_dir(), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _samples(size: int) -> int:
    return max(0, size - HEADER_BYTES) // SAMPLE_BYTES
