"""Who speaks, told utterance by utterance, in synthetic voices and in a real meeting."""

import importlib.util
import json
from pathlib import Path

import pytest

from engine.embedding import VoiceEncoder
from engine.live.voices import LiveVoices
from tests.engine.conftest import FIXTURES, fixture_audio
from tools.diarization_error import Labelled, Loaded
from tools.live_voices import Case, live

pytestmark = pytest.mark.models

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("resemblyzer") is None, reason="the Resemblyzer wheel is not installed"
)


@needs_weights
@pytest.mark.parametrize("stem", ["en_2min", "nl_2min"])
def test_synthetic_voices_are_told_apart(stem):
    truth = json.loads((FIXTURES / f"{stem}.json").read_text("utf-8"))
    turns = tuple((turn["start_ms"], turn["end_ms"], turn["voice"]) for turn in truth["turns"])
    got = live(Case(stem, Loaded.of(fixture_audio(stem)), turns), LiveVoices(VoiceEncoder()))
    assert got.wrong < 0.04
    assert got.unknown < 0.04
    assert got.voices == 4


@needs_weights
@pytest.mark.slow
def test_real_meeting_stays_within_its_error(shared_data: Path):
    labelled = Labelled.of(shared_data / "composed" / "meeting_en_5spk_quiet.rttm")
    case = Case("meeting", Loaded.of(labelled.audio), tuple(sorted(labelled.turns)))
    got = live(case, LiveVoices(VoiceEncoder()))
    assert got.wrong < 0.06
    assert got.voices == 5
