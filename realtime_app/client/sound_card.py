"""A sound-card device, through the optional package sounddevice."""

from __future__ import annotations

import importlib
import queue
import time
from collections.abc import Callable, Iterator
from typing import Any

from engine.clock import SAMPLE_RATE
from realtime_app.client.decoding import Resampler, frame_of
from realtime_app.client.sources import Block, Lost

STALL_S = 1.0
"""A device that is so much behind the clock has lost what lies between."""
BLOCK_S = 0.1
GONE_S = 10.0
"""A device that gives nothing for so long is gone."""


class NoDevice(Exception):
    """There is no such device, or nothing to reach it with; the message is for people."""


class SoundCard:
    """Records a device until it is stopped.

    Args:
        name: its name, part of it, or its number; empty for the machine's default.
        clock: in seconds.

    Raises:
        NoDevice: at the first block.

    >>> next(SoundCard("a microphone that nobody has").blocks())
    Traceback (most recent call last):
        ...
    realtime_app.client.sound_card.NoDevice: ...
    """

    is_live = True

    def __init__(self, name: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._device: int | str | None = int(name) if name.isdigit() else name or None
        self._clock = clock
        self._arrived: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def blocks(self) -> Iterator[Block]:
        """Yields what the device hears, and what it lost while it or this machine stood still.

        Raises:
            NoDevice: there is none, or it is gone.
        """
        stream, rate = self._open()
        resampler = Resampler()
        counted = 0
        with stream:
            began = self._clock()
            while True:
                try:
                    data = self._arrived.get(timeout=GONE_S)
                except queue.Empty:
                    raise NoDevice("The device gives no sound any more.") from None
                if data is None:
                    yield from resampler.end()
                    return
                due = round((self._clock() - began) * SAMPLE_RATE)
                for samples in resampler.add(frame_of(data, rate, 1)):
                    lost = due - counted - len(samples)
                    if lost > STALL_S * SAMPLE_RATE and self._arrived.empty():
                        yield Lost(lost)
                        counted += lost
                    yield samples
                    counted += len(samples)

    def stop(self) -> None:
        """Ends the recording with what has come."""
        self._arrived.put(None)

    def _open(self) -> tuple[Any, int]:
        sounddevice = _sounddevice()

        def came(data: Any, *_: object) -> None:
            self._arrived.put(bytes(data))

        problem: Exception | None = None
        for rate in (SAMPLE_RATE, None):
            try:
                if rate is None:
                    rate = int(sounddevice.query_devices(self._device, "input")["default_samplerate"])
                stream = sounddevice.RawInputStream(
                    samplerate=rate,
                    blocksize=round(BLOCK_S * rate),
                    device=self._device,
                    channels=1,
                    dtype="int16",
                    callback=came,
                )
            except (ValueError, sounddevice.PortAudioError) as error:
                problem = error
            else:
                return stream, rate
        raise NoDevice(f"The device can't be opened: {problem}")


def devices() -> str:
    """Returns the devices of this machine, one a line, with the number of each.

    Raises:
        NoDevice: the package or PortAudio is not here.
    """
    return str(_sounddevice().query_devices())


def _sounddevice() -> Any:
    try:
        return importlib.import_module("sounddevice")
    except ImportError:
        raise NoDevice("Recording a device needs the package sounddevice: pip install sounddevice") from None
    except OSError as error:
        raise NoDevice(
            f"sounddevice is here, but PortAudio is not ({error}); on Debian or Ubuntu: apt install libportaudio2"
        ) from None
