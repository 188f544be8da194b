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


def likeness(fed: Sound, heard: NDArray[np.int16]) -> float:
    """Returns how well the two seconds of ``heard`` are found in ``fed``; 1 is the same sound."""
    part = heard.astype(np.float32) / 32768
    score = correlate(fed, part, mode="valid", method="fft")
    energy = np.sqrt(np.convolve(fed**2, np.ones(len(part), np.float32), mode="valid").clip(1e-9))
    return float(np.max(score / (energy * np.sqrt(np.sum(part**2)).clip(1e-9))))


def check_fed(fed: Sound, sound: NDArray[np.int16]) -> None:
    """Checks that ``sound`` is, by and large, what the microphone was fed.

    By and large: on a machine with too much to do, the fake microphone of Chromium itself leaves pieces out.
    """
    windows = [sound[at : at + WINDOW] for at in range(0, len(sound) - WINDOW + 1, WINDOW // 2)]
    spoken_in = [window for window in windows if np.sqrt(np.mean(window.astype(float) ** 2)) > 300]
    assert spoken_in, "nothing is heard"
    found = [likeness(fed, window) for window in spoken_in]
    assert np.max(found) > 0.95, f"it is not what was fed: {found}"
    assert np.median(found) > 0.7, f"it is not what was fed: {found}"
