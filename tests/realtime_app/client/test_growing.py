import struct
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from engine.audio import prepare
from engine.errors import MediaRefused, NoAudio
from engine.wav import PcmFile, wav_header
from realtime_app.client.growing import GrowingFile

FIXTURE = Path(__file__).parents[2] / "fixtures" / "audio" / "en_5s.flac"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    wav = tmp_path_factory.mktemp("sound") / "sound.wav"
    prepare(FIXTURE, wav)
    with PcmFile(wav) as audio:
        return (audio.read(0, audio.duration_ms) * 32_768).astype(np.int16)


def encoded(sound, path, codec, rate=16_000):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(
            stream.codec_context.format, "mono", rate, frame_size=stream.codec_context.frame_size
        )
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 16_000
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path.read_bytes()


def followed(path, data, **options):
    """Writes ``data`` piece by piece as it is taken; returns samples, and how many came before the end."""
    growing = GrowingFile(path, **options)
    pieces = [data[at : at + 16_384] for at in range(0, len(data), 16_384)]
    written = threading.Event()
    waiting = growing._stopping.wait

    def write_more(timeout=None):
        if pieces:
            with path.open("ab") as file:
                file.write(pieces.pop(0))
        else:
            path.with_name(path.name + ".stop").touch()
            written.set()
        return False

    growing._stopping.wait = write_more
    came, early = [], 0
    for samples in growing.blocks():
        came.append(samples)
        early += 0 if written.is_set() else len(samples)
    growing._stopping.wait = waiting
    return np.concatenate(came), early


@pytest.mark.parametrize("sizes", [(0, 0), (0xFFFFFFFF, 0xFFFFFFFF), (36, 1000)])
def test_a_wav_is_followed_whatever_its_unfinished_header_says(sound, tmp_path, sizes):
    header = bytearray(wav_header(0))
    struct.pack_into("<I", header, 4, sizes[0])
    struct.pack_into("<I", header, 40, sizes[1])
    came, early = followed(tmp_path / "a.wav", bytes(header) + sound.tobytes())
    assert (came == sound).all()
    assert early > len(sound) / 2


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("a.ogg", "libopus", 48_000), ("a.mp3", "libmp3lame", 44_100), ("a.flac", "flac", 16_000)],
)
def test_coded_sound_is_decoded_as_it_comes(sound, tmp_path, name, codec, rate):
    data = encoded(sound, tmp_path / f"whole-{name}", codec, rate)
    came, early = followed(tmp_path / name, data)
    assert len(came) == pytest.approx(len(sound), abs=2500)
    assert early > 0
    level = np.abs(came.astype(int)).mean()
    assert level == pytest.approx(np.abs(sound.astype(int)).mean(), rel=0.1)


def test_raw_samples_are_followed(sound, tmp_path):
    came, early = followed(tmp_path / "a.pcm", sound.tobytes() + b"\x01", form="raw")
    assert (came == sound).all()
    assert early


def test_raw_stereo_at_another_rate_is_brought_to_one_channel(tmp_path):
    tone = (8000 * np.sin(np.arange(96_000) / 48_000 * 2 * np.pi * 300)).astype(np.int16)
    both = np.stack((tone, tone), axis=1)
    came, _ = followed(tmp_path / "a.pcm", both.tobytes(), form="raw", rate=48_000, channels=2)
    assert len(came) == pytest.approx(32_000, abs=64)
    assert np.abs(came).max() == pytest.approx(8000, rel=0.05)


def test_following_goes_on_behind_what_was_recorded_before(sound, tmp_path):
    came, _ = followed(tmp_path / "a.pcm", sound.tobytes(), form="raw", start=12_345)
    assert (came == sound[12_345:]).all()


def test_a_file_that_does_not_grow_is_over(sound, tmp_path):
    path = tmp_path / "a.pcm"
    path.write_bytes(sound.tobytes())
    assert sum(map(len, GrowingFile(path, form="raw", quiet_s=0.0).blocks())) == len(sound)


def test_stopping_takes_what_is_there(sound, tmp_path):
    path = tmp_path / "a.pcm"
    path.write_bytes(sound.tobytes())
    growing = GrowingFile(path, form="raw")
    growing.stop()
    assert sum(map(len, growing.blocks())) == len(sound)


def test_a_file_that_never_comes_is_said_to_be_empty(tmp_path):
    with pytest.raises(NoAudio):
        list(GrowingFile(tmp_path / "none.wav", quiet_s=0.0).blocks())


def test_what_is_readable_only_when_whole_is_refused(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(100))
    with pytest.raises(MediaRefused, match="followed"):
        list(GrowingFile(path, quiet_s=0.0).blocks())
