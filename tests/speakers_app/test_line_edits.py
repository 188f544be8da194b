"""What people do to lines: kept with its versions, undone and done again, and never over somebody else's words."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.editing.text import CannotWrite
from sessions_app.models import Label, Run, Segment, Stage, StageName, State
from speakers_app import decisions, line_edits
from speakers_app.history import CannotUndo, redo, undo
from speakers_app.line_history_page import last_word, line_story
from speakers_app.line_versions import History
from speakers_app.models import Change, Verb
from speakers_app.undoing import own_acts, redo_own, undo_own
from tests.sessions_app.transcripts.telling import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(session):
    return tell(session, lines=12, voices=3)


def line_at(session, position) -> Segment:
    return Segment.everything.filter(session=session, position=position).first()


def rows_of(session) -> list[dict]:
    return list(Segment.everything.filter(session=session).order_by("pk").values())


def edit(session, position, written, user, **how):
    line = line_at(session, position)
    return line_edits.edit_line(session, line.uuid, written, how.pop("seen", line.text), user, **how)


def test_an_edit_is_kept_with_who_and_what(told, editor):
    before = line_at(told, 0).text
    change = edit(told, 0, "We walk down.", editor)
    assert (change.verb, change.subject, change.user) == (Verb.EDIT, "We walk down.", editor)
    first, second = History.objects.filter(uuid=line_at(told, 0).uuid).order_by("pk")
    assert (first.text, first.history_user, first.history_type) == (before, None, "+")
    assert (second.text, second.history_user, second.history_change_reason) == (
        "We walk down.",
        editor,
        "edit",
    )


def test_an_edit_over_somebody_elses_words_is_refused_with_theirs(told, editor, owner):
    seen = line_at(told, 0).text
    edit(told, 0, "Theirs.", owner)
    with pytest.raises(line_edits.Clash) as clash:
        edit(told, 0, "Mine.", editor, seen=seen)
    assert clash.value.line.text == "Theirs."
    assert last_word(clash.value.line)[0] == owner.shown_name
    assert line_at(told, 0).text == "Theirs."
    assert Change.objects.count() == 1


def test_two_who_write_the_same_do_not_clash(told, editor, owner):
    seen = line_at(told, 0).text
    edit(told, 0, "The same.", owner)
    change = edit(told, 0, "The same.", editor, seen=seen)
    assert change.pk is None


def test_finding_a_line_right_is_a_review(told, editor):
    change = edit(told, 0, line_at(told, 0).text, editor, reviewed=True)
    assert change.verb == Verb.REVIEW
    assert line_at(told, 0).reviewed


def test_removed_or_unknown_lines_are_gone(told, editor):
    line_edits.remove_lines(told, [line_at(told, 0).pk], editor)
    with pytest.raises(line_edits.Gone):
        edit(told, 0, "Too late.", editor)
    with pytest.raises(line_edits.Gone):
        line_edits.edit_line(told, uuid4(), "Nowhere.", "", editor)


def test_only_lines_of_the_session_are_touched(told, editor, campaign):
    other = tell(campaign.sessions.create(number=99, date=timezone.localdate()), lines=2, voices=1)
    line = line_at(other, 0)
    with pytest.raises(line_edits.Gone):
        line_edits.edit_line(told, line.uuid, "Not here.", line.text, editor)


@pytest.mark.parametrize("at", [0, 10_000])
def test_a_line_is_split_between_words_only(told, editor, at):
    line = line_at(told, 0)
    with pytest.raises(CannotWrite, match="between two words"):
        line_edits.split_line(told, line.uuid, line.text, at, line.text, editor)


def test_a_split_is_undone_and_done_again_exactly(told, editor):
    before = rows_of(told)
    line = line_at(told, 0)
    change, rest = line_edits.split_line(
        told, line.uuid, line.text, line.text.index(" ") + 1, line.text, editor
    )
    after = rows_of(told)
    assert len(after) == len(before) + 1
    undo(change)
    assert rows_of(told) == before
    redo(change)
    assert rows_of(told) == after
    assert Segment.objects.get(uuid=rest.uuid).position == line.position


def test_a_join_is_undone_and_done_again_exactly(told, editor):
    before = rows_of(told)
    one, two = line_at(told, 0), line_at(told, 1)
    change = line_edits.join_lines(told, one.uuid, one.text, one.text, two.uuid, two.text, editor)
    after = rows_of(told)
    assert len(after) == len(before) - 1
    undo(change)
    assert rows_of(told) == before
    redo(change)
    assert rows_of(told) == after


def test_a_line_joins_only_one_that_comes_after_it(told, editor):
    one, two = line_at(told, 0), line_at(told, 1)
    with pytest.raises(line_edits.Gone):
        line_edits.join_lines(told, two.uuid, two.text, two.text, one.uuid, one.text, editor)


def test_talk_time_follows_removed_lines(told, editor):
    voice = line_at(told, 0).voice
    change = line_edits.remove_lines(told, [line_at(told, 0).pk], editor)
    before = voice.talk_ms
    voice.refresh_from_db()
    assert voice.talk_ms < before
    undo(change)
    voice.refresh_from_db()
    assert voice.talk_ms == before


def test_undo_goes_back_through_ones_own_acts_alone(told, editor, owner):
    edit(told, 0, "Mine first.", editor)
    edit(told, 1, "Theirs.", owner)
    edit(told, 2, "Mine second.", editor)
    assert own_acts(told, editor).undo_says == "edited “Mine second.”"
    undo_own(told, editor)
    undo_own(told, editor)
    assert undo_own(told, editor) is None
    assert line_at(told, 1).text == "Theirs."
    assert line_at(told, 0).text != "Mine first."
    redo_own(told, editor)
    assert line_at(told, 0).text == "Mine first."
    assert line_at(told, 2).text != "Mine second."
    redo_own(told, editor)
    assert line_at(told, 2).text == "Mine second."
    assert own_acts(told, editor).redo is None


def test_whatever_is_done_ends_what_could_be_done_again(told, editor):
    edit(told, 0, "First.", editor)
    undo_own(told, editor)
    assert own_acts(told, editor).redo is not None
    edit(told, 1, "Second.", editor)
    assert own_acts(told, editor).redo is None
    undo_own(told, editor)
    assert redo_own(told, editor).subject == "Second."
    assert redo_own(told, editor) is None


def test_decisions_about_voices_and_edits_share_one_way_back(told, editor):
    edit(told, 0, "First.", editor)
    decisions.name_voice(told.voices.get(number=1), "Anna", editor)
    assert undo_own(told, editor).verb == Verb.ASSIGN
    assert undo_own(told, editor).verb == Verb.EDIT
    assert redo_own(told, editor).verb == Verb.EDIT
    assert redo_own(told, editor).verb == Verb.ASSIGN
    assert told.voices.get(number=1).assignment.speaker.name == "Anna"


def test_what_others_changed_since_is_passed_over(told, editor, owner):
    edit(told, 1, "Earlier.", editor)
    edit(told, 0, "Mine.", editor)
    edit(told, 0, "Theirs.", owner)
    with pytest.raises(CannotUndo):
        undo_own(told, editor)
    assert undo_own(told, editor).subject == "Earlier."
    assert line_at(told, 0).text == "Theirs."


def test_a_label_given_to_an_edited_line_does_not_keep_the_edit(told, editor):
    edit(told, 0, "Mine.", editor)
    change = Change.objects.get()
    decisions.label_lines(told, [line_at(told, 0)], Label.IC, None, editor)
    undo(change)
    assert line_at(told, 0).label == "IC"
    assert line_at(told, 0).text != "Mine."


def test_a_split_before_another_run_is_not_undone(told, editor):
    line = line_at(told, 0)
    change, _rest = line_edits.split_line(told, line.uuid, line.text, line.text.index(" "), line.text, editor)
    run = Run.objects.create(session=told, state=State.DONE)
    Stage.objects.create(run=run, name=StageName.STORE, state=State.DONE, finished_at=timezone.now())
    with pytest.raises(CannotUndo):
        undo(change)


def test_history_tells_every_version_the_latest_first(told, editor, owner):
    heard = line_at(told, 0).text
    edit(told, 0, "First.", editor)
    change = edit(told, 0, "Second.", owner)
    decisions.move_lines(told, [line_at(told, 0)], None, owner, "Bob")
    undo(change, owner)
    story = line_story(told, line_at(told, 0))
    assert [version.did for version in story.versions] == [
        "undone: edited a line", "moved lines", "edited a line", "edited a line",
    ]  # fmt: skip
    assert story.versions[-1].who == editor.shown_name
    assert [(s.how, s.text) for s in story.versions[0].stretches] == [("gone", "Second."), ("new", "First.")]
    assert story.versions[1].facts == ("said by: Speaker 1 → Bob",)
    assert story.line.machine_text == heard
    assert story.first_text == heard


def test_history_goes_with_the_session(told, editor):
    edit(told, 0, "Secret.", editor)
    assert History.objects.exists()
    told.delete()
    assert not History.objects.exists()


ACTS = ("edit", "split", "join", "remove", "restore", "review", "heard", "label", "move", "undo", "redo")


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 30), st.integers(0, 30)), max_size=14))
def test_any_acts_are_undone_to_the_start_and_done_again_to_the_end(session, editor, acts):
    Change.objects.all().delete()
    Segment.everything.filter(session=session).delete()
    session.voices.all().delete()
    session.runs.all().delete()
    tell(session, lines=6, voices=2)
    start = rows_of(session)
    for act in acts:
        _do(session, editor, *act)
    while redo_own(session, editor):
        pass
    end = rows_of(session)
    assert sorted(_heard_in(end)) == sorted(_heard_in(start))  # lines joined over a removed one trade places
    while undo_own(session, editor):
        pass
    assert rows_of(session) == start
    while redo_own(session, editor):
        pass
    assert rows_of(session) == end


def _heard_in(rows) -> list[str]:
    """What the machine heard, whatever people did to it."""
    texts = (row["text"] if row["heard_text"] is None else row["heard_text"] for row in rows)
    return " ".join(texts).split()


def _do(session, user, act, one, other):
    lines = list(Segment.objects.filter(session=session))
    line = lines[one % len(lines)] if lines else None
    following = lines[one % len(lines) + 1 :] if lines else []
    if act in ("undo", "redo"):
        (undo_own if act == "undo" else redo_own)(session, user)
    elif act == "restore":
        removed = Segment.everything.filter(session=session).exclude(removed_at=None)
        line_edits.restore_lines(session, removed.values_list("pk", flat=True)[:1], user)
    elif line:
        _do_to(session, user, act, line, following, other)


def _do_to(session, user, act, line, following, other):
    words = line.text.split()
    match act:
        case "edit" if words:
            words[other % len(words)] = "changed"
            line_edits.edit_line(session, line.uuid, " ".join(words), line.text, user)
        case "split" if len(words) > 1:
            at = len(" ".join(words[: other % (len(words) - 1) + 1]))
            line_edits.split_line(session, line.uuid, line.text, at, line.text, user)
        case "join" if words and following:
            after = following[0]
            line_edits.join_lines(session, line.uuid, line.text, line.text, after.uuid, after.text, user)
        case "remove":
            line_edits.remove_lines(session, [line.pk], user)
        case "review":
            line_edits.mark_reviewed(session, [line.pk], user, reviewed=bool(other % 2))
        case "heard" if words:
            line_edits.take_heard(session, line.uuid, line.text, user)
        case "label":
            decisions.label_lines(session, [line], (Label.IC, Label.OOC)[other % 2], None, user)
        case "move":
            decisions.move_lines(session, [line], session.voices.get(number=other % 2 + 1), user)


def test_the_admin_shows_removed_lines_and_what_was_changed(told, editor, admin_client):
    line = line_at(told, 0)
    edit(told, 0, "By <hand>.", editor)
    line_edits.remove_lines(told, [line.pk], editor)
    address = reverse("admin:sessions_app_segment_change", args=[line.pk])
    assert admin_client.get(address).status_code == 200
    history = admin_client.get(reverse("admin:sessions_app_segment_history", args=[line.pk])).content.decode()
    assert "By &lt;hand&gt;." in history
    assert editor.username in history
    assert (
        "By &lt;hand&gt;."
        in admin_client.get(reverse("admin:sessions_app_segment_changelist")).content.decode()
    )
