"""Labelling a session: what the classifier says is stored, what people said stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db.models.signals import post_init

from engine.classification import learning
from engine.classification.language_model.trouble import Trouble
from engine.classification.values import Verdict
from engine.fakes import FakeClassifier
from sessions_app.errands import working
from sessions_app.errands.asking import cancel
from sessions_app.labels import labelling
from sessions_app.labels.asking import ask_to_label, ask_to_learn, corrections_changed, learn_when_quiet
from sessions_app.labels.corrections import corrections_of
from sessions_app.labels.labelling import label_lines, language_of_lines
from sessions_app.labels.spoken import cast_of, lines_to_judge, spoken_lines
from sessions_app.labels.storing import store_labels
from sessions_app.models import (
    Campaign,
    Character,
    CharacterRole,
    Errand,
    ErrandKind,
    LabelBy,
    LearntLabels,
    Run,
    Segment,
    State,
)
from sessions_app.runs.engine import ChosenClassifier
from tests.sessions_app.runs.fake_engine import FakeEngine

pytestmark = pytest.mark.django_db


@dataclass
class Stopping:
    """A language model that answers ``answers`` lines and is then out of reach."""

    answers: int
    asked: list[str] = field(default_factory=list)
    trouble: Trouble | None = None
    classifier_id: str = "stopping"

    def classify(self, lines, cast, on_progress=lambda *_: None):
        found = []
        for line in lines:
            if line.said is not None:
                found.append(line.said)
                continue
            self.asked.append(line.text)
            if len(self.asked) > self.answers:
                self.trouble = Trouble("unreachable")
                found.append(None)
            else:
                found.append(Verdict("IC", "character", 0.8))
        return found

    @property
    def chosen(self) -> ChosenClassifier:
        return ChosenClassifier(self, LabelBy.MODEL, lambda: self.trouble)


@pytest.fixture(autouse=True)
def tickets(monkeypatch) -> list[int]:
    issued: list[int] = []
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", issued.append)
    return issued


def labels(session) -> list[str]:
    return list(Segment.objects.filter(session=session).values_list("label", flat=True))


def say(line: Segment, label: str, kind: str) -> None:
    line.label, line.label_kind, line.label_by = label, kind, LabelBy.PERSON
    line.save()


def test_every_line_gets_what_the_classifier_says(session, lines):
    chosen = ChosenClassifier(FakeClassifier(), LabelBy.BUILTIN)
    done = label_lines(session, chosen, lines, lambda *_: None)
    assert labels(session) == ["IC", "IC", "OOC", "OOC", "IC"]
    assert (done.lines, done.unlabelled, done.trouble) == (5, 0, "")
    first = Segment.objects.get(pk=lines[0].pk)
    assert (first.label_kind, first.label_confidence, first.label_by) == ("character", 0.9, "builtin")


def test_what_a_person_said_stays(session, lines):
    say(lines[2], "IC", "npc")
    label_lines(session, ChosenClassifier(FakeClassifier(), LabelBy.BUILTIN), lines, lambda *_: None)
    line = Segment.objects.get(pk=lines[2].pk)
    assert (line.label, line.label_kind, line.label_by, line.label_confidence) == (
        "IC",
        "npc",
        "person",
        None,
    )


def test_what_a_person_says_meanwhile_stays(session, lines):
    stale = list(Segment.objects.filter(session=session))
    say(lines[0], "OOC", "ooc_other")
    Segment.objects.filter(pk=lines[1].pk).update(text="I walk away")
    store_labels(session, stale, [Verdict("IC", "character", 0.9)] * 5, LabelBy.BUILTIN)
    assert labels(session) == ["OOC", "", "IC", "IC", "IC"]


def test_line_that_could_not_be_judged_has_no_label(session, lines):
    model = Stopping(answers=2)
    done = label_lines(session, model.chosen, lines, lambda *_: None)
    assert labels(session) == ["IC", "IC", "", "", ""]
    assert (done.unlabelled, done.trouble) == (3, "The language model can't be reached.")


def test_only_what_has_no_label_is_asked_again(session, lines):
    label_lines(session, Stopping(answers=2).chosen, lines, lambda *_: None)
    again = Stopping(answers=99)
    rest = list(Segment.objects.filter(session=session, label=""))
    label_lines(session, again.chosen, rest, lambda *_: None)
    assert again.asked == ["Roll a 20 for me", "What is my bonus?", "I draw my sword"]
    assert "" not in labels(session)


def test_answers_of_a_model_are_stored_as_they_come(session, lines, monkeypatch):
    monkeypatch.setattr(labelling, "STRETCH", 2)
    monkeypatch.setattr(labelling, "CONTEXT", 1)
    model = Stopping(answers=3)
    label_lines(session, model.chosen, lines, lambda *_: None)
    assert labels(session) == ["IC", "IC", "IC", "", ""]
    assert model.asked == ["The door opens slowly", "I walk in", "Roll a 20 for me", "What is my bonus?"]


def test_roles_come_from_the_party_where_nobody_named_a_voice(session, lines, monkeypatch):
    Character.objects.create(
        party=session.campaign.party, name="Narrator", role=CharacterRole.DM, player_name="speaker 2"
    )
    spoken = spoken_lines(session, lines_to_judge(session))
    assert [line.role for line in spoken] == ["dm", "", "dm", "", ""]
    assert [member.name for member in cast_of(session.campaign)] == ["Narrator"]


def test_character_of_the_cast_is_stored_with_the_line(session, lines):
    mira = Character.objects.create(party=session.campaign.party, name="Mira")
    store_labels(session, lines[:1], [Verdict("IC", "npc", 0.9, "mira")], LabelBy.BUILTIN)
    assert Segment.objects.get(pk=lines[0].pk).label_character == mira


def test_each_line_gets_its_own_verdict_without_weighing_all_against_all(
    session, lines, django_assert_max_num_queries
):
    mira = Character.objects.create(party=session.campaign.party, name="Mira")
    verdicts = [
        Verdict("IC", "character", 0.61, "Mira"),
        Verdict("IC", "character", 0.62),
        Verdict("OOC", "rules", 0.61),
        None,
        Verdict("IC", "character", 0.61, "Mira"),
    ]
    with django_assert_max_num_queries(12) as asked:
        assert store_labels(session, lines, verdicts, LabelBy.BUILTIN) == 4
    assert not any("CASE" in query["sql"] for query in asked.captured_queries)
    stored = Segment.objects.filter(session=session)
    assert list(stored.values_list("label", "label_kind", "label_confidence", "label_character")) == [
        ("IC", "character", 0.61, mira.pk),
        ("IC", "character", 0.62, None),
        ("OOC", "rules", 0.61, None),
        ("", "", None, None),
        ("IC", "character", 0.61, mira.pk),
    ]


def test_name_that_two_characters_have_is_nobodys(session, lines):
    for _ in range(2):
        Character.objects.create(party=session.campaign.party, name="Mira")
    store_labels(session, lines[:1], [Verdict("IC", "npc", 0.9, "Mira")], LabelBy.BUILTIN)
    assert Segment.objects.get(pk=lines[0].pk).label_character is None


def test_corrections_come_with_the_lines_around_them(session, lines):
    say(lines[2], "IC", "npc")
    found = corrections_of(session.campaign, session.language)
    assert [line.label for line in found] == [None, None, "IC", None, None]
    assert {line.conversation for line in found} == {f"{session.uuid}/0"}
    assert corrections_of(session.campaign, "xx") == []


def test_errand_labels_what_it_was_asked_to(session, lines, editor):
    say(lines[2], "IC", "npc")
    errand = ask_to_label(session, editor, everything=True)
    working.work(FakeEngine(), "here:1")
    errand.refresh_from_db()
    assert errand.state == State.DONE
    assert errand.result == {"lines": 5, "unlabelled": 0, "asked": 4, "trouble": "", "by": "builtin"}
    assert labels(session) == ["IC", "IC", "IC", "OOC", "IC"]


def test_pages_hear_of_labels_that_were_stored_before_a_cancel(session, lines, editor, monkeypatch):
    monkeypatch.setattr(labelling, "STRETCH", 2)
    heard = []
    monkeypatch.setattr("sessions_app.labels.errands.notices.transcript_changed", heard.append)

    class Cancelled(Stopping):
        def classify(self, lines, cast, on_progress=lambda *_: None):
            if self.asked:
                cancel(errand)
                on_progress("classify", 0, len(lines))
            return super().classify(lines, cast, on_progress)

    engine = FakeEngine()
    engine.labels = Cancelled(answers=99).chosen
    errand = ask_to_label(session, editor, everything=True)
    working.work(engine, "here:1")
    errand.refresh_from_db()
    assert errand.state == State.CANCELLED
    assert labels(session) == ["IC", "IC", "", "", ""]
    assert heard == [session]


def test_what_waits_is_not_asked_for_twice(session, lines):
    everything = ask_to_label(session, None, everything=True)
    assert ask_to_label(session, None, everything=False) == everything
    assert Errand.objects.count() == 1


def test_learning_waits_until_people_pause(session, lines):
    say(lines[2], "IC", "npc")
    corrections_changed(session)
    learn_when_quiet()
    assert not Errand.objects.exists()


def test_learning_begins_once_after_the_last_correction(session, lines, monkeypatch):
    monkeypatch.setattr("sessions_app.labels.asking.QUIET", -timedelta(seconds=1))
    corrections_changed(session)
    learn_when_quiet()
    learn_when_quiet()
    assert [errand.kind for errand in Errand.objects.all()] == [ErrandKind.LEARN]


def test_learning_that_fails_is_not_tried_again_until_people_correct_more(session, lines, monkeypatch):
    monkeypatch.setattr(learning, "learn", lambda language, lines: 1 / 0)
    monkeypatch.setattr("sessions_app.labels.asking.QUIET", -timedelta(seconds=1))
    corrections_changed(session)
    for _ in range(3):
        learn_when_quiet()
        working.work(FakeEngine(), "here:1")
    assert [errand.state for errand in Errand.objects.all()] == [State.FAILED]
    corrections_changed(session)
    learn_when_quiet()
    assert Errand.objects.count() == 2


def test_what_is_taken_back_is_not_used_any_more(session, lines, monkeypatch):
    monkeypatch.setattr(learning, "learn", lambda language, lines: Learnt(0.7, 0.8, True))
    for line in lines[1:3]:
        say(line, "IC", "npc")
    ask_to_learn(session.campaign, session.language)
    working.work(FakeEngine(), "here:1")
    monkeypatch.setattr(learning, "learn", lambda language, lines: Learnt(0.7, 0.7, False))
    Segment.objects.filter(pk=lines[2].pk).update(label="OOC", label_kind="rules", label_by=LabelBy.BUILTIN)
    ask_to_learn(session.campaign, session.language)
    working.work(FakeEngine(), "here:1")
    row = LearntLabels.objects.get()
    assert row.is_used
    assert [line["label"] for line in row.lines] == [None, "IC", None, None, None]
    Segment.objects.filter(pk=lines[1].pk).update(label="", label_by="")
    ask_to_learn(session.campaign, session.language)
    working.work(FakeEngine(), "here:1")
    row.refresh_from_db()
    assert (row.is_used, row.lines) == (False, [])


def test_words_of_a_deleted_session_are_not_kept_in_what_was_learnt(session, lines, monkeypatch):
    monkeypatch.setattr(learning, "learn", lambda language, lines: Learnt(0.7, 0.8, True))
    say(lines[1], "IC", "npc")
    ask_to_learn(session.campaign, session.language)
    working.work(FakeEngine(), "here:1")
    session.delete()
    row = LearntLabels.objects.get()
    assert (row.is_used, row.lines) == (False, [])


def test_learning_leaves_alone_what_a_language_model_said(session, lines, editor):
    Segment.objects.filter(pk=lines[0].pk).update(label="OOC", label_by=LabelBy.MODEL)
    ask_to_label(session, None, everything=True)
    working.work(FakeEngine(), "here:1")
    assert labels(session)[:2] == ["OOC", "IC"]
    ask_to_label(session, editor, everything=True)
    working.work(FakeEngine(), "here:1")
    assert labels(session)[:2] == ["IC", "IC"]


def test_what_is_under_way_is_not_asked_for_again_by_people(session, lines, editor):
    running = ask_to_label(session, editor, everything=True)
    Errand.objects.update(state=State.RUNNING, worker="here:1")
    assert ask_to_label(session, editor, everything=True) == running
    assert ask_to_label(session, None, everything=True) != running


def test_nothing_more_is_sent_once_the_owner_takes_it_back(session, lines, monkeypatch):
    monkeypatch.setattr(labelling, "STRETCH", 2)
    campaign = session.campaign
    campaign.language_model_allowed = True
    campaign.save()

    class Sending(Stopping):
        def classify(self, lines, cast, on_progress=lambda *_: None):
            on_progress("classify", 0, len(lines))
            verdicts = super().classify(lines, cast, on_progress)
            Campaign.objects.update(language_model_allowed=False)
            return verdicts

    model = Sending(answers=99)
    done = label_lines(session, model.chosen, lines, lambda *_: None)
    assert model.asked == ["The door opens slowly", "I walk in"]
    assert labels(session) == ["IC", "IC", "", "", ""]
    assert (done.unlabelled, done.trouble) == (3, labelling.WITHDRAWN)


def test_corrections_of_a_long_evening_are_read_without_reading_the_evening(
    session, lines, django_assert_max_num_queries
):
    say(lines[2], "IC", "npc")
    more = (Segment(session=session, position=n, start_ms=n, end_ms=n, text="Hm") for n in range(5, 3000))
    Segment.objects.bulk_create(more)
    built = []
    post_init.connect(listening := lambda sender, **_: built.append(sender), sender=Segment)
    try:
        with django_assert_max_num_queries(12):
            assert len(corrections_of(session.campaign, session.language)) == 7
    finally:
        post_init.disconnect(listening, sender=Segment)
    assert len(built) == 7


@dataclass
class Learnt:
    score_without: float
    score_with: float
    is_better: bool


@pytest.mark.parametrize(("is_better", "used"), [(True, 5), (False, 0)])
def test_what_does_good_is_kept_and_used(session, lines, monkeypatch, is_better, used):
    monkeypatch.setattr(learning, "learn", lambda language, lines: Learnt(0.7, 0.8, is_better))
    say(lines[2], "IC", "npc")
    ask_to_learn(session.campaign, session.language)
    working.work(FakeEngine(), "here:1")
    row = LearntLabels.objects.get()
    assert (row.is_used, len(row.lines), row.seen) == (is_better, used, 1)
    assert Errand.objects.filter(kind=ErrandKind.LABEL).exists() == is_better


def test_lines_are_judged_in_the_language_they_were_heard_in(session, lines):
    run = Run.objects.create(session=session, state=State.DONE, inputs={"language": "en"})
    session.segments.update(run=run)
    session.language = "nl"
    assert language_of_lines(session) == "en"
    session.segments.update(run=None)
    assert language_of_lines(session) == "nl"


def test_what_a_run_is_about_to_label_is_not_asked_twice(session, lines, editor):
    errand = ask_to_label(session, editor, everything=True)
    Run.objects.create(session=session, state=State.RUNNING)
    working.work(FakeEngine(), "here:1")
    errand.refresh_from_db()
    assert errand.state == State.DONE
    assert set(labels(session)) == {""}
