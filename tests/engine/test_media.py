"""Opening by content: what is let in, what is refused, and in which words."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from engine.config import MediaConfig
from engine.errors import MediaRefused, NoAudio
from engine.media import probe
from tests.engine.conftest import MakeSound

KINDS = [
    ("a.mp3", "mp3", "libmp3lame", "mp3", "mp3"),
    ("a.m4a", "mp4", "aac", "mp4", "aac"),
    ("alac.m4a", "ipod", "alac", "mp4", "alac"),
    ("a.mov", "mov", "pcm_s16le", "mp4", "pcm_s16le"),
    ("a.wav", "wav", "pcm_s16le", "wav", "pcm_s16le"),
    ("float.wav", "wav", "pcm_f32le", "wav", "pcm_f32le"),
    ("a.w64", "w64", "pcm_s16le", "w64", "pcm_s16le"),
    ("a.flac", "flac", "flac", "flac", "flac"),
    ("a.opus", "ogg", "libopus", "ogg", "opus"),
    ("a.webm", "webm", "libopus", "matroska", "opus"),
    ("a.mkv", "matroska", "aac", "matroska", "aac"),
    ("a.aac", "adts", "aac", "aac", "aac"),
    ("a.aiff", "aiff", "pcm_s16be", "aiff", "pcm_s16be"),
    ("a.caf", "caf", "pcm_s16le", "caf", "pcm_s16le"),
]


@pytest.mark.parametrize(("name", "container", "codec", "is_container", "is_codec"), KINDS)
def test_every_promised_format_is_known_by_its_content(
    make_sound: MakeSound, name: str, container: str, codec: str, is_container: str, is_codec: str
) -> None:
    path = make_sound(name, container=container, codec=codec)
    path = path.rename(path.with_suffix(""))

    info = probe(path)

    assert (info.container, info.codec) == (is_container, is_codec)
    assert (info.sample_rate, info.channels, info.warnings) == (48_000, 1, ())
    assert info.duration_ms is not None
    assert abs(info.duration_ms - 3000) < 120


def test_sound_of_a_video_is_found(make_sound: MakeSound) -> None:
    for name, container in (("a.mp4", "mp4"), ("a.mkv", "matroska")):
        info = probe(make_sound(name, container=container, codec="aac", video=True))
        assert info.codec == "aac"


def test_wrong_extension_is_opened_and_said(make_sound: MakeSound) -> None:
    path = make_sound("a.mp3", container="mp4", codec="aac")

    assert ".mp3" in probe(path).warnings[0]


def test_mp3_behind_a_tag_and_behind_rubbish_is_found(make_sound: MakeSound, tmp_path: Path) -> None:
    sound = make_sound(
        "a.mp3", container="mp3", codec="libmp3lame", options={"write_id3v2": "0"}
    ).read_bytes()
    tagged = tmp_path / "tagged.mp3"
    tagged.write_bytes(b"ID3\x04\x00\x00\x00\x00\x10\x00" + bytes(2048) + sound)
    padded = tmp_path / "padded.mp3"
    padded.write_bytes(bytes(5000) + sound)

    assert probe(tagged).container == "mp3"
    assert probe(padded).container == "mp3"


def test_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.touch()

    with pytest.raises(NoAudio, match="empty"):
        probe(path)


def test_missing_file_is_no_audio(tmp_path: Path) -> None:
    with pytest.raises(NoAudio):
        probe(tmp_path / "gone.wav")


def test_pictures_without_sound_are_said_to_be_so(make_sound: MakeSound) -> None:
    path = make_sound("a.mp4", container="mp4", codec="aac", video=True, audio=False)

    with pytest.raises(NoAudio, match="no sound"):
        probe(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n"),
        ("a.mp3", "\ufeff#EXTM3U\nhttp://127.0.0.1/secret.mp3\n"),
        ("a.wav", "ffconcat version 1.0\nfile '/etc/hostname'\n"),
        ("a.sdp", "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n"),
        ("a.mpd", "<?xml version='1.0'?><MPD></MPD>"),
        ("a.pls", "[playlist]\nFile1=http://127.0.0.1/\n"),
        ("a.asx", "<ASX version='3'></ASX>"),
    ],
)
def test_playlists_are_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    with pytest.raises(MediaRefused, match="playlist"):
        probe(path)


def test_text_and_rubbish_are_refused_in_plain_words(tmp_path: Path) -> None:
    notes = tmp_path / "notes.mp3"
    notes.write_text("The goblins came at dawn.\n" * 50)
    noise = tmp_path / "noise.wav"
    noise.write_bytes(bytes(range(128)) * 300)

    with pytest.raises(MediaRefused, match="a text"):
        probe(notes)
    with pytest.raises(MediaRefused, match="Scribe knows"):
        probe(noise)


@pytest.mark.parametrize(
    "head",
    [b"RIFF\x00\x01\x00\x00AVI LIST", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"MZ\x90\x00", b"PK\x03\x04"],
)
def test_other_formats_are_refused(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(head + bytes(4000))

    with pytest.raises(MediaRefused):
        probe(path)


def test_reference_to_another_file_is_refused(make_sound: MakeSound, tmp_path: Path) -> None:
    secret = make_sound("secret.mov", container="mov", codec="pcm_s16le")
    content = secret.read_bytes()
    own = b"\x00\x00\x00\x1cdref\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0curl \x00\x00\x00\x01"
    entries = [
        kind for kind in (b"url ", b"alis") if b"\x00\x00\x00\x0c" + kind + b"\x00\x00\x00\x01" in content
    ]
    assert entries, own
    self_contained = b"\x00\x00\x00\x0c" + entries[0] + b"\x00\x00\x00\x01"
    hostile = tmp_path / "hostile.mov"
    hostile.write_bytes(content.replace(self_contained, self_contained[:-1] + b"\x00"))

    with pytest.raises(MediaRefused, match="elsewhere"):
        probe(hostile)


def test_copy_protected_file_is_refused(make_sound: MakeSound, tmp_path: Path) -> None:
    content = make_sound("a.m4a", container="mp4", codec="aac").read_bytes()
    protected = tmp_path / "protected.m4a"
    protected.write_bytes(content.replace(b"mp4a", b"drms", 1))

    with pytest.raises(MediaRefused, match="protected"):
        probe(protected)


def test_encrypted_matroska_is_refused(make_sound: MakeSound, tmp_path: Path) -> None:
    content = make_sound("a.mkv", container="matroska", codec="aac").read_bytes()
    encodings = bytes.fromhex("6d8088 624085 503582 0000".replace(" ", ""))
    track = content.index(
        b"\x83\x81\x02"
    )  # TrackType: audio, the element after which the encodings are slipped in
    entry = content.rindex(b"\xae", 0, track)
    tracks = content.index(b"\x16\x54\xae\x6b")
    encrypted = bytearray(content)
    encrypted[track:track] = encodings
    for start, id_length in ((entry, 1), (tracks, 4)):
        _grow(encrypted, start + id_length, len(encodings))
    path = tmp_path / "encrypted.mkv"
    path.write_bytes(bytes(encrypted))

    with pytest.raises(MediaRefused, match="encrypted"):
        probe(path)


def _grow(data: bytearray, at: int, by: int) -> None:
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length], "big") + by
    data[at : at + length] = value.to_bytes(length, "big")


def test_codec_outside_the_list_is_refused(make_sound: MakeSound) -> None:
    path = make_sound("a.mkv", container="matroska", codec="wavpack")

    with pytest.raises(MediaRefused, match="wavpack"):
        probe(path)


def test_rate_that_cannot_be_is_said_to_be_the_fault(tmp_path: Path) -> None:
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 2_000_000_000, 4_000_000_000, 2, 16)
    body = b"WAVE" + fmt + struct.pack("<4sI", b"data", 1000) + bytes(1000)
    (tmp_path / "odd.wav").write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    with pytest.raises(MediaRefused, match="2000000000 samples a second"):
        probe(tmp_path / "odd.wav")


def test_recording_longer_than_allowed_is_refused(make_sound: MakeSound) -> None:
    path = make_sound("a.flac", container="flac", codec="flac", seconds=2)

    with pytest.raises(MediaRefused, match="longer"):
        probe(path, MediaConfig(max_duration_ms=1000))


def test_file_of_rubbish_behind_a_true_header_is_no_audio(make_sound: MakeSound) -> None:
    path = make_sound("a.flac", container="flac", codec="flac")
    path.write_bytes(path.read_bytes()[:60] + os.urandom(3000))

    with pytest.raises((NoAudio, MediaRefused)):
        probe(path)


def test_mp4_cut_before_its_index_is_said_to_be_cut(make_sound: MakeSound) -> None:
    path = make_sound("a.m4a", container="mp4", codec="aac")
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"moov") - 4])

    with pytest.raises(NoAudio, match="cut off"):
        probe(path)
