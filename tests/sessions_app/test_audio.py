"""A session's audio and a recording's original: ranges, validators, rights, and reading from an S3-compatible store."""

from __future__ import annotations

import io
import wave
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.test import AsyncClient
from django.urls import reverse

from engine.wav import PcmFile
from sessions_app.models import Recording
from sessions_app.ranges import Unsatisfiable, read_range
from sessions_app.storage import describe, open_range

SOUND = bytes(range(256)) * 40


@pytest.fixture
def url(session) -> str:
    session.audio_name = default_storage.save("audio/prepared.wav", ContentFile(SOUND))
    session.save(update_fields=["audio_name"])
    return reverse("session-audio", args=[session.uuid])


def test_whole_file(viewer_client, url):
    answer = viewer_client.get(url)
    assert answer.status_code == 200
    assert answer.getvalue() == SOUND
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Content-Length"] == str(len(SOUND))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(SOUND) - 1),
        ("bytes=-10", len(SOUND) - 10, len(SOUND) - 1),
        ("bytes=5-99999999", 5, len(SOUND) - 1),
        ("bytes=-99999999", 0, len(SOUND) - 1),
    ],
)
def test_range(viewer_client, url, asked, first, last):
    answer = viewer_client.get(url, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(SOUND)}"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert answer.getvalue() == SOUND[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_range_beyond_the_end(viewer_client, url, asked):
    answer = viewer_client.get(url, headers={"Range": asked})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(SOUND)}")


@pytest.mark.parametrize("asked", ["bytes=9-5", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "nonsense"])
def test_what_is_no_single_range_gets_the_whole(viewer_client, url, asked):
    answer = viewer_client.get(url, headers={"Range": asked})
    assert answer.status_code == 200
    assert answer.getvalue() == SOUND


def test_empty_file_has_no_ranges():
    with pytest.raises(Unsatisfiable):
        read_range("bytes=0-", 0)


def test_range_of_a_file_that_changed_since_gets_the_new_one(viewer_client, url):
    etag = viewer_client.head(url).headers["ETag"]
    same = viewer_client.get(url, headers={"Range": "bytes=0-9", "If-Range": etag})
    other = viewer_client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"older"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert len(same.getvalue()) == 10
    assert other.getvalue() == SOUND


def test_known_file_is_not_sent_again(viewer_client, url):
    etag = viewer_client.head(url).headers["ETag"]
    assert viewer_client.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_head_says_the_length(viewer_client, url):
    answer = viewer_client.head(url)
    assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (
        200,
        str(len(SOUND)),
        b"",
    )


@pytest.mark.django_db(transaction=True)
async def test_pieces_are_streamed_without_blocking(viewer, url, monkeypatch):
    monkeypatch.setattr("sessions_app.ranges.PIECE", 1000)
    client = AsyncClient()
    await client.aforce_login(viewer)
    answer = await client.get(url, headers={"Range": "bytes=10-5000"})
    assert answer.status_code == 206
    assert answer.is_async
    assert b"".join([piece async for piece in answer]) == SOUND[10:5001]


def test_outsider_gets_404(outsider_client, url):
    assert outsider_client.get(url).status_code == 404


def test_session_without_audio_gets_404(viewer_client, session):
    assert viewer_client.get(reverse("session-audio", args=[session.uuid])).status_code == 404


def test_lost_file_gets_404(viewer_client, session, url):
    default_storage.delete(session.audio_name)
    assert viewer_client.get(url).status_code == 404


@pytest.fixture
def recording(session) -> Recording:
    name = default_storage.save("recordings/x.html", ContentFile(SOUND))
    return Recording.objects.create(
        session=session, file=name, size=len(SOUND), sha256="0" * 64, original_name="Avond één.html"
    )


def test_original_is_saved_and_never_shown(viewer_client, recording):
    answer = viewer_client.get(reverse("recording-download", args=[recording.uuid]))
    assert answer.getvalue() == SOUND
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Avond")


def test_outsider_gets_no_original(outsider_client, recording):
    assert outsider_client.get(reverse("recording-download", args=[recording.uuid])).status_code == 404


def test_removing_asks_once_and_takes_the_file_along(
    editor_client, session, recording, django_capture_on_commit_callbacks
):
    url = reverse("recording-delete", args=[recording.uuid])
    assert b"Avond" in editor_client.get(url).content
    assert session.recordings.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert editor_client.post(url).url == session.get_absolute_url()
    assert not session.recordings.exists()
    assert not default_storage.exists(recording.file.name)


def test_viewer_may_not_remove(viewer_client, outsider_client, recording):
    url = reverse("recording-delete", args=[recording.uuid])
    assert viewer_client.post(url).status_code == 403
    assert outsider_client.post(url).status_code == 404


class Bucket(Storage):
    """What an S3 storage shows of itself: no path, and files with boto3's object inside."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.fetched: list[str] = []

    def _open(self, name, mode="rb"):
        if name not in self.files:
            raise FileNotFoundError(name)
        data = self.files[name]

        def get(Range, IfMatch):  # noqa: N803 (boto3's names)
            assert IfMatch == '"v1"'
            self.fetched.append(Range)
            first, last = Range.removeprefix("bytes=").split("-")
            return {"Body": io.BytesIO(data[int(first) : int(last) + 1])}

        return SimpleNamespace(obj=SimpleNamespace(content_length=len(data), e_tag='"v1"', get=get))


def test_store_is_asked_only_for_what_is_read(monkeypatch):
    bucket = Bucket({"long.wav": bytes(5 << 20)})
    monkeypatch.setattr("sessions_app.storage.READ_AHEAD", 1 << 16)
    with open_range("long.wav", bucket) as file:
        assert file.seek(-10, io.SEEK_END) == (5 << 20) - 10
        assert file.read() == bytes(10)
        file.seek(1 << 20)
        assert len(file.read(100)) == 100
    assert describe("long.wav", bucket).size == 5 << 20
    assert bucket.fetched[0] == f"bytes={(5 << 20) - 10}-{(5 << 20) - 1}"
    assert all(
        int(r.split("-")[1]) - int(r.removeprefix("bytes=").split("-")[0]) < 1 << 17 for r in bucket.fetched
    )


def test_prepared_audio_is_read_in_slices_from_a_store():
    memory = io.BytesIO()
    with wave.open(memory, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(b"".join(n.to_bytes(2, "little") for n in range(16_000)))
    bucket = Bucket({"a.wav": memory.getvalue()})
    with PcmFile(open_range("a.wav", bucket)) as pcm:
        assert pcm.duration_ms == 1000
        assert list((pcm.read(500, 501) * 32_768).round()) == list(range(8000, 8016))


def test_missing_file_of_a_store_is_missing():
    with pytest.raises(FileNotFoundError):
        describe("nothing.wav", Bucket({}))
