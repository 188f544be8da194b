"""What becomes of a whole file: a recording and a Run, "already here", or a clear word of refusal."""

from __future__ import annotations

import os
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from sessions_app.models import Recording, Session, Upload
from sessions_app.uploads.expiry import expire_uploads
from sessions_app.uploads.finishing import finish_arrived_uploads, finish_upload
from sessions_app.uploads.parts import held_part, part_path

PLAYLIST = b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


def test_whole_file_becomes_a_recording_and_starts_a_run(tus, sound, session, editor, runs, uploads_folder):
    data = sound.wav(1.0)
    upload = tus.send(data, "evening.wav")
    recording = session.recordings.get()
    assert upload.recording == recording
    assert (recording.container, recording.codec, recording.duration_ms) == ("wav", "pcm_s16le", 1000)
    assert (recording.size, recording.original_name, recording.uploaded_by) == (
        len(data),
        "evening.wav",
        editor,
    )
    assert recording.file.read() == data
    recording.file.close()
    assert runs == [session]
    assert not list(uploads_folder.iterdir())


def test_head_after_the_end_still_says_whole(tus, sound):
    upload = tus.send(sound.wav())
    assert tus.head(upload.get_absolute_url()).headers["Upload-Offset"] == str(upload.length)
    assert tus.patch(upload.get_absolute_url(), upload.length, b"x").status_code == 409


@pytest.mark.parametrize(
    ("data", "name", "word"),
    [
        (b"", "empty.mp3", "empty"),
        (PLAYLIST, "song.mp3", ""),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "song.wav", ""),
        (b"just words, many of them\n" * 50, "notes.m4a", ""),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "picture.mp3", ""),
        (bytes(range(256)) * 40, "noise.ogg", ""),
    ],
)
def test_what_is_no_recording_is_refused_in_words(tus, runs, uploads_folder, data, name, word):
    upload = tus.send(data, name)
    assert len(upload.error) > 15
    assert word in upload.error
    assert not Recording.objects.exists()
    assert not runs
    assert not list(uploads_folder.iterdir())


def test_wrong_extension_is_taken_with_a_warning(tus, sound, session):
    tus.send(sound.wav(), "evening.mp3")
    assert ".mp3" in session.recordings.get().warnings[0]


def test_ending_that_no_file_system_takes_keeps_nobody_from_uploading(tus, sound, session):
    upload = tus.send(sound.wav(), "a." + "b" * 253)
    assert upload.error == ""
    assert session.recordings.get().file.name.endswith(str(upload.uuid))


def test_file_that_crashes_its_reader_is_refused(tus, sound, monkeypatch):
    monkeypatch.setattr("sessions_app.uploads.inspection.sys.executable", "/bin/false")
    assert "could not be opened" in tus.send(sound.wav()).error


def test_same_content_in_the_session_is_already_here(tus, sound, session, runs):
    first = tus.send(sound.wav(), "evening.wav")
    again = tus.send(sound.wav(), "copy of evening.wav")
    assert again.duplicate
    assert again.recording == first.recording
    assert session.recordings.count() == 1
    assert len(runs) == 1


def test_same_content_in_another_session_of_the_campaign_is_noted(tus, tus_of, sound, session, campaign):
    tus.send(sound.wav())
    tus.session = other = Session.objects.create(campaign=campaign, number=2)
    tus.send(sound.wav())
    assert other.recordings.get().elsewhere == session
    assert session.recordings.get().elsewhere == other


def test_same_content_in_another_campaign_stays_unsaid(tus, sound, session, outsider):
    elsewhere = outsider.campaigns.get()
    theirs = Session.objects.create(campaign=elsewhere, number=1)
    tus.send(sound.wav())
    mine = session.recordings.get()
    Recording.objects.create(session=theirs, file="x.wav", size=1, sha256=mine.sha256, original_name="x.wav")
    assert mine.elsewhere is None


def test_run_waits_for_the_other_file_of_the_evening(tus, sound, session, runs):
    url = tus.create(10, "second half.wav").headers["Location"]
    tus.send(sound.wav())
    assert not runs
    tus.delete(url)
    assert runs == [session]


def test_run_does_not_wait_for_an_abandoned_file(tus, sound, session, runs):
    tus.create(10, "abandoned.wav")
    Upload.objects.update(updated_at=timezone.now() - timedelta(minutes=5))
    tus.send(sound.wav())
    assert runs == [session]


def test_kill_before_the_file_was_looked_at_is_made_good(tus, sound, session, runs, monkeypatch):
    monkeypatch.setattr("sessions_app.views.uploads.finish_soon", lambda upload: None)
    tus.send(sound.wav())
    assert not session.recordings.exists()
    finish_arrived_uploads()
    finish_arrived_uploads()
    assert session.recordings.count() == 1
    assert len(runs) == 1


def test_kill_between_storing_the_file_and_its_row_is_made_good(tus, sound, session, monkeypatch):
    monkeypatch.setattr("sessions_app.views.uploads.finish_soon", lambda upload: None)
    upload = tus.send(sound.wav())
    default_storage.save(f"recordings/{session.uuid}/{upload.uuid}.wav", ContentFile(b"half a fi"))
    finish_arrived_uploads()
    with session.recordings.get().file.open() as file:
        assert file.read() == sound.wav()


def test_kill_between_recording_and_run_is_made_good(tus, sound, session, runs):
    tus.send(sound.wav())
    session.runs.all().delete()
    runs.clear()
    finish_arrived_uploads()
    assert runs == [session]


def test_only_one_finishes(tus, sound, session, monkeypatch):
    monkeypatch.setattr("sessions_app.views.uploads.finish_soon", lambda upload: None)
    upload = tus.send(sound.wav())
    with held_part(upload.uuid):
        finish_upload(upload.pk)
    assert not session.recordings.exists()


def test_large_file_is_finished_aside(tus, sound, session, monkeypatch):
    started = []
    monkeypatch.setattr("sessions_app.uploads.finishing.AT_ONCE_BYTES", 100)

    def thread(target, args, name):
        return SimpleNamespace(start=lambda: started.append((target, args)))

    monkeypatch.setattr("sessions_app.uploads.finishing.threading", SimpleNamespace(Thread=thread))
    upload = tus.send(sound.wav())
    assert not session.recordings.exists()
    assert [args for _, args in started] == [(upload.pk,)]


def test_removed_session_takes_its_files_along(tus, sound, session, django_capture_on_commit_callbacks):
    tus.send(sound.wav())
    name = session.recordings.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        session.delete()
    assert not default_storage.exists(name)


def test_abandoned_uploads_expire(tus, uploads_folder):
    old, new = tus.create(10), tus.create(10)
    past = timezone.now() - timedelta(hours=73)
    upload = Upload.objects.get(uuid=old.headers["Location"].split("/")[-2])
    Upload.objects.filter(pk=upload.pk).update(updated_at=past)
    assert expire_uploads() == 0, "its file was touched just now"
    _age(part_path(upload.uuid), past)
    stray = uploads_folder / "stray.part"
    stray.write_bytes(b"x")
    _age(stray, past)
    assert expire_uploads() == 2
    assert [str(u.uuid) for u in Upload.objects.all()] == [new.headers["Location"].split("/")[-2]]
    assert len(list(uploads_folder.iterdir())) == 1


def _age(path, moment):
    os.utime(path, (moment.timestamp(), moment.timestamp()))
