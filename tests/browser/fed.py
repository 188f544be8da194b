"""A Chromium whose microphone plays a file, and what a recording of it must sound like."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import correlate, resample_poly

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.conftest import FIXTURES

RATE = 16_000
WINDOW = 2 * RATE
Sound = NDArray[np.float32]


def spoken(name: str = "en_30s.flac") -> Sound:
    """What the microphone hears: thirty seconds of two people talking, 16 kHz."""
    samples, rate = soundfile.read(FIXTURES / "audio" / name, dtype="float32")
    assert rate == RATE
    return samples


def write_microphone(path: Path, sound: Sound) -> Path:
    """Writes ``sound`` as the file that a fake microphone plays, at the rate of most sound cards."""
    at_48k = np.clip(resample_poly(sound, 3, 1), -1, 1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((at_48k * 32767).astype("<i2").tobytes())
    return path


def microphone_arguments(path: Path) -> list[str]:
    return [*ARGUMENTS, f"--use-file-for-fake-audio-capture={path}%noloop"]


class OwnChromium:
    """A Chromium with a profile of its own that can be killed like a crash kills it."""

    def __init__(self, playwright_type, profile: Path, arguments: list[str]) -> None:
        self.profile = profile
        self._type = playwright_type
        self._arguments = arguments

    @contextlib.contextmanager
    def running(self) -> Iterator:
        """One life of it, as Playwright's browser context."""
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        assert CHROMIUM is not None
        options = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={self.profile}"]
        self.process = subprocess.Popen(
            [CHROMIUM, *self._arguments, *options, "about:blank"],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 30
            while not (port_file.exists() and port_file.read_text().strip()):
                assert time.monotonic() < deadline, "Chromium did not start"
                assert self.process.poll() is None, "Chromium ended at once"
                time.sleep(0.05)
            port = port_file.read_text().split()[0]
            browser = self._type.connect_over_cdp(f"http://127.0.0.1:{port}")
            yield browser.contexts[0]
        finally:
            self.kill()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def place_in(fed: Sound, heard: Sound) -> tuple[int, float]:
    """Returns at which sample of ``fed`` the sound ``heard`` begins, and how alike they are (1 is the same)."""
    score = correlate(fed, heard, mode="valid", method="fft")
    energy = np.sqrt(np.convolve(fed**2, np.ones(len(heard), np.float32), mode="valid").clip(1e-9))
    likeness = score / (energy * max(float(np.sqrt(np.sum(heard**2))), 1e-9))
    best = int(np.argmax(likeness))
    return best, float(likeness[best])


def places(fed: Sound, recorded: NDArray[np.int16], first: int, end: int) -> list[int]:
    """Returns, for each two seconds of ``recorded`` from ``first`` to ``end``, how much later they are in ``fed``.

    All the same: nothing is missing between them. Where hardly anything is said, there is nothing to compare.
    """
    found = []
    for at in range(first, end - WINDOW + 1, WINDOW // 2):
        heard = recorded[at : at + WINDOW].astype(np.float32) / 32768
        if np.sqrt(np.mean(heard**2)) < 0.01:
            continue
        place, likeness = place_in(fed, heard)
        assert likeness > 0.9, f"the recording does not hold what was said at {at / RATE:.1f} s ({likeness:.2f})"
        found.append(place - at)
    assert found, "nothing was said there"
    return found
