"""Whatever people did to lines stands after the next Run, exactly once, and nothing that is heard is lost."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.values import Diarization, Line, Turn, Word
from sessions_app.editing import shape, text
from sessions_app.models import Character, LabelBy, Segment, SegmentKind, Tier, Voice
from sessions_app.runs import start_run
from sessions_app.runs.carried import Carried
from sessions_app.runs.stages import identify
from sessions_app.runs.stages.store import replace_lines

pytestmark = pytest.mark.django_db

NOBODY = Diarization((), ())
VOCABULARY = ("ja", "de", "draak", "grot", "we", "gaan", "naar", "Élf", "nee,")


def line(start_ms: int, said: str, voice: int | None = 0, word_ms: int = 400) -> Line:
    """A line whose words follow on each other, each ``word_ms`` long."""
    words = tuple(
        Word(start_ms + at * word_ms, start_ms + (at + 1) * word_ms, word, 0.9)
        for at, word in enumerate(said.split())
    )
    return Line(start_ms, words[-1].end_ms if words else start_ms + 900, voice, words, heard=bool(words))


def store(session, *lines: Line, numbers: dict[int, int] | None = None) -> Carried:
    voices = {line.voice for line in lines if line.voice is not None}
    return replace_lines(
        session, None, list(lines), numbers or {voice: voice + 1 for voice in voices}, NOBODY
    )


def told(session) -> list[str]:
    return [row.text for row in Segment.objects.filter(session=session)]


def row_at(session, start_ms: int) -> Segment:
    return Segment.everything.get(session=session, start_ms=start_ms)


def test_a_written_line_is_the_same_row_and_has_the_new_hearing_beside_it(session):
    store(session, line(0, "gans olf groet je"), line(3000, "hallo", 1))
    row = row_at(session, 0)
    text.write(row, "Gandalf groet je", reviewed=False)

    carried = store(session, line(0, "gandolf groet jou hallo"), line(3000, "hallo", 1))

    assert told(session) == ["Gandalf groet je", "hallo"]
    now = Segment.objects.get(pk=row.pk)
    assert (now.uuid, now.heard_text, now.heard_anew) == (row.uuid, "gandolf groet jou hallo", True)
    assert [word[2] for word in now.words] == ["Gandalf", "groet", "je"]
    assert (carried.texts, carried.anew) == (1, 1)


def test_a_line_that_is_heard_as_before_or_as_written_asks_nothing(session):
    store(session, line(0, "gans olf"), line(3000, "een dwerk"))
    for start, wrote in ((0, "Gandalf"), (3000, "Een dwerg.")):
        text.write(row_at(session, start), wrote, reviewed=False)

    store(session, line(0, "gans olf"), line(3000, "een dwerg"))

    assert not Segment.objects.filter(heard_anew=True).exists()
    assert row_at(session, 3000).heard_text == "een dwerg"


def test_a_hearing_that_nobody_judged_is_still_offered_after_the_next_run(session):
    store(session, line(0, "gans olf"))
    text.write(row_at(session, 0), "Gandalf", reviewed=False)
    for _ in range(2):
        store(session, line(0, "ganzenhof"))
        assert row_at(session, 0).heard_anew
    text.keep_written(row_at(session, 0))
    store(session, line(0, "ganzenhof"))
    assert not row_at(session, 0).heard_anew


def test_a_reviewed_line_stays_as_it_was_approved(session):
    store(session, line(0, "we gaan naar de grot"), line(3000, "ja de draak"))
    text.mark_reviewed(list(Segment.objects.values_list("pk", flat=True)), reviewed=True)

    carried = store(session, line(50, "We gaan naar de grot!"), line(3000, "ja de graaf"))

    same, other = Segment.objects.all()
    assert (same.text, same.is_edited, same.heard_anew) == ("we gaan naar de grot", False, False)
    assert (other.text, other.heard_text, other.heard_anew) == ("ja de draak", "ja de graaf", True)
    assert (carried.reviewed, carried.texts, carried.anew) == (2, 0, 1)


def test_what_a_person_removed_stays_removed_under_other_boundaries(session):
    store(session, line(0, "uh nee wacht"), line(2000, "de draak slaapt"))
    text.remove([row_at(session, 0).pk])

    carried = store(session, line(0, "eh nee wacht de draak slaapt", word_ms=500))

    assert told(session) == ["de draak slaapt"]
    assert carried.removed == 1
    text.restore([row_at(session, 0).pk])
    assert told(session) == ["eh nee wacht", "de draak slaapt"]
    assert max(word[1] for word in row_at(session, 0).words) <= row_at(session, 0).end_ms


def test_parts_of_a_split_line_and_joined_lines_live_on_in_the_order_of_time(session):
    store(session, line(0, "we gaan ja goed"), line(2000, "naar de"), line(3000, "grot"))
    rest = shape.split(row_at(session, 0), "We gaan.", "Ja, goed!")
    shape.join(row_at(session, 2000), row_at(session, 3000))

    store(session, line(0, "we gaan ja goed naar de grot"))

    assert told(session) == ["We gaan.", "Ja, goed!", "naar de grot"]
    assert list(Segment.objects.values_list("position", flat=True)) == [0, 1, 2]
    assert Segment.objects.get(pk=rest.pk).heard_text == "ja goed"


def test_a_moved_line_keeps_its_voice_and_another_takes_the_voice_that_is_heard_now(session):
    store(session, line(0, "we gaan"), line(2000, "ja goed"), line(4000, "de grot", 1))
    for start in (0, 2000):
        text.write(row_at(session, start), "Goed.", reviewed=False)
    second = Voice.objects.get(number=2)
    Segment.objects.filter(start_ms=0).update(voice=second)

    carried = store(session, line(0, "we gaan", 4), line(2000, "ja goed", 4), line(4000, "de grot", 1))

    moved, other, _ = Segment.objects.all()
    assert (moved.voice, moved.heard_voice.number) == (second, 5)
    assert (other.voice.number, other.heard_voice.number) == (5, 5)
    assert not Voice.objects.filter(number=1).exists()
    assert carried.moved == 1


def test_somebody_who_is_heard_beside_a_written_line_has_a_line(session):
    store(session, line(0, "we gaan naar de grot van de draak"))
    text.write(row_at(session, 0), "We gaan naar de grot van de draak!", reviewed=True)

    store(session, line(0, "we gaan naar de grot van de draak"), line(800, "wie wil thee", 1))

    assert told(session) == ["We gaan naar de grot van de draak!", "wie wil thee"]


def test_voices_of_removed_lines_keep_their_rows_and_numbers(session):
    store(session, line(0, "we gaan"), line(2000, "ruis", 1))
    text.remove([row_at(session, 2000).pk])

    store(session, line(0, "we gaan"), line(2000, "ruis", 1))

    assert set(Voice.objects.values_list("number", flat=True)) == {1, 2}
    assert Segment.everything.get(start_ms=2000).heard_voice.number == 2


def test_a_line_that_only_moved_is_the_line_that_takes_most_of_its_time(session):
    store(session, line(0, "een twee drie vier"), line(800, "thee", 1))
    one, other = (row_at(session, start).uuid for start in (0, 800))

    store(session, line(790, "thee", 1), line(100, "een twee drie"), line(1300, "vier"))

    assert Segment.objects.get(text="thee").uuid == other
    assert Segment.objects.get(text="een twee drie").uuid == one


def test_what_finds_no_place_is_told(session):
    store(session, line(0, "een twee"), line(5000, "drie vier"))
    Segment.objects.update(label="IC", label_by=LabelBy.PERSON)

    carried = store(
        session, line(0, "een twee"), line(5000, "drie vier vijf zes zeven acht negen", word_ms=900)
    )

    assert carried.labels == 1
    assert [(each.start_ms, each.text, each.what) for each in carried.gone] == [(5000, "drie vier", "label")]
    assert Carried.from_json(carried.to_json()) == carried


@pytest.mark.django_db(transaction=True)
def test_live_lines_that_people_wrote_become_lines_of_the_run(recorded, editor, process):
    capture = recorded.recordings.get().uuid
    voice = Voice.objects.create(session=recorded, number=8)
    live = {"session": recorded, "capture": capture, "tier": Tier.FINAL, "voice": voice, "heard_voice": voice}
    wrote = Segment.objects.create(
        **live,
        position=0,
        start_ms=100,
        end_ms=900,
        text="Zo!",
        heard_text="so",
        heard_words=[[100, 900, "so", 0.4]],
    )
    gone = Segment.objects.create(
        **live, position=1, start_ms=1000, end_ms=1200, text="uh", removed_at=timezone.now()
    )
    Segment.objects.create(**live, position=2, start_ms=1300, end_ms=1900, text="nog wat")
    elsewhere = Segment.objects.create(
        **live | {"capture": uuid4()},
        position=3,
        start_ms=9_000_000,
        end_ms=9_001_000,
        text="later",
        reviewed=True,
    )

    run = start_run(recorded, editor)
    process()

    run.refresh_from_db()
    assert (run.carried["texts"], run.carried["removed"], run.carried["reviewed"]) == (1, 1, 0)
    assert "nog wat" not in told(recorded)
    assert told(recorded).count("Zo!") == 1
    kept = Segment.everything.in_bulk([wrote.pk, gone.pk, elsewhere.pk])
    assert [kept[row.pk].tier for row in (wrote, gone, elsewhere)] == [Tier.BATCH, Tier.BATCH, Tier.FINAL]
    assert Segment.objects.order_by("position").last() == elsewhere


def test_nobody_new_gets_the_number_of_a_voice_whose_lines_were_removed(session):
    store(session, line(0, "we gaan naar"), line(2000, "de draak slaapt", 1))
    text.remove([row_at(session, 0).pk])
    heard_now = Diarization((Turn(2000, 3200, 0), Turn(6000, 7000, 1)), ())

    found = identify.perform(SimpleNamespace(session=session, result_of=lambda stage: heard_now.to_json()))

    assert found == {"numbers": {"0": 2, "1": 3}}


@pytest.mark.django_db(transaction=True)
def test_lines_that_people_shaped_are_no_reason_to_store_again(recorded, editor, process):
    start_run(recorded, editor)
    process()
    rows = list(Segment.objects.filter(kind=SegmentKind.SPEECH))
    longest = max(rows, key=lambda row: len(row.words))
    words = longest.text.split()
    shape.split(longest, words[0], " ".join(words[1:]))
    text.remove([rows[-1].pk])
    text.write(Segment.objects.filter(kind=SegmentKind.SPEECH).first(), "Heel iets anders.", reviewed=False)

    run = start_run(recorded, editor)
    process()

    run.refresh_from_db()
    assert run.stages.get(name="store").reused
    assert run.carried is None


def test_a_long_evening_that_people_reviewed_is_stored_with_few_queries(
    session, django_assert_max_num_queries
):
    def evening(shift: int) -> list[Line]:
        return [line(at * 2500 + shift, f"woord{at} en nog wat", at % 5, 450) for at in range(600)]

    store(session, *evening(0))
    text.mark_reviewed(list(Segment.objects.values_list("pk", flat=True))[:300], reviewed=True)
    Segment.objects.filter(start_ms__lt=200_000).update(
        heard_text=F("text"), text="Geschreven.", heard_words=F("words")
    )
    with django_assert_max_num_queries(130):
        carried = store(session, *evening(130))
    assert (carried.texts, carried.reviewed) == (80, 300)
    assert Segment.objects.count() == 600


# --- any acts, any hearing --------------------------------------------------------------------------------------------

SPOKEN = st.lists(
    st.tuples(
        st.sampled_from(VOCABULARY),
        st.integers(60, 700),
        st.sampled_from([0, 0, 0, 0, 150, 900]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=24,
)
"""Words with their lengths, the pauses after them, and whose they are."""

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["write", "write", "split", "join", "remove", "review", "label", "character", "move"]
        ),
        st.integers(0, 30),
        st.integers(0, 5),
    ),
    max_size=10,
)


def cut(words: list[tuple[Word, int]], cuts: set[int]) -> list[Line]:
    """Makes lines of words: a new one at each cut, and where another voice speaks."""
    lines: list[list[tuple[Word, int]]] = []
    for at, (word, voice) in enumerate(words):
        if not lines or at in cuts or lines[-1][-1][1] != voice:
            lines.append([])
        lines[-1].append((word, voice))
    return [
        Line(
            each[0][0].start_ms,
            max(word.end_ms for word, _ in each),
            each[0][1],
            tuple(word for word, _ in each),
        )
        for each in lines
    ]


def spoken(said: list[tuple[str, int, int, int]]) -> list[tuple[Word, int]]:
    words, at = [], 0
    for word, length, pause, voice in said:
        words.append((Word(at, at + length, word, 0.5), voice))
        at += length + pause
    return words


@st.composite
def heard_again(draw: st.DrawFn, words: list[tuple[Word, int]]) -> list[Line]:
    """The same evening as another model hears it: other times, some other words, other voices, other boundaries."""
    again: list[tuple[Word, int]] = []
    voices = draw(st.permutations([0, 1, 2, 3]))
    at = 0
    for word, voice in words:
        how = draw(st.sampled_from(["same", "same", "same", "other", "missed", "two", "voice"]))
        if how == "missed":
            continue
        start = max(at, word.start_ms + draw(st.integers(-120, 120)))
        at = max(start + 30, word.end_ms)
        who = voices[voice] if how != "voice" else draw(st.integers(0, 3))
        if how == "two":
            half = (start + at) // 2
            again += [(Word(start, half, "uh", 0.3), who), (Word(half, at, word.text, 0.5), who)]
        else:
            said = word.text if how != "other" else draw(st.sampled_from(VOCABULARY))
            again.append((Word(start, at, said, 0.5), who))
    return cut(again, draw(st.sets(st.integers(0, 30))))


def act(session, verb: str, which: int, how: int) -> None:
    """Does what a person could do to one of the lines."""
    rows = list(Segment.objects.filter(session=session))
    if not rows:
        return
    row = rows[which % len(rows)]
    said = row.text.split()
    if verb == "write":
        text.write(row, " ".join([*said[:how], f"geschreven{which}", *said[how + 1 :]]), reviewed=how > 2)
    elif verb == "split" and len(said) > 1 and row.end_ms - row.start_ms > shape.LEAST_MS:
        place = 1 + how % (len(said) - 1)
        shape.split(row, " ".join(said[:place]), " ".join(said[place:]))
    elif verb == "join" and row != rows[-1]:
        shape.join(row, rows[rows.index(row) + 1])
    elif verb == "remove":
        text.remove([row.pk])
    elif verb == "review":
        text.mark_reviewed([row.pk], reviewed=True)
    elif verb == "label":
        Segment.objects.filter(pk=row.pk).update(label=("IC", "OOC")[how % 2], label_by=LabelBy.PERSON)
    elif verb == "character":
        character, _ = Character.objects.get_or_create(party=session.campaign.party, name=f"Held {how}")
        Segment.objects.filter(pk=row.pk).update(character=character)
    elif verb == "move":
        voice, _ = Voice.objects.get_or_create(session=session, number=9, defaults={"by_hand": True})
        Segment.objects.filter(pk=row.pk).update(voice=voice)


SAID = (
    "text",
    "words",
    "character_id",
    "label",
    "label_by",
    "reviewed",
    "removed_at",
    "uuid",
    "start_ms",
    "end_ms",
)


def rows_of(session, *fields: str) -> dict[int, tuple[object, ...]]:
    rows = Segment.everything.filter(session=session)
    return {pk: tuple(rest) for pk, *rest in rows.values_list("pk", *fields)}


def stored(session) -> list[tuple[object, ...]]:
    fields = [field.attname for field in Segment._meta.concrete_fields if not field.primary_key]
    return list(Segment.everything.filter(session=session).values_list(*fields))


def words_in(lines) -> Counter[tuple[object, ...]]:
    return Counter(tuple(word) for words in lines for word in words)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(SPOKEN, st.sets(st.integers(0, 24)), ACTS, st.data())
def test_any_work_outlives_any_hearing(session, said, cuts, acts, data):
    words = spoken(said)
    with transaction.atomic():
        store(session, *cut(words, cuts))
        for each in acts:
            act(session, *each)
        shaped = Segment.everything.filter(session=session).kept_by_people()
        kept = set(shaped.values_list("pk", flat=True))
        before, hearing = (
            rows_of(session, *SAID),
            rows_of(session, "heard_words", "heard_voice_id", "voice_id"),
        )
        lines = data.draw(heard_again(words))

        carried = store(session, *lines)

        after = rows_of(session, *SAID)
        by_hand = set(shaped.exclude(heard_text=None, reviewed=False).values_list("pk", flat=True))
        assert {pk: after[pk] for pk in by_hand} == {pk: before[pk] for pk in by_hand}
        assert {pk: after[pk][2:] for pk in kept} == {pk: before[pk][2:] for pk in kept}
        everything = list(Segment.everything.filter(session=session))
        assert [row.position for row in everything] == list(range(len(everything)))
        assert [row.start_ms for row in everything] == sorted(row.start_ms for row in everything)
        assert carried.removed == sum(row.removed_at is not None for row in everything)

        new = [row for row in everything if row.pk not in kept]
        given_to = [row for row in everything if row.pk in kept and row.heard_words != hearing[row.pk][0]]
        heard = words_in([[word.to_json() for word in each.words] for each in lines])
        assert not heard - words_in(
            [row.words for row in new] + [row.heard_words for row in everything if row.pk in kept]
        )
        assert not words_in([row.words for row in new] + [row.heard_words for row in given_to]) - heard
        for row in everything:
            if row.pk in kept and hearing[row.pk][1] != hearing[row.pk][2]:
                assert row.voice_id == hearing[row.pk][2]
            if row.pk not in kept:
                assert not row.is_edited
                assert not row.reviewed
        said_before = [before[pk] for pk in before if pk not in kept and before[pk][4] == LabelBy.PERSON]
        lost = [each for each in carried.gone if each.what == "label"]
        for line_text, _, _, label, *_, start_ms, end_ms in said_before:
            there = [row for row in everything if row.start_ms < end_ms and start_ms < row.end_ms]
            assert any((row.label, row.label_by) == (label, LabelBy.PERSON) for row in there) or any(
                (each.start_ms, each.text) == (start_ms, line_text) for each in lost
            )

        once, voices = (
            stored(session),
            list(Voice.objects.filter(session=session).values_list("pk", "number")),
        )
        again = store(session, *lines)
        assert stored(session) == once
        assert list(Voice.objects.filter(session=session).values_list("pk", "number")) == voices
        assert again.gone == ()
        transaction.set_rollback(True)
