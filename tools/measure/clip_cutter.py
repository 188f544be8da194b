"""Cuts four hours of sound into clips, and tells on standard output how long that took and how much it held.

A process of its own, because what a process holds is what is measured: ``python -m tools.measure.clip_cutter FOLDER
FORM LINES``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import numpy as np

from engine.audio import PcmFile
from engine.snippets import ClipFormat
from engine.wav import wav_header
from tools.measure.long_transcript import LINE_MS, TALK
from tools.measure.memory_use import peak_mb

PAUSE_MS = 200


def main(folder: Path, form: ClipFormat, lines: int) -> None:
    """Writes the sound, cuts it, packs the clips, and prints one JSON object."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scribe_site.settings")
    os.environ["SCRIBE_DATA_DIR"] = str(folder)
    import django

    django.setup()
    from sessions_app.clips.choice import Wanted
    from sessions_app.clips.errand import pack
    from sessions_app.clips.folder import write_clips
    from sessions_app.models import Session

    wav = folder / "evening.wav"
    _write_sound(wav, lines * LINE_MS)
    campaign = SimpleNamespace(name="Benchmark")
    session: Any = SimpleNamespace(
        uuid=uuid4(), number=1, shown_title="Evening", date=date(2026, 1, 1), language="en", campaign=campaign
    )
    wanted = (
        Wanted(
            id=str(uuid4()),
            file=f"{number + 1:04}.{form}",
            speaker=f"Speaker {number % 6 + 1}",
            character="",
            start_ms=number * LINE_MS,
            end_ms=(number + 1) * LINE_MS - PAUSE_MS,
            text=TALK[number % len(TALK)],
            label="IC",
            kind="character",
            confidence=0.9,
        )
        for number in range(lines)
    )
    began = time.monotonic()
    with PcmFile(wav) as audio:
        made = write_clips(folder / "clips", cast(Session, session), wanted, audio, form, lambda done: None)
    pack(folder / "clips", folder / "clips.zip", made)
    taken = time.monotonic() - began
    print(
        json.dumps(
            {"seconds": taken, "peak_mb": peak_mb(os.getpid()), "clips": made.clips, "failed": made.failed}
        )
    )


def _write_sound(path: Path, duration_ms: int) -> None:
    """Writes noise that swells and fades like speech, a minute at a time."""
    rng = np.random.default_rng(1)
    minute = rng.normal(0, 0.1, 960_000) * (0.55 + 0.45 * np.sin(np.arange(960_000) / 3000))
    pcm = (np.clip(minute, -1, 1) * 32767).astype(np.int16).tobytes()
    whole, rest = divmod(duration_ms, 60_000)
    with path.open("wb") as file:
        file.write(wav_header(32 * duration_ms))
        for _ in range(whole):
            file.write(pcm)
        file.write(pcm[: 32 * rest])


if __name__ == "__main__":
    main(Path(sys.argv[1]), cast(ClipFormat, sys.argv[2]), int(sys.argv[3]))
