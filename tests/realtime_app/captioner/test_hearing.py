"""The whole way with real models: a recording that comes in becomes lines with voices."""

from __future__ import annotations

import time

import numpy as np
import pytest
import soundfile

from realtime_app.captioner.claims import Claims
from realtime_app.captioner.process import Captioner
from realtime_app.captioner.sources import open_audio
from realtime_app.captures.audio_file import CaptureFile, capture_path
from realtime_app.management.commands.captioner import load
from realtime_app.models import Capture, CaptureState
from scribe_site.config import get_config
from sessions_app.models import Segment, Session
from tests.conftest import FIXTURES
from tests.realtime_app.captioner.table import Audience
from tests.realtime_app.captioner.test_process import OwnLeases

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_recording_becomes_lines_with_voices_as_it_comes(campaign, monkeypatch):
    session = Session.objects.create(campaign=campaign, number=7, language="en")
    capture = Capture.objects.create(session=session, key="one", offset_ms=60_000)
    sound, rate = soundfile.read(FIXTURES / "audio" / "en_30s.flac", dtype="int16")
    assert rate == 16_000
    audience = Audience()
    monkeypatch.setattr(get_config(), "asr_model", "nano")
    captioner = Captioner(load, open_audio, Claims(OwnLeases()), audience)
    began = time.monotonic()
    with CaptureFile(capture.uuid) as file:
        for first in range(0, len(sound), 8_000):
            file.append(first, np.asarray(sound[first : first + 8_000], "<i2").tobytes())
            while captioner.step():
                pass
        Capture.objects.update(state=CaptureState.STOPPED, held=file.held)
    while Capture.objects.to_caption().exists():
        captioner.step()
        assert time.monotonic() < began + 300
    capture_path(capture.uuid).unlink()
    lines = list(Segment.objects.filter(capture=capture.uuid).select_related("voice"))
    text = " ".join(line.text for line in lines).casefold()
    assert len(lines) >= 6
    assert {"troll", "gate", "fireball"} <= set(text.replace(".", " ").replace(",", " ").split())
    assert [line.position for line in lines] == list(range(len(lines)))
    assert all(60_000 <= line.start_ms < line.end_ms <= 90_000 for line in lines)
    assert len({line.voice.number for line in lines if line.voice}) >= 2
    # Who says a word or two has no vector; how the lines are shared out depends on what came in by when.
    assert sum(voice.embedding is not None for voice in session.voices.all()) >= 2
    assert audience.drafts
