"""What can be recorded: a finished file, a file that grows, a sound card; each gives samples or says what it lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.media import open_audio
from realtime_app.client.decoding import decoded
from realtime_app.client.tape import Int16


@dataclass(frozen=True, slots=True)
class Lost:
    """So many samples were not recorded, though time went on."""

    samples: int


Block = Int16 | Lost


class Source(Protocol):
    """Something to record.

    Attributes:
        is_live: whether its sound comes at the pace of the world, so that nobody needs to wait between blocks.
    """

    is_live: bool

    def blocks(self) -> Iterator[Block]:
        """Yields samples as they come; may wait for them; called in a thread of its own.

        Raises:
            EngineError: it can't be decoded.
            OSError: it can't be read.
        """
        ...

    def stop(self) -> None:
        """Makes :meth:`blocks` end soon, with what there is; called from another thread."""
        ...


class RecordedFile:
    """A finished file of any format that may be uploaded.

    Args:
        path: recognised by its content.
        start: samples that were recorded before and are left out now.

    >>> source = RecordedFile(Path("tests/fixtures/audio/en_5s.flac"), start=64_000)
    >>> sum(len(samples) for samples in source.blocks())
    16000
    """

    is_live = False

    def __init__(self, path: Path, start: int = 0) -> None:
        self._path, self._start = path, start
        self._stopped = False

    def blocks(self) -> Iterator[Int16]:
        """Yields the file's sound from ``start`` on."""
        left_out = self._start
        with open_audio(self._path) as (_, container, stream):
            for samples in decoded(container, stream):
                if self._stopped:
                    return
                if left_out < len(samples):
                    yield samples[left_out:]
                left_out = max(0, left_out - len(samples))

    def stop(self) -> None:
        """Ends the sound where it is."""
        self._stopped = True
