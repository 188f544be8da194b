"""Exports: every format, under a good name, with the names that voices have now."""

import json

import pytest
from django.urls import reverse

from engine.exports import FORMATS
from sessions_app.exporting import export_document
from sessions_app.models import Character, Run
from speakers_app.models import Assignment, How, Speaker
from tests.sessions_app.transcripts.telling import tell


@pytest.fixture
def told(session):
    return tell(session, lines=80, voices=3)


def export(client, session, name, **headers):
    return client.get(reverse("session-export", args=[session.uuid, name]), headers=headers)


@pytest.mark.parametrize("name", FORMATS)
def test_viewer_takes_the_transcript_along(viewer_client, told, name):
    answer = export(viewer_client, told, name)
    assert answer.status_code == 200
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="the-sunken-keep-01-the-gate.{name}"'
    )
    assert answer.headers["Content-Type"] == FORMATS[name].mime_type
    said = told.segments.exclude(text="").first().text.split()[0]
    assert name == "rttm" or said in answer.content.decode()


def test_title_of_any_letters_gives_a_name_that_every_system_takes(viewer_client, told):
    told.title = 'Wat "nu"/\r\nSet-Cookie: x → é' + "lang " * 24
    told.save()
    disposition = export(viewer_client, told, "txt").headers["Content-Disposition"]
    name = disposition.removeprefix('attachment; filename="').removesuffix('"')
    assert name.startswith("the-sunken-keep-01-wat-nu")
    assert name.endswith(".txt")
    assert len(name) <= 104


def test_every_line_is_taken_along_once_with_its_voice(told):
    document = export_document(told)
    lines = list(told.segments.select_related("voice"))
    assert [(line.start_ms, line.text) for line in document.lines] == [(s.start_ms, s.text) for s in lines]
    assert [line.voice for line in document.lines] == [s.voice.number if s.voice else None for s in lines]
    assert [line.heard for line in document.lines] == [bool(s.text) for s in lines]


def test_edited_line_gives_its_text_and_claims_no_words(viewer_client, told):
    told.segments.filter(position=0).update(text="What was really said.")
    first = export_document(told).lines[0]
    assert (first.text, first.words, first.edited) == ("What was really said.", (), True)
    assert "What was really said." in export(viewer_client, told, "vtt").content.decode()


def test_json_is_whole(viewer_client, told):
    data = json.loads(export(viewer_client, told, "json").content)
    assert "Spreker 2" in json.dumps(data, ensure_ascii=False)


def test_known_export_is_not_sent_again(viewer_client, told):
    etag = export(viewer_client, told, "srt").headers["ETag"]
    assert export(viewer_client, told, "srt", if_none_match=etag).status_code == 304
    told.segments.filter(position=0).update(text="Other.")
    assert export(viewer_client, told, "srt", if_none_match=etag).status_code == 200


def test_unknown_format_is_404(viewer_client, told):
    assert export(viewer_client, told, "docx").status_code == 404


def test_outsider_gets_404(outsider_client, told):
    assert export(outsider_client, told, "txt").status_code == 404


def test_empty_session_can_be_exported(viewer_client, session):
    assert export(viewer_client, session, "txt").status_code == 200


def test_queries_do_not_grow_with_the_lines(viewer_client, told, django_assert_num_queries):
    with django_assert_num_queries(11):
        export(viewer_client, told, "json")


@pytest.mark.parametrize("name", ["txt", "md", "vtt", "json"])
def test_text_of_the_demo_model_says_so_wherever_it_goes(viewer_client, told, name):
    assert "demomodel" not in export(viewer_client, told, name).content.decode()
    run = Run.objects.create(session=told, asr_fallback=True)
    told.segments.update(run=run)
    assert "demomodel" in export(viewer_client, told, name).content.decode()


def test_named_voice_is_taken_along_with_who_plays_whom(campaign, told):
    mira = Character.objects.create(party=campaign.party, name="Mira")
    anna = Speaker.objects.create(campaign=campaign, name="Anna", character=mira)
    voice = told.voices.get(number=1)
    Assignment.objects.create(voice=voice, speaker=anna, how=How.PERSON, locked=True)
    told.segments.filter(position=0).update(voice=voice, character=mira)
    document = export_document(told)
    assert (document.voices[0].player, document.voices[0].character) == ("Anna", "Mira")
    assert document.name_of(document.lines[0]) == "Anna als Mira"


@pytest.mark.parametrize("viewers", ["en", "nl"])
def test_file_is_in_the_language_of_the_session_whoever_takes_it_along(viewer_client, told, viewers):
    assert "Spreker 2" in export(viewer_client, told, "txt", accept_language=viewers).content.decode()
    told.language = "en"
    told.save()
    assert "Speaker 2" in export(viewer_client, told, "txt", accept_language=viewers).content.decode()
