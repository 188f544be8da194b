"""How long it takes to cut four hours into 5,700 clips, and how much memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.measure.figures import Figure
from tools.measure.settings import Settings

LINES = 5_700
MOST_S, MOST_MB = 180.0, 300.0


def figures(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields seconds and peak memory for MP3, the usual format, and for WAV."""
    for form in ("mp3", "wav"):
        place = folder / form
        place.mkdir(parents=True)
        command = [sys.executable, "-m", "tools.measure.clip_cutter", str(place), form, str(LINES)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
        if found["clips"] != LINES:
            raise RuntimeError(f"{found['failed']} clips could not be made")
        key = "clips" if form == "mp3" else f"clips.{form}"
        yield Figure(f"{key}.export_s", found["seconds"], "s", at_most=MOST_S)
        yield Figure(f"{key}.peak_mb", found["peak_mb"], "MB", at_most=MOST_MB)
