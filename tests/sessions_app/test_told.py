"""What workers tell: kept once, read by each in their own language."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from engine.errors import MediaRefused
from engine.magic import SUPPORTED
from engine.told import Told
from sessions_app.models import Errand, ErrandKind, Recording, Stage, StageName, State
from sessions_app.models.told import kept, told
from sessions_app.runs import start_run
from sessions_app.told import in_words

LONG = Told("The recording is longer than %(hours)s hours, which is more than Scribe takes.", hours=1.5)


def test_values_stand_in_the_sentence_as_the_reader_writes_them():
    with translation.override("nl"):
        assert in_words(LONG) == "De opname is langer dan 1,5 uur; dat is meer dan Scribe aanneemt."
    with translation.override("en"):
        assert in_words(LONG) == "The recording is longer than 1.5 hours, which is more than Scribe takes."


def test_texts_within_texts_are_translated_too():
    text = Told("This is a text, not a recording. Scribe opens %(kinds)s.", kinds=Told(SUPPORTED))
    with translation.override("nl"):
        assert in_words(kept(text)).endswith(" CAF of AMR.")


@pytest.mark.parametrize("text", ["", "Something broke.", "50 % of %(it)s", "{}", '{"a": 1}'])
def test_text_of_earlier_versions_stays_as_it_is(text):
    assert kept(text) == text
    assert told(text) == text
    with translation.override("nl"):
        assert in_words(text) == text


@pytest.mark.django_db
def test_row_keeps_the_sentence_and_gives_it_back(campaign):
    errand = Errand.objects.create(kind=ErrandKind.LABEL, campaign=campaign)
    Errand.objects.filter(pk=errand.pk).update(message=LONG)
    errand.refresh_from_db()
    assert (errand.message, errand.message.values) == (LONG, {"hours": 1.5})
    errand.save()
    assert Errand.objects.get(message=LONG) == errand
    with connection.cursor() as cursor:
        cursor.execute("select message from sessions_app_errand")
        assert cursor.fetchone()[0].startswith('{"told":')


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "De opname is langer dan 1,5 uur; dat is meer dan Scribe aanneemt."),
        ("en", "The recording is longer than 1.5 hours, which is more than Scribe takes."),
    ],
)
@pytest.mark.django_db
def test_failed_run_is_read_in_the_language_of_its_reader(client, session, editor, language, words):
    run = start_run(session, editor)
    stage = Stage.objects.get(run=run, name=StageName.PREPARE)
    error = MediaRefused(LONG.template, hours=1.5)
    Stage.objects.filter(pk=stage.pk).update(state=State.FAILED, message=error.message)
    editor.interface_language = language
    editor.save()
    client.force_login(editor)
    page = client.get(reverse("session-detail", args=[session.uuid])).content.decode()
    assert words in page
    assert "told" not in page.split("run-failure", 1)[1].split("</p>", 1)[0]


@pytest.mark.django_db
def test_warning_of_a_recording_is_read_in_the_language_of_its_reader(client, session, editor):
    Recording.objects.create(
        session=session,
        file="a.wav",
        original_name="a.wav",
        size=1,
        sha256="0" * 64,
        warnings=[kept(LONG), "Old."],
    )
    editor.interface_language = "nl"
    editor.save()
    client.force_login(editor)
    page = client.get(reverse("session-detail", args=[session.uuid])).content.decode()
    assert "De opname is langer dan 1,5 uur" in page
    assert ">Old.<" in page


def test_refusal_of_an_upload_comes_out_of_its_process_whole(tmp_path):
    from sessions_app.uploads.inspection import inspect

    path = tmp_path / "notes.txt"
    path.write_text("Wij gaan naar de grot.\n" * 50)
    with pytest.raises(MediaRefused) as refused:
        inspect(path, "notes.txt")
    assert isinstance(refused.value.message.values["kinds"], Told)
