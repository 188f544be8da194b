"""Preparing recordings: any format to one 16 kHz mono WAV, whole or not at all."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from engine.audio import PcmFile, prepare, prepare_many
from engine.config import MediaConfig
from engine.errors import MediaRefused, NoAudio
from engine.values import Samples
from tests.engine.conftest import MakeSound, tone


def level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0


@pytest.mark.parametrize(
    ("name", "container", "codec", "rate", "layout"),
    [
        ("a.mp3", "mp3", "libmp3lame", 44_100, "stereo"),
        ("a.m4a", "mp4", "aac", 44_100, "stereo"),
        ("a.wav", "wav", "pcm_s24le", 96_000, "stereo"),
        ("a.flac", "flac", "flac", 8_000, "mono"),
        ("a.opus", "ogg", "libopus", 48_000, "mono"),
        ("a.webm", "webm", "libopus", 48_000, "stereo"),
        ("a.aac", "adts", "aac", 22_050, "mono"),
        ("a.mkv", "matroska", "ac3", 48_000, "5.1"),
    ],
)
def test_every_format_becomes_the_same_16_khz_mono(
    make_sound: MakeSound, tmp_path: Path, name: str, container: str, codec: str, rate: int, layout: str
) -> None:
    source = make_sound(name, container=container, codec=codec, rate=rate, layout=layout, seconds=4)

    prepared = prepare(source, tmp_path / "out.wav")

    with wave.open(str(tmp_path / "out.wav")) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (16_000, 1, 2)
        assert wav.getnframes() // 16 == prepared.duration_ms
    assert abs(prepared.duration_ms - 4000) < 100
    assert prepared.warnings == ()
    assert not prepared.silent
    with PcmFile(tmp_path / "out.wav") as pcm:
        spectrum = np.abs(np.fft.rfft(pcm.read(1000, 3000)))
        assert abs(int(spectrum.argmax()) / 2 - 440) < 2


def test_peaks_follow_the_sound(make_sound: MakeSound, tmp_path: Path) -> None:
    samples = np.concatenate([tone(1.0, rate=48_000, level=0.5), np.zeros(48_000, np.float32)])
    source = make_sound("a.wav", container="wav", codec="pcm_s16le", samples=samples)

    prepared = prepare(source, tmp_path / "out.wav")

    assert (prepared.peaks_per_second, len(prepared.peaks)) == (10, 20)
    assert all(120 <= peak <= 130 for peak in prepared.peaks[1:9])
    assert not any(prepared.peaks[11:])


def test_silence_is_told(make_sound: MakeSound, tmp_path: Path) -> None:
    source = make_sound("a.wav", container="wav", codec="pcm_s16le", samples=np.zeros(48_000, np.float32))

    assert prepare(source, tmp_path / "out.wav").silent


def test_progress_ends_at_its_total_and_cancels(make_sound: MakeSound, tmp_path: Path) -> None:
    source = make_sound("a.flac", container="flac", codec="flac", seconds=40)
    seen: list[tuple[str, int, int]] = []
    prepare(source, tmp_path / "out.wav", on_progress=lambda *step: seen.append(step))

    def cancel(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "other.wav", on_progress=cancel)

    assert len(seen) > 2
    assert seen == sorted(seen)
    assert seen[-1] == ("prepare", 40_000, 40_000)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.flac", "out.wav"]


@pytest.mark.parametrize(
    ("name", "container", "codec", "options"),
    [
        ("a.wav", "wav", "pcm_s16le", {}),
        ("a.flac", "flac", "flac", {}),
        ("a.opus", "ogg", "libopus", {}),
        ("a.webm", "webm", "libopus", {}),
        ("a.m4a", "mp4", "aac", {"movflags": "faststart"}),
        ("a.mp3", "mp3", "libmp3lame", {}),
    ],
)
def test_file_that_ends_early_is_taken_as_far_as_it_goes(
    make_sound: MakeSound, tmp_path: Path, name: str, container: str, codec: str, options: dict[str, str]
) -> None:
    rng = np.random.default_rng(1)
    samples = (0.2 * rng.standard_normal(48_000 * 12)).astype(np.float32)
    source = make_sound(name, container=container, codec=codec, samples=samples, options=options)
    content = source.read_bytes()
    source.write_bytes(content[: len(content) // 2])

    prepared = prepare(source, tmp_path / "out.wav")

    assert 4_000 < prepared.duration_ms < 8_000
    assert any("ends early" in warning for warning in prepared.warnings)


def test_damage_in_the_middle_is_skipped_and_said(make_sound: MakeSound, tmp_path: Path) -> None:
    source = make_sound("a.mp3", container="mp3", codec="libmp3lame", seconds=10)
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = np.random.default_rng(2).bytes(3000)
    source.write_bytes(bytes(content))

    prepared = prepare(source, tmp_path / "out.wav")

    assert 8_500 < prepared.duration_ms < 11_000
    assert prepared.warnings


def test_hole_in_the_files_clock_becomes_silence(tmp_path: Path) -> None:
    source = tmp_path / "a.mkv"
    with av.open(str(source), "w", format="matroska") as out:
        stream = out.add_stream("flac", rate=16_000)
        stream.layout = "mono"
        for second in (0, 1, 5, 6):
            frame = av.AudioFrame.from_ndarray(
                (tone(1.0) * 32_767).astype(np.int16)[None], format="s16", layout="mono"
            )
            frame.sample_rate, frame.pts = 16_000, second * 16_000
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))

    prepared = prepare(source, tmp_path / "out.wav")

    assert abs(prepared.duration_ms - 7000) < 50
    with PcmFile(tmp_path / "out.wav") as pcm:
        assert level(pcm.read(2200, 4800)) < 0.001
        assert level(pcm.read(5100, 6900)) > 0.15


def test_recording_without_a_length_is_stopped_at_the_limit(make_sound: MakeSound, tmp_path: Path) -> None:
    source = make_sound("a.aac", container="adts", codec="aac", seconds=6)
    content = source.read_bytes()
    endless = tmp_path / "endless.webm"
    endless.write_bytes(content)

    with pytest.raises(MediaRefused, match="longer"):
        prepare(endless, tmp_path / "out.wav", config=MediaConfig(max_duration_ms=3000))
    assert not (tmp_path / "out.wav").exists()


def test_nothing_is_left_behind_when_nothing_can_be_decoded(make_sound: MakeSound, tmp_path: Path) -> None:
    source = make_sound("a.mp4", container="mp4", codec="aac", video=True, audio=False)

    with pytest.raises(NoAudio):
        prepare(source, tmp_path / "out.wav")
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_recordings_are_laid_at_their_offsets_and_mixed(make_sound: MakeSound, tmp_path: Path) -> None:
    first = make_sound("1.wav", container="wav", codec="pcm_s16le", rate=16_000, samples=tone(3.0, level=0.2))
    second = make_sound(
        "2.wav", container="wav", codec="pcm_s16le", rate=16_000, samples=tone(2.0, level=0.2)
    )

    prepared = prepare_many([(first, 0), (second, 2000), (first, None), (second, 9000)], tmp_path / "out.wav")

    assert prepared.duration_ms == 11_000
    with PcmFile(tmp_path / "out.wav") as pcm:
        levels = [
            round(level(pcm.read(ms, ms + 200)) / 0.1414, 1) for ms in (500, 2500, 3500, 5000, 7500, 10_000)
        ]
    assert levels == [1.0, 2.0, 1.0, 1.0, 0.0, 1.0]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1.wav", "2.wav", "out.wav"]


def test_mixing_clips_rather_than_wraps(make_sound: MakeSound, tmp_path: Path) -> None:
    loud = make_sound("1.wav", container="wav", codec="pcm_s16le", rate=16_000, samples=tone(1.0, level=0.9))

    prepare_many([(loud, 0), (loud, 0)], tmp_path / "out.wav")

    with PcmFile(tmp_path / "out.wav") as pcm:
        mixed = pcm.read(0, 1000)
    assert np.all(mixed[np.abs(tone(1.0)) > 0.25] * tone(1.0)[np.abs(tone(1.0)) > 0.25] > 0)


def test_slices_of_an_open_file_object_join_to_the_whole(tmp_path: Path, make_sound: MakeSound) -> None:
    source = make_sound("a.wav", container="wav", codec="pcm_s16le", rate=16_000, samples=tone(2.5))
    prepare(source, tmp_path / "out.wav")
    pcm = PcmFile(io.BytesIO((tmp_path / "out.wav").read_bytes()))

    whole = pcm.read(0, pcm.duration_ms)
    pieces = np.concatenate([pcm.read(ms, ms + 70) for ms in range(0, 2500, 70)])

    assert pcm.duration_ms == 2500
    assert whole.dtype == np.float32
    assert np.array_equal(whole, pieces)
    assert len(pcm.read(2400, 99_000)) == 1600
    assert len(pcm.read(5000, 6000)) == 0


def test_something_else_is_not_taken_for_prepared_audio() -> None:
    with pytest.raises(NoAudio):
        PcmFile(io.BytesIO(b"RIFF....nothing of the kind"))
