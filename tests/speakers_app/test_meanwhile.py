"""Deciding while others decide, delete and process again: nothing of theirs is lost, and nothing is left half true."""

from __future__ import annotations

import pytest
from django.db import connection

from sessions_app.models import Character, Session, Voice
from sessions_app.transcripts.voices import voice_names
from speakers_app import decisions
from speakers_app.history import CannotUndo, recording, undo
from speakers_app.merging import CannotMerge, merge_people
from speakers_app.models import Assignment, Change, Consent, Speaker, Verb
from speakers_app.people import remove_person
from tests.speakers_app.conftest import fill

pytestmark = pytest.mark.django_db


def voice(session: Session, number: int) -> Voice:
    return session.voices.get(number=number)


def names(session: Session) -> dict[int, str]:
    called = voice_names(session)
    return {voice.number: called[voice.pk].name for voice in session.voices.all()}


def test_voice_that_somebody_merged_since_is_named_where_it_went(told, editor):
    shown_before = voice(told, 2)
    decisions.merge(voice(told, 2), voice(told, 1), editor)
    decisions.name_voice(shown_before, "Anna", editor)
    assert names(told) == {1: "Anna", 2: "Anna", 3: "Speaker 3"}
    assert [each.voice.number for each in Assignment.objects.locked()] == [1]


def test_voice_that_somebody_merged_since_takes_the_others_along(told, editor):
    shown_before = voice(told, 2)
    decisions.merge(voice(told, 2), voice(told, 1), editor)
    decisions.merge(shown_before, voice(told, 3), editor)
    assert {each.merged_into_id for each in told.voices.exclude(number=3)} == {voice(told, 3).pk}


def test_undo_refuses_to_bring_back_the_name_of_who_is_gone(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    corrected = decisions.name_voice(voice(told, 1), "Tom", editor)
    remove_person(Speaker.objects.get(name="Anna"), editor)
    with pytest.raises(CannotUndo):
        undo(corrected)
    assert names(told)[1] == "Tom"
    connection.check_constraints()


def test_undo_leaves_out_an_account_and_a_character_that_are_gone(campaign, told, editor, viewer):
    mira = Character.objects.create(party=campaign.party, name="Mira")
    decisions.name_voice(voice(told, 1), "Anna", editor)
    Speaker.objects.update(member=viewer, character=mira)
    with recording(campaign, editor, Verb.EDIT_SPEAKER, "Anna") as change:
        Speaker.objects.update(name="Anneke", member=None, character=None)
    viewer.delete()
    mira.delete()
    undo(change)
    anna = Speaker.objects.get()
    assert (anna.name, anna.member, anna.character) == ("Anna", None, None)
    connection.check_constraints()


def test_undo_of_separating_refuses_where_the_other_was_merged_since(told, editor):
    decisions.merge(voice(told, 2), voice(told, 1), editor)
    separated = decisions.separate(voice(told, 2), editor)
    decisions.merge(voice(told, 1), voice(told, 3), editor)
    with pytest.raises(CannotUndo):
        undo(separated)
    assert voice(told, 2).merged_into is None


def test_undo_of_separating_refuses_where_the_voice_was_named_since(told, editor):
    decisions.merge(voice(told, 2), voice(told, 1), editor)
    separated = decisions.separate(voice(told, 2), editor)
    decisions.name_voice(voice(told, 2), "Tom", editor)
    with pytest.raises(CannotUndo):
        undo(separated)
    assert names(told)[2] == "Tom"


def test_undo_of_releasing_refuses_where_the_voice_was_merged_since(told, editor):
    decisions.name_voice(voice(told, 2), "Tom", editor)
    released = decisions.release(voice(told, 2), editor)
    decisions.merge(voice(told, 2), voice(told, 1), editor)
    with pytest.raises(CannotUndo):
        undo(released)
    assert not Assignment.objects.filter(voice=voice(told, 2)).exists()


def test_merged_voice_keeps_its_name_when_the_one_it_has_it_from_is_heard_no_more(told, editor):
    decisions.name_voice(voice(told, 2), "Anna", editor)
    decisions.merge(voice(told, 1), voice(told, 2), editor)
    fill(told, "AAAAAAAAAA")
    assert names(told)[1] == "Anna"


def test_merged_voice_keeps_its_name_when_the_one_it_has_it_from_loses_its_lines(told, editor):
    line = told.segments.get(position=0)
    decisions.move_lines(told, [line], None, editor, "Anna")
    decisions.merge(voice(told, 1), voice(told, 4), editor)
    decisions.move_lines(told, [line], voice(told, 2), editor)
    assert names(told)[1] == "Anna"


def test_people_are_not_merged_after_one_refused(told, editor):
    for number, name in ((1, "Anna"), (2, "Ann")):
        decisions.name_voice(voice(told, number), name, editor)
    anna, ann = Speaker.objects.get(name="Anna"), Speaker.objects.get(name="Ann")
    Speaker.objects.filter(pk=anna.pk).update(consent=Consent.WITHDRAWN)
    with pytest.raises(CannotMerge):
        merge_people(ann, anna, editor)
    assert Speaker.objects.filter(consent=Consent.WITHDRAWN).count() == 1
    assert not Change.objects.filter(verb=Verb.MERGE_SPEAKERS).exists()
