"""Decisions about voices: named once, known everywhere, undone exactly."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.classification.values import KINDS_OF, Verdict
from sessions_app.labels.spoken import lines_to_judge
from sessions_app.labels.storing import store_labels
from sessions_app.models import (
    Character,
    Label,
    LabelBy,
    LearntLabels,
    LineKind,
    Segment,
    Session,
    Voice,
)
from sessions_app.transcripts.voices import shown_voices, voice_names
from speakers_app import decisions
from speakers_app.history import CannotUndo, last_change, undo
from speakers_app.merging import merge_people
from speakers_app.models import Assignment, Change, Speaker, SpeakerRole, Voiceprint
from speakers_app.splitting import CannotSplit, _whole, apply
from tests.speakers_app.conftest import MODEL, fill, sound_of

FIELDS = ("label", "label_kind", "label_confidence", "label_by", "label_character")

pytestmark = pytest.mark.django_db


def names(session: Session) -> dict[int, str]:
    called = voice_names(session)
    return {voice.number: called[voice.pk].name for voice in session.voices.all()}


def voice(session: Session, number: int) -> Voice:
    return session.voices.get(number=number)


def test_name_given_once_is_there_in_the_other_session(told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    assert names(told)[1] == "Anna"
    assert names(later) == {1: "Speaker 1", 2: "Anna", 3: "Speaker 3"}
    found = Assignment.objects.get(voice__session=later)
    assert not found.locked
    assert found.score > 0.9


def test_renamed_person_has_the_new_name_everywhere(told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    Speaker.objects.update(name="Anneke")
    assert names(told)[1] == names(later)[2] == "Anneke"


def test_visitor_gets_nobodys_name(told, later, editor):
    for number, name in ((1, "Anna"), (2, "Tom"), (3, "Sofie")):
        decisions.name_voice(voice(told, number), name, editor)
    assert names(later) == {1: "Tom", 2: "Anna", 3: "Speaker 3"}


def test_correcting_a_name_takes_back_what_the_wrong_one_had_taught(told, later, editor):
    decisions.name_voice(voice(told, 1), "Tom", editor)
    assert names(later)[2] == "Tom"
    decisions.name_voice(voice(told, 1), "Anna", editor)
    assert names(later) == {1: "Speaker 1", 2: "Anna", 3: "Speaker 3"}
    assert not Voiceprint.objects.filter(speaker__name="Tom").exists()


def test_unnaming_removes_the_voiceprint_and_what_followed_from_it(told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    decisions.leave_unnamed(voice(told, 1), editor)
    assert not Voiceprint.objects.exists()
    assert names(told)[1] == "Speaker 1"
    assert names(later)[2] == "Speaker 2"


def test_voice_that_is_to_stay_unnamed_is_not_recognised(told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    decisions.leave_unnamed(voice(later, 2), editor)
    assert names(later)[2] == "Speaker 2"
    decisions.release(voice(later, 2), editor)
    assert names(later)[2] == "Anna"


def test_recognised_voice_teaches_nothing(told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    assert Voiceprint.objects.count() == 1
    decisions.assign(voice(later, 2), Speaker.objects.get(), editor)
    assert Voiceprint.objects.count() == 2


def test_name_is_found_whatever_its_case_and_spaces(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    decisions.name_voice(voice(told, 2), "  anna ", editor)
    assert Speaker.objects.count() == 1
    assert names(told) == {1: "Anna", 2: "Anna", 3: "Speaker 3"}


def test_player_of_the_party_brings_role_and_character(campaign, told, editor):
    mira = Character.objects.create(party=campaign.party, name="Mira", player_name="Anna")
    decisions.name_voice(voice(told, 1), "anna", editor)
    speaker = Speaker.objects.get()
    assert (speaker.name, speaker.character) == ("Anna", mira)


def test_voices_named_alike_are_one_person_on_the_page(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    decisions.name_voice(voice(told, 2), "Anna", editor)
    people = set(shown_voices(told).values())
    assert {(person.name, person.numbers) for person in people} == {("Anna", (1, 2)), ("Speaker 3", (3,))}


def test_merged_voice_shows_under_the_other_ones_name_and_comes_apart_again(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    decisions.merge(voice(told, 2), voice(told, 1), editor)
    assert names(told) == {1: "Anna", 2: "Anna", 3: "Speaker 3"}
    assert Voiceprint.objects.count() == 2
    decisions.separate(voice(told, 2), editor)
    assert names(told)[2] == "Speaker 2"
    assert Voiceprint.objects.count() == 1


def test_merging_keeps_the_only_name_there_is(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    decisions.merge(voice(told, 1), voice(told, 2), editor)
    assert names(told) == {1: "Anna", 2: "Anna", 3: "Speaker 3"}


def test_moved_lines_count_for_their_new_voice(told, editor):
    line = told.segments.get(position=1)
    decisions.move_lines(told, [line], voice(told, 1), editor)
    line.refresh_from_db()
    assert line.voice == voice(told, 1)
    assert voice(told, 1).talk_ms == 5 * 3500


def test_colour_of_an_unnamed_voice_is_never_that_of_a_named_one(told, editor):
    decisions.name_voice(voice(told, 3), "Sofie", editor)
    shown = shown_voices(told)
    assert len({person.colour for person in shown.values()}) == 3


def test_moved_lines_and_characters_outlive_processing_again(campaign, told, editor):
    mira = Character.objects.create(party=campaign.party, name="Mira")
    lines = list(told.segments.filter(position__in=(1, 2)))
    decisions.move_lines(told, lines[:1], None, editor)
    decisions.speak_as(told, lines[1:], mira, editor)
    fill(told, "ATSATSAATS")
    assert [line.voice.number for line in told.segments.all()][:3] == [1, 4, 3]
    assert told.segments.get(position=2).character == mira
    assert told.segments.filter(voice__number=4).count() == 1


def test_name_outlives_processing_again(told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    fill(told, "ATSATSAATS")
    assert names(told)[1] == names(later)[2] == "Anna"


def test_undo_of_a_name_forgets_the_person_who_came_with_it(told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    undo(last_change(told))
    assert not Speaker.objects.exists()
    assert names(later)[2] == "Speaker 2"
    assert last_change(told) is None


def test_undo_refuses_what_was_changed_since(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    first = last_change(told)
    decisions.name_voice(voice(told, 1), "Tom", editor)
    with pytest.raises(CannotUndo):
        undo(first)
    assert names(told)[1] == "Tom"


def test_undo_of_something_else_leaves_later_changes_alone(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    first = last_change(told)
    decisions.name_voice(voice(told, 2), "Tom", editor)
    undo(first)
    assert names(told) == {1: "Speaker 1", 2: "Tom", 3: "Speaker 3"}


def test_undo_keeps_a_person_who_was_found_elsewhere_since(told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    first = last_change(told)
    decisions.name_voice(voice(told, 2), "Anna", editor)
    undo(first)
    assert names(told) == {1: "Speaker 1", 2: "Anna", 3: "Speaker 3"}


def test_undo_refuses_to_take_away_a_voice_that_was_named_since(told, editor):
    decisions.move_lines(told, [told.segments.get(position=0)], None, editor)
    moved = last_change(told)
    decisions.name_voice(voice(told, 4), "Anna", editor)
    with pytest.raises(CannotUndo):
        undo(moved)
    assert names(told)[4] == "Anna"


def test_act_that_changes_nothing_leaves_no_record(told, editor):
    decisions.move_lines(told, [told.segments.get(position=0)], voice(told, 1), editor)
    assert not Change.objects.exists()


def test_label_alone_keeps_the_machines_kind_where_it_fits(told, editor):
    judge(told, Verdict("IC", "npc", 0.912, "Mira"), Verdict("OOC", "rules", 0.6))
    label(told, {0, 1}, Label.MIXED, editor)
    assert kinds(told, 0, 1) == [("MIXED", "npc"), ("MIXED", "rules")]
    label(told, {0, 1}, Label.OOC, editor)
    assert kinds(told, 0, 1) == [("OOC", "ooc_other"), ("OOC", "rules")]


def test_story_is_narration_where_the_dungeon_master_speaks(told, editor):
    decisions.name_voice(voice(told, 1), "Sofie", editor)
    Speaker.objects.update(role=SpeakerRole.DM)
    label(told, {0, 1}, Label.IC, editor)
    assert kinds(told, 0, 1) == [("IC", "dm_narration"), ("IC", "character")]


def test_kind_brings_its_label_along_but_both_stays_both(told, editor):
    label(told, {0}, Label.MIXED, editor)
    label(told, {0, 1}, LineKind.RULES, editor)
    assert kinds(told, 0, 1) == [("MIXED", "rules"), ("OOC", "rules")]


def test_found_character_goes_with_the_kind_that_it_was_found_for(campaign, told, editor):
    mira = Character.objects.create(party=campaign.party, name="Mira")
    judge(told, Verdict("IC", "npc", 0.6, "Mira"))
    label(told, {0}, Label.MIXED, editor)
    label(told, {1}, LineKind.DM_NARRATION, editor)
    found = told.segments.filter(position__lt=2).values_list("label_character", flat=True)
    assert list(found) == [mira.pk, None]


def test_undoing_a_label_brings_back_exactly_what_the_machine_said(campaign, told, editor):
    Character.objects.create(party=campaign.party, name="Mira")
    judge(told, Verdict("IC", "npc", 0.123, "Mira"), None)
    before = list(told.segments.values_list("pk", *FIELDS))
    undo(label(told, {0, 1, 2}, Label.OOC, editor))
    assert list(told.segments.values_list("pk", *FIELDS)) == before


def test_label_that_a_person_changed_again_is_not_undone(told, editor):
    first = label(told, {0, 1}, Label.OOC, editor)
    label(told, {1}, Label.IC, editor)
    with pytest.raises(CannotUndo):
        undo(first)


def test_labelling_and_its_undoing_are_told_to_what_learns(told, editor):
    change = label(told, {0}, Label.OOC, editor)
    first = LearntLabels.objects.get(language=told.language).corrected_at
    undo(change)
    assert LearntLabels.objects.get(language=told.language).corrected_at > first


def test_labelling_leaves_names_alone(told, later, editor, monkeypatch):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    found = list(Assignment.objects.values())
    monkeypatch.setattr("speakers_app.history.derive", lambda campaign: pytest.fail("compared voices"))
    undo(label(told, {0, 1}, Label.OOC, editor))
    assert list(Assignment.objects.values()) == found


def kinds(session: Session, *positions: int) -> list[tuple[str, str]]:
    rows = session.segments.filter(position__in=positions)
    return list(rows.values_list("label", "label_kind"))


VERDICTS = (
    None,
    Verdict("IC", "npc", 0.912, "Mira"),
    Verdict("OOC", "rules", 0.6),
    Verdict("MIXED", "dm_narration", 0.5),
)
PEOPLE = ("Anna", "Tom", "Sofie", "Nobody yet")
ACTS = st.one_of(
    st.tuples(st.just("name"), st.integers(0, 9), st.sampled_from(PEOPLE)),
    st.tuples(st.just("unname"), st.integers(0, 9), st.none()),
    st.tuples(st.just("release"), st.integers(0, 9), st.none()),
    st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("separate"), st.integers(0, 9), st.none()),
    st.tuples(st.just("move"), st.sets(st.integers(0, 9), min_size=1, max_size=4), st.integers(0, 4)),
    st.tuples(st.just("speak"), st.sets(st.integers(0, 9), min_size=1, max_size=4), st.booleans()),
    st.tuples(
        st.just("label"),
        st.sets(st.integers(0, 9), min_size=1, max_size=4),
        st.sampled_from((*Label, *LineKind)),
    ),
    st.tuples(st.just("judge"), st.sampled_from(VERDICTS), st.sampled_from(VERDICTS)),
    st.tuples(st.just("run"), st.sampled_from(("ATSATSAATS", "ATTATTAATT", "ATSATSAATV")), st.none()),
    st.tuples(st.just("split"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("people"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("undo"), st.none(), st.none()),
    st.tuples(st.just("undo an older one"), st.integers(0, 9), st.none()),
)


def do(session: Session, act: tuple, user) -> None:
    kind, what, more = act
    voices = list(session.voices.all())
    {
        "name": lambda: decisions.name_voice(voices[what % len(voices)], more, user),
        "unname": lambda: decisions.leave_unnamed(voices[what % len(voices)], user),
        "release": lambda: decisions.release(voices[what % len(voices)], user),
        "merge": lambda: merge(voices[what % len(voices)], voices[more % len(voices)], user),
        "separate": lambda: decisions.separate(voices[what % len(voices)], user),
        "move": lambda: decisions.move_lines(
            session, lines(session, what), (voices + [None] * 5)[more], user
        ),
        "speak": lambda: decisions.speak_as(
            session, lines(session, what), Character.objects.get() if more else None, user
        ),
        "label": lambda: label(session, what, more, user),
        "judge": lambda: judge(session, what, more),
        "run": lambda: run(session, what),
        "split": lambda: split(session, lines(session, {what, more}), user),
        "people": lambda: merge_two(what, more, user),
        "undo": lambda: undo_last(session),
        "undo an older one": lambda: undo_older(what),
    }[kind]()


def lines(session: Session, positions: set[int]) -> list[Segment]:
    return list(session.segments.filter(position__in=positions))


def label(session: Session, positions: set[int], what: Label | LineKind, user=None) -> Change:
    is_label = isinstance(what, Label)
    label, kind = (what, None) if is_label else (None, what)
    return decisions.label_lines(session, lines(session, positions), label, kind, user)


def judge(session: Session, *verdicts: Verdict | None) -> None:
    """Labels lines as a classifier does, which leaves alone what people said."""
    said = labels_by_people(session)
    segments = lines_to_judge(session)
    given = [verdicts[at % len(verdicts)] for at in range(len(segments))]
    store_labels(session, segments, given, LabelBy.BUILTIN)
    assert labels_by_people(session) == said


def run(session: Session, voices: str) -> None:
    """Processes the session again, which keeps what people said of its lines."""
    said = labels_by_people(session)
    fill(session, "ATSATSAATS", voices=voices)
    assert labels_by_people(session) == said


def labels_by_people(session: Session) -> list[tuple]:
    rows = session.segments.filter(label_by=LabelBy.PERSON)
    return list(rows.values_list("position", "label", "label_kind", "label_character"))


def merge(one: Voice, other: Voice, user) -> None:
    if (one.merged_into or one) != (other.merged_into or other):
        decisions.merge(one, other, user)


def split(session: Session, pointed_out: list[Segment], user) -> None:
    """Splits a voice as a worker does, who heard that just the lines pointed out are somebody else's."""
    try:
        whole = _whole(session, [line.pk for line in pointed_out])
    except CannotSplit:
        return
    if len(whole.pointed_out) < len(whole.lines):
        vectors = np.array(
            [sound_of("T" if at in whole.pointed_out else "A", at) for at in range(len(whole.lines))]
        )
        apply(whole, whole.pointed_out, vectors.astype(np.float32), MODEL, user)


def merge_two(one: int, other: int, user) -> None:
    people = list(Speaker.objects.order_by("pk"))
    if people and people[one % len(people)] != people[other % len(people)]:
        merge_people(people[one % len(people)], people[other % len(people)], user)


def undo_older(index: int) -> None:
    """Undoes any change whatever came after it, if that may be."""
    if standing := list(Change.objects.standing()):
        with suppress(CannotUndo):
            undo(standing[index % len(standing)])


def undo_last(session: Session) -> None:
    if last := last_change(session):
        try:
            undo(last)
        except CannotUndo:
            last.delete()


def state(session: Session) -> object:
    """Everything that people see or that decides what they will see."""
    return (
        names(session),
        list(session.segments.values_list("position", "voice", "character", *FIELDS)),
        list(session.voices.order_by("pk").values_list("pk", "number", "merged_into", "talk_ms")),
        sorted(Speaker.objects.values_list("pk", "uuid", "name", "colour", "role", "created_at")),
        sorted(Assignment.objects.values_list("voice", "speaker", "how", "locked", "suggested", "score")),
        sorted(Voiceprint.objects.values_list("speaker", "voice", "speech_ms", "confirmed_by")),
    )


def check(session: Session) -> None:
    """What must hold whatever was done."""
    assert [line.position for line in session.segments.all()] == list(range(10))
    assert {line.text for line in session.segments.all()} == {f"line{at}" for at in range(10)}
    assert all(line.voice_id for line in session.segments.all())
    for line in session.segments.exclude(label=""):
        assert line.label_kind in KINDS_OF[line.label]
        assert (line.label_confidence is None) == (line.label_by == LabelBy.PERSON)
    for each in session.voices.select_related("merged_into"):
        if each.merged_into:
            assert each.merged_into.merged_into_id is None
            assert not Assignment.objects.filter(voice=each).exists()
    for found in Voiceprint.objects.exclude(voice=None):
        root = found.voice.merged_into or found.voice
        assert root.assignment.locked
        assert root.assignment.speaker == found.speaker
        assert found.vector == found.voice.embedding
    assert not Assignment.objects.automatic().filter(suggested=False, score__lt=0.5).exists()
    talk = {each.pk: each.talk_ms for each in session.voices.all()}
    for each in session.voices.all():
        spoken = sum(line.end_ms - line.start_ms for line in Segment.objects.filter(voice=each))
        assert talk[each.pk] == spoken


@pytest.mark.slow
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACTS, max_size=10), last=ACTS)
@example(acts=[], last=("split", 0, 3))
@example(acts=[("judge", VERDICTS[1], VERDICTS[2])], last=("label", {0, 1, 2}, Label.MIXED))
@example(
    acts=[("name", 0, "Anna"), ("judge", VERDICTS[1], VERDICTS[2])], last=("label", {0, 1}, LineKind.RULES)
)
@example(acts=[("name", 2, "Anna"), ("merge", 0, 2)], last=("run", "ATTATTAATT", None))
def test_any_order_of_acts_keeps_one_truth_and_undo_restores_exactly(campaign, editor, acts, last):
    from django.db import transaction

    with transaction.atomic():
        session = fill(Session.objects.create(campaign=campaign, number=7), "ATSATSAATS")
        Character.objects.create(party=campaign.party, name="Mira")
        for act in acts:
            do(session, act, editor)
            check(session)
        before, changes = state(session), Change.objects.count()
        do(session, last, editor)
        check(session)
        if last[0] not in ("run", "undo", "undo an older one") and Change.objects.count() > changes:
            undo(Change.objects.first())
            check(session)
            assert state(session) == before
        transaction.set_rollback(True)
