"""Cutting a session into clips: which, how they are called, and that nothing breaks it off for good."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from engine.wav import wav_header
from sessions_app.clips import errand as cutting
from sessions_app.clips import folder as folders
from sessions_app.clips.choice import ClipChoice, wanted_clips
from sessions_app.clips.errand import ask_for_clips, expected_bytes, folder_of
from sessions_app.clips.naming import clip_name, safe
from sessions_app.disk import DiskFull
from sessions_app.errands import working
from sessions_app.errands.asking import cancel, try_again
from sessions_app.models import Errand, State
from sessions_app.runs.progress import about
from sessions_app.transcripts.showing import Show
from sessions_app.views.clip_exports import remaining
from tests.sessions_app.runs.fake_engine import FakeEngine

pytestmark = pytest.mark.django_db(transaction=True)

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "clips.schema.json").read_text())


def done(errand) -> Errand:
    working.work(FakeEngine(), "here:1")
    errand.refresh_from_db()
    return errand


def unpacked(errand) -> tuple[dict[str, object], dict[str, bytes]]:
    with (
        default_storage.open(errand.result["name"]) as file,
        zipfile.ZipFile(io.BytesIO(file.read())) as archive,
    ):
        files = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(files.pop("manifest.json")), files


def test_every_line_becomes_a_file_that_the_manifest_tells_of(spoken, editor):
    errand = done(ask_for_clips(spoken, editor, ClipChoice()))
    assert (errand.state, errand.result["clips"], errand.result["failed"]) == (State.DONE, 3, 0)
    manifest, files = unpacked(errand)
    jsonschema.validate(manifest, SCHEMA)
    assert [clip["file"] for clip in manifest["clips"]] == sorted(files)
    first = manifest["clips"][0]
    assert first["file"] == "0001_00-00-00_Speaker-1.mp3"
    assert (first["text"], first["label"], first["kind"], first["confidence"]) == (
        "I open the door.",
        "IC",
        "character",
        0.8,
    )
    assert all(len(data) > 1000 for data in files.values())
    assert not folder_of(errand).exists()


@pytest.mark.parametrize(
    ("choice", "texts"),
    [
        (ClipChoice(show=Show.STORY), ["I open the door.", "It creaks."]),
        (ClipChoice(show=Show.TABLE), ["Roll for it."]),
        (ClipChoice(voice=2), ["Roll for it."]),
        (ClipChoice(start_ms=2500, end_ms=8000), ["Roll for it.", "It creaks."]),
        (ClipChoice(voice=1, show=Show.STORY, start_ms=0, end_ms=3000), ["I open the door."]),
    ],
)
def test_choice_says_which_lines(spoken, choice, texts):
    assert [clip.text for clip in wanted_clips(spoken, choice)] == texts
    assert ClipChoice.from_json(json.loads(json.dumps(choice.to_json()))) == choice


def test_worker_that_died_left_its_clips_to_the_next(spoken, editor, monkeypatch):
    errand = ask_for_clips(spoken, editor, ClipChoice(form="wav"))
    folder = folder_of(errand)
    made: list[str] = []
    cut = folders.cut

    def dies(audio, spans, form):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(str(spans[0].start_ms))
        return cut(audio, spans, form)

    monkeypatch.setattr(folders, "cut", dies)
    with pytest.raises(KeyboardInterrupt):
        working.work(FakeEngine(), "here:1")
    left = {path.name for path in folder.glob("*/*")}
    assert len(left) == 2
    assert not any(name.startswith(".") for name in left)
    Errand.objects.update(state=State.WAITING, worker="")
    monkeypatch.setattr(folders, "cut", lambda *args: made.append("again") or cut(*args))
    assert done(errand).state == State.DONE
    assert made.count("again") == 1


def test_one_clip_that_fails_stops_no_other(spoken, editor, monkeypatch):
    cut = folders.cut

    def fails(audio, spans, form):
        if spans[0].start_ms == 3000:
            raise ValueError("no sound there")
        return cut(audio, spans, form)

    monkeypatch.setattr(folders, "cut", fails)
    errand = done(ask_for_clips(spoken, editor, ClipChoice()))
    assert (errand.state, errand.result["clips"], errand.result["failed"]) == (State.DONE, 2, 1)
    manifest, files = unpacked(errand)
    jsonschema.validate(manifest, SCHEMA)
    assert [clip["error"] for clip in manifest["clips"]] == [None, "no sound there", None]
    assert len(files) == 2


def test_full_disk_is_told_and_what_is_done_stays(spoken, editor, monkeypatch):
    errand = ask_for_clips(spoken, editor, ClipChoice())
    write, written = folders._write, []

    def fills_up(path, data):
        if written:
            raise DiskFull
        written.append(path)
        write(path, data)

    monkeypatch.setattr(folders, "_write", fills_up)
    assert done(errand).state == State.FAILED
    assert "disk is full" in errand.message
    assert errand.retryable
    monkeypatch.setattr(folders, "_write", write)
    try_again(errand)
    assert done(errand).state == State.DONE


def test_too_little_room_is_told_before_anything_is_cut(spoken, editor, monkeypatch):
    monkeypatch.setattr("sessions_app.disk.free_bytes", lambda: 101 << 20)
    monkeypatch.setattr(cutting, "expected_bytes", lambda *args: (3, 1 << 20))
    errand = done(ask_for_clips(spoken, editor, ClipChoice()))
    assert "disk is full" in errand.message
    assert not folder_of(errand).exists()


def test_what_changed_before_broken_off_work_goes_on_is_in_the_zip(spoken, editor, monkeypatch):
    errand = ask_for_clips(spoken, editor, ClipChoice(form="wav"))
    store = cutting.store_file

    def breaks_off(*args):
        raise RuntimeError("the store does not answer")

    monkeypatch.setattr(cutting, "store_file", breaks_off)
    assert done(errand).state == State.FAILED
    first = spoken.segments.get(position=0)
    first.end_ms, first.voice = 1000, spoken.voices.get(number=2)
    first.save()
    spoken.segments.get(position=2).delete()
    monkeypatch.setattr(cutting, "store_file", store)
    try_again(errand)
    assert done(errand).state == State.DONE
    manifest, files = unpacked(errand)
    names = ["0001_00-00-00_Speaker-2.wav", "0002_00-00-03_Speaker-2.wav"]
    assert [clip["file"] for clip in manifest["clips"]] == sorted(files) == names
    assert len(files[names[0]]) < 0.7 * len(files[names[1]])


def test_sound_of_an_earlier_recording_is_not_taken_over(spoken, editor, monkeypatch):
    errand = ask_for_clips(spoken, editor, ClipChoice(form="wav"))
    with monkeypatch.context() as patched:
        patched.setattr(cutting, "finishing", None)
        assert done(errand).state == State.FAILED
    silence = wav_header(320_000) + bytes(320_000)
    spoken.audio_name = default_storage.save(f"{spoken.folder}/prepared-y.wav", ContentFile(silence))
    spoken.save()
    try_again(errand)
    _, files = unpacked(done(errand))
    assert all(not any(data[100:]) for data in files.values())


def test_names_are_in_the_language_of_the_session(spoken, editor):
    type(spoken).objects.update(language="nl")
    _, files = unpacked(done(ask_for_clips(spoken, editor, ClipChoice())))
    assert "0001_00-00-00_Spreker-1.mp3" in files


@pytest.mark.parametrize("end", ["cancelled", "deleted"])
def test_nothing_is_left_of_an_export_that_ends_while_it_is_packed(spoken, editor, monkeypatch, end):
    errand = ask_for_clips(spoken, editor, ClipChoice())
    store = cutting.store_file

    def stores_too_late(*args):
        if end == "cancelled":
            cancel(errand)
        else:
            Errand.objects.all().delete()
        return store(*args)

    monkeypatch.setattr(cutting, "store_file", stores_too_late)
    working.work(FakeEngine(), "here:1")
    assert not default_storage.exists(cutting.zip_name(errand.uuid))
    assert not list(folder_of(errand).parent.glob(f"*{errand.uuid}*"))


def test_what_a_killed_worker_packed_goes_with_the_errand(spoken, editor):
    errand = ask_for_clips(spoken, editor, ClipChoice())
    folder_of(errand).mkdir(parents=True)
    folder_of(errand).with_suffix(".zip").write_bytes(b"half a zip")
    default_storage.save(cutting.zip_name(errand.uuid), ContentFile(b"stored, and not told"))
    errand.delete()
    assert not default_storage.exists(cutting.zip_name(errand.uuid))
    assert not list(folder_of(errand).parent.glob(f"*{errand.uuid}*"))


def test_time_that_remains_counts_from_the_beginning_not_from_the_asking(spoken, editor):
    errand = ask_for_clips(spoken, editor, ClipChoice())
    now = timezone.now()
    errand.created_at = now - timedelta(hours=5)
    errand.state, errand.done, errand.total, errand.heartbeat_at = State.RUNNING, 50, 100, now
    errand.result = {"began": now.timestamp() - 60}
    assert remaining(errand) == about(60)


def test_why_an_export_failed_is_told_in_words(client, spoken, viewer):
    errand = ask_for_clips(spoken, viewer, ClipChoice())
    type(spoken).objects.update(audio_name="nowhere.wav")
    done(errand)
    client.force_login(viewer)
    page = client.get(reverse("clip-export", args=[errand.uuid]), headers={"Accept-Language": "nl"})
    assert "De opname staat niet meer in de opslag." in page.content.decode()


def test_member_who_was_removed_does_not_fetch_what_was_cut(client, spoken, viewer):
    errand = done(ask_for_clips(spoken, viewer, ClipChoice()))
    spoken.campaign.memberships.filter(user=viewer).delete()
    client.force_login(viewer)
    assert client.get(reverse("clip-export-download", args=[errand.uuid])).status_code == 404


def test_nothing_to_cut_says_so(spoken, editor):
    errand = ask_for_clips(spoken, editor, ClipChoice())
    spoken.segments.all().delete()
    assert done(errand).state == State.FAILED
    assert "no lines" in errand.message


def test_zip_goes_with_the_errand(spoken, editor):
    errand = done(ask_for_clips(spoken, editor, ClipChoice()))
    name = errand.result["name"]
    assert default_storage.exists(name)
    errand.delete()
    assert not default_storage.exists(name)


def test_the_same_is_not_cut_twice_at_once(spoken, editor):
    first = ask_for_clips(spoken, editor, ClipChoice())
    assert ask_for_clips(spoken, editor, ClipChoice()) == first
    assert ask_for_clips(spoken, editor, ClipChoice(form="wav")) != first


def test_cancelled_export_is_not_made(spoken, editor):
    errand = ask_for_clips(spoken, editor, ClipChoice())
    cancel(errand)
    assert done(errand).state == State.CANCELLED


def test_estimate_is_of_the_right_size(spoken, editor):
    for form in ("mp3", "ogg", "wav"):
        count, size = expected_bytes(spoken, ClipChoice(form=form))
        errand = done(ask_for_clips(spoken, editor, ClipChoice(form=form)))
        assert count == 3
        assert 0.5 * size < errand.result["size"] < 1.3 * size


def test_reader_asks_for_clips_and_fetches_them(client, spoken, viewer):
    client.force_login(viewer)
    page = reverse("session-clips", args=[spoken.uuid])
    assert "Cut the session into clips" in client.get(page).content.decode()
    client.post(page, {"cut-form": "mp3", "cut-show": "story"})
    errand = Errand.objects.get()
    assert "waits for a worker" in client.get(page).content.decode()
    done(errand)
    assert "Download the zip" in client.get(reverse("clip-export", args=[errand.uuid])).content.decode()
    answer = client.get(reverse("clip-export-download", args=[errand.uuid]))
    data = b"".join(answer.streaming_content)
    assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) == 3
    assert "the-gate" in answer.headers["Content-Disposition"]


def test_export_that_was_stopped_elsewhere_goes_from_the_page(client, spoken, viewer):
    errand = ask_for_clips(spoken, viewer, ClipChoice())
    cancel(errand)
    client.force_login(viewer)
    answer = client.get(reverse("clip-export", args=[errand.uuid]))
    assert (answer.status_code, answer.content) == (200, b"")


def test_exports_side_by_side_say_what_they_hold(client, spoken, viewer):
    for choice in (
        ClipChoice(form="wav", show=Show.STORY, voice=2),
        ClipChoice(start_ms=1, end_ms=2),  # a scene that is not one any more
    ):
        ask_for_clips(spoken, viewer, choice)
    client.force_login(viewer)
    page = client.get(reverse("session-clips", args=[spoken.uuid])).content.decode()
    for told in ("WAV · Story · Speaker 2", "MP3 · Everything</p>"):
        assert told in page
    polled = client.get(reverse("clip-export", args=[Errand.objects.first().uuid])).content.decode()
    assert "MP3 · Everything</p>" in polled


def test_estimate_is_shown_before(client, spoken, viewer):
    client.force_login(viewer)
    address = reverse("clip-estimate", args=[spoken.uuid])
    shown = client.get(address, {"cut-form": "mp3", "cut-show": "table"}).content.decode()
    assert "1 clip, about" in shown
    assert "No lines" in client.get(address, {"cut-form": "flac"}).content.decode()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Zoë", "Zoe"),
        ("../../x", "x"),
        ("con", "con-"),
        ("a" * 300, "a" * 80),
        ("王", "unnamed"),
        ("A/B\\C:D", "A-B-C-D"),
    ],
)
def test_names_are_safe_on_every_system(text, name):
    assert safe(text) == name


def test_names_sort_by_time():
    names = [clip_name(n, n * 3_600_000, "Anna", "", "mp3") for n in (1, 2, 11)]
    assert names == sorted(names)
