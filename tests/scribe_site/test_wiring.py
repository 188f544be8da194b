"""The engine is built as the settings say, without loading anything."""

from __future__ import annotations

import shutil

import pytest

from engine.diarization.builtin import BuiltinDiarizer
from engine.diarization.pyannote import PyannoteDiarizer
from engine.embedding import MODEL_ID
from engine.weights import NANO
from scribe_site.config import get_config
from scribe_site.wiring import FALLBACK_STANDS_S, ConfiguredEngine


def engine_with(**settings) -> ConfiguredEngine:
    return ConfiguredEngine(get_config().model_copy(update=settings))


def test_stages_follow_the_settings():
    config = engine_with(chunk_minutes=2.0, asr_beam_size=3, recording_max_hours=1.0).config
    assert config.chunks.target_ms == 120_000
    assert config.asr.beam_size == 3
    assert config.media.max_duration_ms == 3_600_000


@pytest.mark.parametrize("minutes", [0.1, 0.5, 6.0, 30.0])
def test_every_allowed_chunk_length_is_possible(minutes):
    chunks = engine_with(chunk_minutes=minutes).config.chunks
    assert 2 * chunks.overlap_ms < chunks.max_ms


@pytest.mark.parametrize(
    ("diarizer", "model", "kind"),
    [
        ("auto", "", BuiltinDiarizer),
        ("auto", "/srv/pipeline", PyannoteDiarizer),
        ("builtin", "/srv/pipeline", BuiltinDiarizer),
        ("pyannote", "", PyannoteDiarizer),
    ],
)
def test_the_diarizer_is_the_configured_one(diarizer, model, kind):
    assert isinstance(engine_with(diarizer=diarizer, pyannote_model=model).diarizer(), kind)


def test_models_are_shared_by_all_tasks_of_a_process():
    engine = engine_with(asr_model="nano")
    choice = engine.choose_asr(lambda *_: None)
    assert choice.model_id == "nano"
    assert engine.transcriber(choice) is engine.transcriber(engine.choose_asr(lambda *_: None))
    assert engine.diarizer() is engine.diarizer()


def test_live_captions_have_a_model_of_their_own_only_where_the_settings_name_one(tmp_path):
    def nothing(*_):
        return None

    same = engine_with(asr_model="nano", live_model="")
    assert same.choose_live(nothing) is same.choose_asr(nothing)
    folder = shutil.copytree(NANO, tmp_path / "quick")
    other = engine_with(asr_model="nano", live_model=str(folder))
    assert other.choose_live(nothing).path == folder
    assert other.choose_asr(nothing).path == NANO


def test_the_hub_is_given_the_time_that_the_settings_say(monkeypatch):
    patience = []
    monkeypatch.setattr("scribe_site.wiring.Hub", lambda folder, timeout_s: patience.append(timeout_s))
    engine_with(hub_timeout_s=17.0).choose_asr(lambda *_: None)
    assert patience == [17.0]


def test_a_fallback_is_questioned_again_after_a_while_and_a_real_model_never(monkeypatch):
    from engine.fakes import fake_model

    asked = []
    now = [1000.0]
    fallback = [True]

    def find(*args, **kwargs):
        from dataclasses import replace
        from pathlib import Path

        asked.append(now[0])
        return replace(fake_model(Path("here")), is_fallback_nano=fallback[0])

    monkeypatch.setattr("scribe_site.wiring.find_asr_model", find)
    monkeypatch.setattr("scribe_site.wiring.time.monotonic", lambda: now[0])
    engine = engine_with()
    for moment in (0, 1, FALLBACK_STANDS_S + 1):
        now[0] = 1000.0 + moment
        engine.choose_asr(lambda *_: None)
    assert len(asked) == 2
    fallback[0] = False
    now[0] += FALLBACK_STANDS_S + 1
    engine.choose_asr(lambda *_: None)
    now[0] += FALLBACK_STANDS_S + 1
    engine.choose_asr(lambda *_: None)
    assert len(asked) == 3


def test_the_voice_encoder_is_the_one_that_the_diarizer_uses():
    engine = engine_with(diarizer="builtin")
    assert engine.voice_encoder() is engine.voice_encoder() is engine.diarizer().voice_encoder()
    assert engine.voice_encoder().model_id == MODEL_ID
