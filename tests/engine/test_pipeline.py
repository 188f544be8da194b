"""All stages in one process, and the command that runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.__main__ import main
from engine.asr import TranscribeRequest
from engine.diarization import SpeakerCount
from engine.exports import write
from engine.fakes import FakeDiarizer, FakeTranscriber
from engine.pipeline import run
from engine.weights import NANO
from tests.engine.conftest import MakeSound, fixture_audio

ROOT = Path(__file__).resolve().parent.parent.parent


def test_recording_becomes_lines_with_voices() -> None:
    seen: set[str] = set()

    transcript = run(
        fixture_audio("en_30s"),
        request=TranscribeRequest("en"),
        transcriber=FakeTranscriber(),
        diarizer=FakeDiarizer(voices=3),
        speakers=SpeakerCount(max=2),
        on_progress=lambda stage, done, total: seen.add(stage),
    )

    assert seen == {"prepare", "detect", "transcribe", "diarize"}
    assert {line.voice for line in transcript.lines} == {0, 1}
    assert transcript.asr_model == "fake-asr"
    document = transcript.to_document("The gate")
    assert [voice.name for voice in document.voices] == ["Speaker 1", "Speaker 2"]
    assert "<v Speaker 1>" in write(document, "vtt")


def test_recordings_follow_each_other() -> None:
    one = fixture_audio("en_5s")
    transcript = run(
        [(one, None), (one, 20_000)],
        request=TranscribeRequest("en"),
        transcriber=FakeTranscriber(),
        diarizer=FakeDiarizer(),
    )

    assert transcript.duration_ms == 25_000
    assert transcript.lines[0].start_ms < 5_000
    assert transcript.lines[-1].start_ms > 20_000


def test_silence_gives_a_transcript_without_lines(make_sound: MakeSound) -> None:
    silence = make_sound("a.wav", container="wav", codec="pcm_s16le", samples=np.zeros(48_000, np.float32))

    transcript = run(
        silence, request=TranscribeRequest("nl"), transcriber=FakeTranscriber(), diarizer=FakeDiarizer()
    )

    assert transcript.lines == ()


@pytest.mark.models
def test_command_writes_a_transcript_without_django(tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    arguments = [str(fixture_audio("nl_5s")), "--language", "nl", "--model", str(NANO), "--speakers", "1-3"]
    code = (
        "import sys, runpy; sys.argv[0] = 'engine';"
        "sys.modules['django'] = None\n"
        "try: runpy.run_module('engine', run_name='__main__')\n"
        "except SystemExit as end: sys.exit(end.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, "--labels", "--format", "json", "--output", str(output)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "transcribe 100 %" in done.stderr
    lines = json.loads(output.read_text())["lines"]
    assert lines
    assert all(line["kind"] and line["label_by"] == "builtin" for line in lines if line["text"])


def test_command_says_what_is_wrong_with_a_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    playlist = tmp_path / "a.mp3"
    playlist.write_text("#EXTM3U\n")

    assert main([str(playlist), "--language", "nl"]) == 3
    assert "playlist" in capsys.readouterr().err


def test_command_says_when_the_model_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(fixture_audio("nl_5s")), "--language", "nl", "--model", str(tmp_path / "gone")]

    assert main(arguments) == 4
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("speakers", ["0", "6-2", "two"])
def test_command_refuses_nonsense(speakers: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["a.wav", "--language", "nl", "--speakers", speakers])

    assert caught.value.code == 2
    assert "number" in capsys.readouterr().err
