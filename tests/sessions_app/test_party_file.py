"""The party file: what goes out comes back, and what is wrong is said plainly."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.json_file import FileRefused
from sessions_app.models import Character
from sessions_app.party_file import (
    MAX_BYTES,
    FileCharacter,
    ImportMode,
    PartyFile,
    import_party,
    party_schema,
    read_party_file,
    write_party_file,
)
from tests.conftest import FIXTURES, ROOT


def _file(*characters: dict, **fields) -> bytes:
    return json.dumps(
        {"format": "scribe-party", "version": 1, "characters": list(characters)} | fields
    ).encode()


def _faults(content: bytes) -> list[str]:
    with pytest.raises(FileRefused) as caught:
        read_party_file(content)
    return caught.value.faults


@pytest.fixture
def party(campaign):
    return campaign.party


def test_schema_on_disk_is_the_one_that_imports_are_checked_by():
    assert json.loads((ROOT / "schemas" / "party.schema.json").read_text()) == party_schema()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_fixture_comes_back_as_it_went_in(language, party):
    content = (FIXTURES / f"party_{language}.json").read_bytes()
    import_party(party, read_party_file(content), ImportMode.REPLACE)
    exported = write_party_file(party)
    assert json.loads(exported) == json.loads(content)
    jsonschema.validate(json.loads(exported), party_schema())


line = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80).map(str.strip)
name = line.filter(bool)


@given(
    st.builds(
        FileCharacter,
        player=line,
        name=name,
        aliases=st.lists(name, max_size=20),
        race=line,
        char_class=line,
        role=st.sampled_from(["player", "dm", "companion", "npc"]),
        description=line,
    )
)
def test_any_character_survives_the_file(character):
    file = PartyFile(format="scribe-party", version=1, characters=[character])
    assert read_party_file(file.model_dump_json().encode()).characters == [character]


def test_byte_order_mark_of_other_editors_is_ignored():
    assert read_party_file(b"\xef\xbb\xbf" + _file({"name": "Mira"})).characters[0].name == "Mira"


def test_text_that_is_no_json_is_said_to_be_none():
    assert _faults(b"Mira the Wise")[0].startswith("This is not JSON")


def test_json_of_another_kind_is_said_to_be_no_party_file():
    assert _faults(b'{"format": "something", "version": 1, "characters": []}') == [
        'This is not a party file: "format" must be "scribe-party" and "version" 1.'
    ]


def test_fault_names_the_character_and_the_field():
    faults = _faults(_file({"name": "Mira"}, {"name": " ", "role": "king", "age": 3}))
    assert faults == [
        "Character 2: “name” must not be empty (line 1).",
        "Character 2: “role” must be one of 'player', 'dm', 'companion' or 'npc' (line 1).",
        "Character 2: “age” is not a field of such a file (line 1).",
    ]


def test_no_more_faults_than_a_person_reads():
    faults = _faults(_file(*[{}] * 50))
    assert len(faults) == 11
    assert faults[-1] == "… and 40 more faults."


@pytest.mark.parametrize(
    "content",
    [
        b" " * (MAX_BYTES + 1),
        b"[" * 100_000,
        b"\xff\xfe\x00",
        _file(*[{"name": "Guard"}] * 501),
        _file({"name": "a\u0000b"}),
        _file({"name": "two\nlines"}),
        _file({"name": "x" * 121}),
        b'{"format": "scribe-party", "version": 1, "characters": [{"name": "\\ud800"}]}',
        b"null",
        b"",
    ],
    ids=["large", "deep", "bytes", "many", "null", "lines", "long", "surrogate", "nothing", "empty"],
)
def test_hostile_file_is_refused(content):
    assert _faults(content)


def test_adding_keeps_who_is_there_and_brings_namesakes_up_to_date(party):
    mira = Character.objects.create(party=party, name="Mira", race="elf")
    Character.objects.create(party=party, name="Borin")
    import_party(
        party, read_party_file(_file({"name": "mira", "race": "half-elf"}, {"name": "Sam"})), ImportMode.ADD
    )
    assert list(party.characters.values_list("name", flat=True)) == ["mira", "Borin", "Sam"]
    mira.refresh_from_db()
    assert mira.race == "half-elf"


def test_replacing_removes_who_is_not_in_the_file(party):
    mira = Character.objects.create(party=party, name="Mira")
    Character.objects.create(party=party, name="Borin")
    import_party(party, read_party_file(_file({"name": "Mira"}, name="Heroes")), ImportMode.REPLACE)
    assert list(party.characters.all()) == [mira]
    assert party.name == "Heroes"


def test_namesakes_stay_apart(party):
    file = read_party_file(_file({"name": "Guard", "race": "orc"}, {"name": "Guard", "race": "elf"}))
    import_party(party, file, ImportMode.ADD)
    import_party(party, file, ImportMode.ADD)
    assert list(party.characters.values_list("race", flat=True)) == ["orc", "elf"]


def test_member_stays_linked_when_the_file_names_the_same_player(party, viewer):
    Character.objects.create(party=party, name="Mira", member=viewer)
    import_party(party, read_party_file(write_party_file(party).encode()), ImportMode.REPLACE)
    assert party.characters.get().member == viewer
    import_party(party, read_party_file(_file({"name": "Mira", "player": "Anna"})), ImportMode.ADD)
    assert party.characters.get().member is None
    assert party.characters.get().player == "Anna"


def test_what_is_wrong_twice_is_said_once():
    faults = _faults(b'{"characters": []}')
    assert len(faults) == len(set(faults)) == 1
