"""The mapping file: what goes out comes back, an edit does what it says, and what is wrong is refused whole."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.json_file import FileRefused
from sessions_app.models import Character, CharacterRole, Session
from sessions_app.transcripts.voices import voice_names
from speakers_app import decisions
from speakers_app.history import undo
from speakers_app.mapping import (
    MAX_BYTES,
    PlanChanged,
    import_mapping,
    mapping_schema,
    plan_of,
    read_mapping,
    write_mapping,
)
from speakers_app.models import Assignment, Change, How, Speaker, SpeakerRole, Verb, Voiceprint
from tests.conftest import ROOT
from tests.speakers_app.conftest import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(campaign, told, later, editor) -> Session:
    """The first session with two of its three voices named; in the second they are recognised."""
    decisions.name_voice(told.voices.get(number=1), "Anna", editor)
    decisions.name_voice(told.voices.get(number=2), "Tom", editor)
    return told


def exported(campaign) -> dict:
    return json.loads(write_mapping(campaign))


def import_of(campaign, content: dict | bytes, user=None, **more) -> Change:
    raw = content if isinstance(content, bytes) else json.dumps(content, indent=1).encode()
    return import_mapping(campaign, read_mapping(raw), user, **more)


def faults(campaign, content: dict | bytes) -> list[str]:
    before = state()
    with pytest.raises(FileRefused) as caught:
        import_of(campaign, content)
    assert state() == before
    return caught.value.faults


def mapping(**fields) -> dict:
    return {"format": "scribe-speaker-mapping", "version": 1} | fields


def entry(file: dict, session: Session, number: int) -> dict:
    return file["voices"][str(session.voices.get(number=number).uuid)]


def names(session: Session) -> dict[int, str]:
    called = voice_names(session)
    return {voice.number: called[voice.pk].name for voice in session.voices.all()}


def state() -> object:
    """Everything that an import may change."""
    return (
        sorted(Speaker.objects.values_list("pk", "uuid", "name", "role", "character", "colour", "member")),
        sorted(Assignment.objects.values_list("voice", "speaker__name", "how", "locked", "suggested")),
        sorted(Voiceprint.objects.values_list("speaker__name", "voice", "confirmed_by")),
        [
            list(each.segments.values_list("position", "voice", "character"))
            for each in Session.objects.order_by("pk")
        ],
    )


def test_schema_on_disk_is_the_one_that_imports_are_checked_by():
    stored = json.loads((ROOT / "schemas" / "speaker_mapping.json").read_text())
    assert stored == mapping_schema()
    jsonschema.Draft202012Validator.check_schema(stored)


def test_export_keeps_to_the_schema_and_holds_no_vector(campaign, known):
    jsonschema.validate(exported(campaign), mapping_schema())
    assert "embedding" not in write_mapping(campaign)
    assert str(known.voices.first().embedding[0])[:8] not in write_mapping(campaign)


def test_export_says_who_each_voice_is_and_where_it_is_heard(campaign, known, later):
    file = exported(campaign)
    assert file["campaign"] == {"id": str(campaign.uuid), "name": "The Sunken Keep"}
    assert [each["name"] for each in file["speakers"]] == ["Anna", "Tom"]
    assert entry(file, known, 1) == {
        "name": "Anna",
        "character": None,
        "session": 1,
        "heard_as": "Speaker 1",
        "talk_time": "0:14",
    }
    assert entry(file, later, 1)["name"] == "Tom"
    assert entry(file, later, 1)["recognised"] == "Tom"
    assert (entry(file, later, 3)["name"], entry(file, later, 3)["recognised"]) == (None, None)


def test_export_read_in_again_changes_nothing(campaign, known):
    assert import_of(campaign, exported(campaign)).pk is None


def test_renamed_person_has_the_new_name_everywhere(campaign, known, later, editor):
    file = exported(campaign)
    file["speakers"][0]["name"] = "Anneke"
    change = import_of(campaign, file, editor)
    assert names(known)[1] == names(later)[2] == "Anneke"
    assert (change.verb, change.subject, change.user) == (Verb.IMPORT, "1 renamed", editor)


def test_rename_may_be_made_in_the_whole_file(campaign, known):
    text = write_mapping(campaign).replace('"Anna"', '"Anneke"')
    assert import_of(campaign, text.encode()).subject == "1 renamed"
    assert import_of(campaign, text.encode()).pk is None
    assert Speaker.objects.count() == 2


def test_two_people_can_have_each_others_names(campaign, known):
    file = exported(campaign)
    anna, tom = file["speakers"]
    anna["name"], tom["name"] = "Tom", "Anna"
    for each in file["voices"].values():
        each["name"] = {"Anna": "Tom", "Tom": "Anna"}.get(each["name"])
    assert import_of(campaign, file).subject == "2 renamed"
    assert names(known)[1] == "Tom"


def test_voice_goes_to_another_person(campaign, known, later, editor):
    file = exported(campaign)
    entry(file, known, 1)["name"] = "Tom"
    change = import_of(campaign, file, editor)
    assert change.subject == "1 voice reassigned"
    found = Assignment.objects.get(voice=known.voices.get(number=1))
    assert (found.speaker.name, found.how, found.locked, found.decided_by) == (
        "Tom",
        How.IMPORT,
        True,
        editor,
    )
    assert not Voiceprint.objects.filter(speaker__name="Anna").exists()


@pytest.mark.parametrize("nobody", [None, {"name": None}], ids=["null", "null name"])
def test_null_takes_the_name_away(nobody, campaign, known, later):
    file = mapping(voices={str(known.voices.get(number=1).uuid): nobody})
    assert import_of(campaign, file).subject == "1 voice left unnamed"
    assert names(known)[1] == "Speaker 1"
    assert names(later)[2] == "Speaker 2"


def test_recognised_voice_can_be_given_to_somebody_else_or_confirmed(campaign, known, later):
    file = exported(campaign)
    entry(file, later, 1)["name"] = "Anna"
    del entry(file, later, 2)["recognised"]
    assert import_of(campaign, file).subject == "1 voice reassigned, 1 voice confirmed"
    assert Assignment.objects.locked().filter(voice__session=later).count() == 2


def test_undo_restores_exactly(campaign, known, later, editor):
    Character.objects.create(party=campaign.party, name="Old Garrick", role=CharacterRole.NPC)
    file, before = exported(campaign), state()
    file["speakers"][0]["name"] = "Anneke"
    file["speakers"][1]["role"] = "dm"
    file["speakers"].append({"name": "Sofie", "role": "guest"})
    entry(file, known, 3)["name"] = "Sofie"
    entry(file, later, 1).update(role="npc", character="Old Garrick")
    entry(file, known, 2)["name"] = None
    change = import_of(campaign, file, editor)
    assert state() != before
    undo(change)
    assert state() == before


def test_voice_of_an_npc_is_its_persons_and_all_its_lines_are_the_npcs(campaign, known, later):
    garrick = Character.objects.create(party=campaign.party, name="Old Garrick", role=CharacterRole.NPC)
    file = exported(campaign)
    entry(file, later, 1).update(role="npc", character="old garrick")
    assert import_of(campaign, file).subject == "1 voice with another character"
    assert {line.character for line in later.voices.get(number=1).segments.all()} == {garrick}
    again = exported(campaign)
    assert (entry(again, later, 1)["name"], entry(again, later, 1)["role"]) == ("Tom", "npc")
    entry(again, later, 1).update(role=None, character=None)
    import_of(campaign, again)
    assert {line.character for line in later.voices.get(number=1).segments.all()} == {None}


def test_lines_of_one_voice_that_are_spoken_as_several_stay(campaign, known, editor):
    mira = Character.objects.create(party=campaign.party, name="Mira")
    decisions.speak_as(known, known.segments.filter(position__in=(0, 3)), mira, editor)
    before = state()
    import_of(campaign, exported(campaign))
    assert state() == before


def test_file_without_a_list_of_people_may_name_anybody(campaign, told, later):
    Character.objects.create(party=campaign.party, name="Mira")
    first, second = (str(told.voices.get(number=number).uuid) for number in (1, 2))
    file = mapping(
        voices={
            first: {"name": " Anna  B ", "character": "mira", "role": "player"},
            second: {"name": "Tom", "role": "dm"},
        }
    )
    assert import_of(campaign, file).subject == "2 new people, 2 voices reassigned"
    anna, tom = Speaker.objects.all()
    assert (anna.name, anna.role, anna.character.name) == ("Anna B", SpeakerRole.PLAYER, "Mira")
    assert tom.role == SpeakerRole.DM
    assert import_of(campaign, file).pk is None


def test_name_that_is_known_in_another_case_is_the_same_person(campaign, known):
    first = str(known.voices.get(number=3).uuid)
    import_of(campaign, mapping(voices={first: {"name": "ANNA"}}))
    assert Speaker.objects.count() == 2
    assert names(known)[3] == "Anna"


def test_player_of_the_party_may_be_named_without_being_listed(campaign, known):
    Character.objects.create(party=campaign.party, name="Borin", player_name="Sofie")
    file = exported(campaign)
    entry(file, known, 3)["name"] = "sofie"
    import_of(campaign, file)
    assert Speaker.objects.get(name="Sofie").character.name == "Borin"


def test_markup_in_a_name_is_only_text(campaign, told):
    name = '<script>alert("x")</script>'
    import_of(campaign, mapping(voices={str(told.voices.get(number=1).uuid): {"name": name}}))
    assert names(told)[1] == name


def test_voice_that_was_merged_since_counts_for_the_one_it_is_part_of(campaign, known, editor):
    file = exported(campaign)
    decisions.merge(known.voices.get(number=3), known.voices.get(number=1), editor)
    assert names(known)[3] == "Anna"
    entry(file, known, 3)["name"] = "Anna"
    entry(file, known, 1)["name"] = "Anna"
    assert import_of(campaign, file).pk is None
    entry(file, known, 3)["name"] = "Tom"
    assert "was merged with another voice of this file" in faults(campaign, file)[0]


def test_typo_in_a_name_makes_no_new_person(campaign, known):
    file = exported(campaign)
    entry(file, known, 1)["name"] = "Ana"
    [fault] = faults(campaign, file)
    assert "“Ana” is not one of “speakers”" in fault


def test_fault_says_place_and_line(campaign, known):
    text = write_mapping(campaign).replace('"role": "player"', '"role": "king"', 1)
    line = text[: text.index("king")].count("\n") + 1
    assert faults(campaign, text.encode()) == [
        f"speakers[0].role must be one of 'player', 'dm' or 'guest' (line {line})."
    ]


def test_file_of_another_campaign_says_what_is_not_here(campaign, known, outsider):
    elsewhere = outsider.campaigns.get()
    file = exported(campaign)
    told = faults(elsewhere, file)
    assert told[0] == "This file was made in another campaign, “The Sunken Keep”."
    assert "speakers[0].id is nobody of this campaign" in told[1]
    assert sum("is no voice of this campaign" in each for each in told) == 6


def test_same_voice_twice_is_seen_though_json_would_hide_it(campaign, known):
    voice = str(known.voices.get(number=1).uuid)
    text = (
        '{"format": "scribe-speaker-mapping", "version": 1, "voices": {\n'
        f'"{voice}": {{"name": "Anna"}},\n"{voice}": {{"name": "Tom"}}}}}}'
    )
    assert faults(campaign, text.encode()) == [f"“{voice}” is there twice (line 3)."]


def test_one_fault_is_enough_to_change_nothing(campaign, known):
    file = exported(campaign)
    file["speakers"][0]["name"] = "Anneke"
    file["voices"]["00000000-0000-4000-8000-000000000000"] = {"name": "Tom"}
    [fault] = faults(campaign, file)
    assert fault.startswith("voices.00000000-0000-4000-8000-000000000000 is no voice of this campaign (line ")


def _voice(**fields) -> object:
    return lambda file, uuid: file["voices"][uuid].update(fields)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda file, uuid: file["speakers"][0].update(name="tom"), "is in the list already"),
        (lambda file, uuid: file["speakers"].append(file["speakers"][0]), "is in the list already"),
        (
            lambda file, uuid: file["speakers"].pop(0) and file["speakers"][0].update(name="ANNA"),
            "somebody else",
        ),
        (lambda file, uuid: file["speakers"][0].update(character="Nobody"), "not in the party"),
        (lambda file, uuid: file["speakers"][0].update(name="x" * 121), "too long"),
        (lambda file, uuid: file["speakers"][0].update(name="two\nlines"), "control characters"),
        (lambda file, uuid: file["speakers"][0].update(name="\u202eannA"), "control characters"),
        (lambda file, uuid: file["speakers"][0].update(name=" "), "must not be empty"),
        (lambda file, uuid: file["speakers"][0].update(nmae="x"), "is not a field"),
        (lambda file, uuid: file.update(voices=[]), "must be an object"),
        (lambda file, uuid: file["voices"].update({"Speaker 1": None}), "is not of the right form"),
        (lambda file, uuid: file.update(version=2), "not a speaker mapping"),
        (_voice(role="dm"), "is “player” elsewhere in the file"),
        (_voice(role="npc"), "needs “character”"),
        (_voice(character="Nobody"), "not in the party"),
        (_voice(name=None, role="npc"), "needs a name"),
        (_voice(recognised=True), "must be text"),
        (lambda file, uuid: file["voices"][uuid].pop("name"), "is missing"),
    ],
)
def test_what_is_wrong_or_contradicts_itself_is_refused(edit, reason, campaign, known):
    file = exported(campaign)
    edit(file, str(known.voices.get(number=1).uuid))
    assert any(reason in fault for fault in faults(campaign, file)), faults(campaign, file)


def test_character_that_could_be_two_is_refused(campaign, known):
    for _ in range(2):
        Character.objects.create(party=campaign.party, name="Guard")
    file = exported(campaign)
    file["speakers"][0]["character"] = "guard"
    assert "could be several characters" in faults(campaign, file)[0]


@pytest.mark.parametrize(
    "content",
    [
        b" " * (MAX_BYTES + 1),
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b"null",
        b"",
        b'{"format": NaN}',
        b"Anna = Tom",
    ],
    ids=["large", "deep", "bytes", "nothing", "empty", "nan", "text"],
)
def test_hostile_file_is_refused(content, campaign):
    assert faults(campaign, content)


def test_ten_thousand_faults_are_found_quickly_and_ten_are_told(campaign):
    voices = {f"00000000-0000-4000-8000-{number:012}": {"name": "x"} for number in range(10_000)}
    told = faults(campaign, mapping(voices=voices))
    assert len(told) == 11
    assert told[-1] == "… and 9990 more faults."


def test_plan_that_was_seen_is_the_one_that_is_done(campaign, known, editor):
    file = exported(campaign)
    entry(file, known, 1)["name"] = "Tom"
    seen = plan_of(campaign, read_mapping(json.dumps(file).encode())).digest
    decisions.leave_unnamed(known.voices.get(number=1), editor)
    before = state()
    with pytest.raises(PlanChanged):
        import_of(campaign, file, editor, seen=seen)
    assert state() == before


def test_planning_takes_as_many_queries_for_many_voices(campaign, known, django_assert_max_num_queries):
    for number in range(3, 9):
        fill(Session.objects.create(campaign=campaign, number=number), "ATSATS")
    file = read_mapping(write_mapping(campaign).encode())
    with django_assert_max_num_queries(9):
        plan_of(campaign, file)


EDITS = st.one_of(
    st.tuples(st.just("name"), st.integers(0, 5), st.sampled_from(("Anna", "Tom", "Sofie", None))),
    st.tuples(st.just("rename"), st.integers(0, 1), st.sampled_from(("Anneke", "Thomas"))),
    st.tuples(st.just("speak"), st.integers(0, 5), st.sampled_from(("Mira", "Old Garrick", None))),
    st.tuples(st.just("role"), st.integers(0, 1), st.sampled_from(("player", "dm", "guest"))),
    st.tuples(st.just("confirm"), st.integers(0, 5), st.none()),
)


def make(file: dict, edit: tuple) -> None:
    kind, at, what = edit
    if kind in ("rename", "role"):
        file["speakers"][at]["name" if kind == "rename" else "role"] = what
        return
    voice = list(file["voices"].values())[at]
    if kind == "speak":
        voice.update(character=what, role="npc" if what == "Old Garrick" and voice["name"] else None)
    elif kind == "name":
        voice["name"] = what
    else:
        voice.pop("recognised", None)


@pytest.mark.slow
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=st.lists(EDITS, max_size=6))
def test_any_edit_does_what_it_says_once_and_undo_restores_exactly(campaign, known, later, edits):
    from django.db import transaction

    with transaction.atomic():
        Character.objects.create(party=campaign.party, name="Mira")
        Character.objects.create(party=campaign.party, name="Old Garrick", role=CharacterRole.NPC)
        file, before = exported(campaign), state()
        file["speakers"].append({"name": "Sofie"})
        for edit in edits:
            make(file, edit)
        try:
            change = import_of(campaign, file)
        except FileRefused:
            assert state() == before
        else:
            if all(each[0] != "rename" for each in edits):
                assert import_of(campaign, file).pk is None
            again = exported(campaign)["voices"]
            renamed = {"Anna": file["speakers"][0]["name"], "Tom": file["speakers"][1]["name"]}
            for key, each in file["voices"].items():
                if each.get("recognised", each["name"]) != each["name"] or "recognised" not in each:
                    assert again[key]["name"] == renamed.get(each["name"], each["name"])
                if "npc" in (each.get("role"), again[key].get("role")):
                    assert again[key]["character"] == each["character"]
            if change.pk:
                undo(change)
            assert state() == before
        transaction.set_rollback(True)
