"""Editing lines as the transcript page's script asks for it, and without scripts."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from sessions_app.editing.text import LONGEST
from sessions_app.models import Segment
from speakers_app import line_edits
from tests.sessions_app.transcripts.telling import tell

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def told(session):
    return tell(session, lines=20, voices=3)


def line_at(session, position) -> Segment:
    return Segment.everything.get(session=session, position=position)


def post(client, name, session, line=None, /, **data):
    args = [session.uuid, *([line.uuid] if line else [])]
    return client.post(reverse(name, args=args), data)


def test_text_is_stored_and_told(told, editor_client):
    line = line_at(told, 0)
    answer = post(editor_client, "line-text", told, line, text="We walk\n down.", seen=line.text)
    said = answer.json()
    assert (said["line"], said["text"], said["changed"]) == (str(line.uuid), "We walk down.", True)
    assert said["said"] == "Edited “We walk down.”."
    assert said["undo"] == "edited “We walk down.”"
    assert line_at(told, 0).text == "We walk down."


def test_saving_what_stands_there_is_a_review(told, editor_client):
    line = line_at(told, 0)
    answer = post(editor_client, "line-text", told, line, text=line.text, seen=line.text, reviewed="1")
    assert answer.status_code == 200
    assert line_at(told, 0).reviewed


def test_both_versions_come_back_where_somebody_was_faster(told, editor_client, owner):
    line = line_at(told, 0)
    line_edits.edit_line(told, line.uuid, "Theirs.", line.text, owner)
    answer = post(editor_client, "line-text", told, line, text="Mine.", seen=line.text)
    assert answer.status_code == 409
    said = answer.json()
    assert (said["text"], said["by"]) == ("Theirs.", owner.shown_name)
    assert owner.shown_name in said["said"]
    assert line_at(told, 0).text == "Theirs."
    assert post(editor_client, "line-text", told, line, text="Mine.", seen="Theirs.").status_code == 200


def test_a_line_that_is_no_more_is_told(told, editor_client, editor):
    line = line_at(told, 0)
    line_edits.remove_lines(told, [line.pk], editor)
    answer = post(editor_client, "line-text", told, line, text="Late.", seen=line.text)
    assert answer.status_code == 404
    assert "not there any more" in answer.json()["said"]


@pytest.mark.parametrize("text", ["", " ", "x" * (LONGEST + 1), "x " * 30_000])
def test_what_no_line_can_say_is_refused(told, editor_client, text):
    line = line_at(told, 0)
    answer = post(editor_client, "line-text", told, line, text=text, seen=line.text)
    assert answer.status_code == 400
    assert answer.json()["said"]
    assert line_at(told, 0).text == line.text


def test_split_join_undo_and_redo(told, editor_client):
    line = line_at(told, 0)
    at = line.text.index(" ")
    answer = post(editor_client, "line-split", told, line, text=line.text, seen=line.text, at=at).json()
    new = Segment.objects.get(uuid=answer["new"])
    first = Segment.objects.get(uuid=line.uuid)
    assert f"{first.text} {new.text}" == line.text
    answer = post(
        editor_client,
        "line-join",
        told,
        line,
        text=first.text,
        seen=first.text,
        next=str(new.uuid),
        next_seen=new.text,
    )
    assert answer.json()["text"] == line.text
    assert post(editor_client, "session-undo", told).json()["done"]
    assert Segment.objects.filter(uuid=new.uuid).exists()
    answer = post(editor_client, "session-undo", told).json()
    assert answer["said"].startswith("Undone: split “")
    assert line_at(told, 0).text == line.text
    assert post(editor_client, "session-redo", told).json()["said"].startswith("Done again: split “")
    assert Segment.objects.filter(uuid=new.uuid).exists()


def test_nothing_to_undo_is_said(told, editor_client):
    for name in ("session-undo", "session-redo"):
        answer = post(editor_client, name, told).json()
        assert not answer["done"]
        assert answer["said"].startswith("There is nothing")


def test_what_cant_be_undone_is_said_and_passed_over(told, editor, editor_client, owner):
    line = line_at(told, 0)
    line_edits.edit_line(told, line.uuid, "Mine.", line.text, editor)
    line_edits.edit_line(told, line.uuid, "Theirs.", "Mine.", owner)
    answer = post(editor_client, "session-undo", told)
    assert answer.status_code == 409
    assert answer.json()["undo"] == ""
    assert not post(editor_client, "session-undo", told).json()["done"]


def test_lines_are_removed_shown_and_put_back(told, editor_client):
    lines = [line_at(told, 0), line_at(told, 1)]
    uuids = " ".join(str(line.uuid) for line in lines)
    assert post(editor_client, "lines-remove", told, lines=uuids).json()["said"] == "Removed 2 lines."
    fragment = editor_client.get(reverse("removed-lines", args=[told.uuid]), headers=HTMX).content.decode()
    assert fragment.count("Put back") == 2
    assert "<html" not in fragment
    page = editor_client.get(reverse("session-detail", args=[told.uuid])).content.decode()
    assert "2 removed lines" in page
    assert (
        lines[0].text not in page.partition('id="lines"')[2].partition("</section>")[0].split("line-text")[1]
    )
    assert post(editor_client, "lines-restore", told, lines=uuids).json()["said"] == "Put 2 lines back."
    assert Segment.objects.filter(pk__in=[line.pk for line in lines]).count() == 2


def test_lines_are_put_back_without_scripts(told, editor, editor_client):
    line = line_at(told, 0)
    line_edits.remove_lines(told, [line.pk], editor)
    address = reverse("removed-lines", args=[told.uuid])
    page = editor_client.post(address, {"lines": str(line.uuid)}, follow=True).content.decode()
    assert "Put 1 line back." in page
    assert "No line of this session is removed." in page


def test_reviewed_lines_are_counted(told, editor_client):
    lines = [line for line in told.segments.all() if line.text][:3]
    uuids = " ".join(str(line.uuid) for line in lines)
    assert post(editor_client, "lines-reviewed", told, lines=uuids, reviewed="1").status_code == 200
    share = editor_client.get(reverse("session-review-share", args=[told.uuid])).content.decode()
    assert "3 of 20 lines reviewed" in " ".join(share.split())
    post(editor_client, "lines-reviewed", told, lines=str(lines[0].uuid))
    share = editor_client.get(reverse("session-review-share", args=[told.uuid])).content.decode()
    assert "2 of 20 lines reviewed" in " ".join(share.split())


def test_what_a_later_run_heard_is_taken_or_left(told, editor_client):
    for position, take, expected in ((0, "machine", "heard anew"), (1, "mine", "a person's")):
        Segment.objects.filter(session=told, position=position).update(
            text="a person's", words=[], heard_text="heard anew", heard_words=[], heard_anew=True
        )
        line = line_at(told, position)
        answer = post(editor_client, "line-heard", told, line, seen=line.text, take=take)
        assert answer.json()["text"] == expected
        row = line_at(told, position)
        assert (row.text, row.heard_anew, row.reviewed) == (expected, False, True)


def test_what_is_worth_a_look_is_listed(told, viewer_client):
    def places(what):
        return viewer_client.get(reverse("session-review", args=[told.uuid, what])).json()["lines"]

    words = places("words")
    first = words[0]
    line = Segment.objects.get(uuid=first["uuid"])
    assert line.words[first["word"]][3] < 0.5
    assert first["start_ms"] == line.words[first["word"]][0]
    Segment.objects.filter(pk=line.pk).update(reviewed=True)
    assert str(line.uuid) not in {place["uuid"] for place in places("words")}
    assert len(places("voices")) == 3
    Segment.objects.filter(pk=line.pk).update(heard_anew=True, heard_text="other")
    assert [place["uuid"] for place in places("hearings")] == [str(line.uuid)]
    assert viewer_client.get(reverse("session-review", args=[told.uuid, "nonsense"])).status_code == 404


def test_history_tells_who_changed_what_and_what_was_heard(told, editor, editor_client, viewer_client):
    line = line_at(told, 0)
    line_edits.edit_line(told, line.uuid, "We <b>walk</b> down.", line.text, editor)
    address = reverse("line-history", args=[told.uuid, line.uuid])
    fragment = editor_client.get(address, headers=HTMX).content.decode()
    assert editor.shown_name in fragment
    assert "<ins>We &lt;b&gt;walk&lt;/b&gt; down.</ins>" in fragment
    assert "Take this text" in fragment
    assert "<html" not in fragment
    page = viewer_client.get(address).content.decode()
    assert "<html" in page
    assert "Take this text" not in page


def test_a_line_is_edited_without_scripts(told, editor_client):
    line = line_at(told, 0)
    address = reverse("line-edit", args=[told.uuid, line.uuid])
    assert line.text in editor_client.get(address).content.decode()
    answer = editor_client.post(address, {"text": "By hand.", "seen": line.text, "reviewed": "1"})
    assert answer.headers["Location"] == reverse("session-line", args=[told.uuid, line.uuid])
    assert line_at(told, 0).text == "By hand."


def test_a_clash_without_scripts_shows_both_and_a_second_save_decides(told, editor_client, owner):
    line = line_at(told, 0)
    line_edits.edit_line(told, line.uuid, "Theirs.", line.text, owner)
    address = reverse("line-edit", args=[told.uuid, line.uuid])
    answer = editor_client.post(address, {"text": "Mine.", "seen": line.text})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<blockquote>Theirs.</blockquote>" in page
    assert ">Mine.</textarea>" in page
    assert 'name="seen" value="Theirs."' in page


def test_a_line_nobody_knows_is_not_there(told, editor_client):
    assert editor_client.get(reverse("line-edit", args=[told.uuid, uuid4()])).status_code == 404
    assert editor_client.get(reverse("line-history", args=[told.uuid, uuid4()])).status_code == 404


def test_a_viewer_edits_nothing(told, viewer_client):
    line = line_at(told, 0)
    assert post(viewer_client, "line-text", told, line, text="No.", seen=line.text).status_code == 403
    assert line_at(told, 0).text == line.text


def test_open_pages_hear_of_an_edit_once_it_is_stored(
    told, editor_client, monkeypatch, django_capture_on_commit_callbacks
):
    heard = []
    monkeypatch.setattr("sessions_app.runs.notices._publish", lambda uuid, nudge: heard.append(nudge["type"]))
    line = line_at(told, 0)
    with django_capture_on_commit_callbacks(execute=True):
        post(editor_client, "line-text", told, line, text="News.", seen=line.text)
    assert heard == ["lines.changed"]
