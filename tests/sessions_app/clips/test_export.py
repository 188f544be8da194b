"""Cutting a session into clips: which, how they are called, and that nothing breaks it off for good."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import jsonschema
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from sessions_app.clips import errand as cutting
from sessions_app.clips import folder as folders
from sessions_app.clips.choice import ClipChoice, wanted_clips
from sessions_app.clips.errand import ask_for_clips, expected_bytes, folder_of
from sessions_app.clips.naming import clip_name, safe
from sessions_app.disk import DiskFull
from sessions_app.errands import working
from sessions_app.errands.asking import cancel, try_again
from sessions_app.models import Errand, State
from sessions_app.transcripts.showing import Show
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
    left = {path.name for path in folder.iterdir()}
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
    monkeypatch.setattr(cutting, "free_bytes", lambda: 1000)
    errand = done(ask_for_clips(spoken, editor, ClipChoice()))
    assert "disk is full" in errand.message
    assert not folder_of(errand).exists()


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
