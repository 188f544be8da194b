"""Labels on the page: letters and what they say, as whom lines are spoken, and what is shown of the transcript."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from sessions_app.models import Character, Label, LabelBy, LineKind, Segment
from sessions_app.transcripts.blocks import BLOCK_LINES, END, block_speeches, lines_of
from sessions_app.transcripts.labels import shown_label
from sessions_app.transcripts.voices import shown_voices
from speakers_app.models import Assignment, How, Speaker
from tests.sessions_app.transcripts.blocks import blocks

pytestmark = pytest.mark.django_db

LINE = re.compile(r'id="line-([0-9a-f-]{36})"')


@pytest.fixture
def anna(told):
    """Voice 1 is Anna, who plays Elara; she says the first ten lines."""
    elara = Character.objects.create(party=told.campaign.party, name="Elara", player_name="Anna")
    speaker = Speaker.objects.create(campaign=told.campaign, name="Anna", character=elara)
    voice = told.voices.get(number=1)
    Assignment.objects.create(voice=voice, speaker=speaker, how=How.PERSON, locked=True)
    told.segments.filter(position__lt=10).update(voice=voice)
    return voice


def label(session, labels: str, first: int = 0) -> None:
    """Labels lines from ``first`` on: i, o, m, or a dot for none."""
    names = {"i": "IC", "o": "OOC", "m": "MIXED", ".": ""}
    for position, letter in enumerate(labels, start=first):
        by = LabelBy.BUILTIN if letter != "." else ""
        session.segments.filter(position=position).update(label=names[letter], label_by=by)


def headings(session, block: int = 0, lines: int = 10) -> list[tuple[str, bool, int]]:
    """Returns the character, whether it is left out, and the lines of the speeches that ``lines`` lines make."""
    rows = lines_of(session).filter(position__lt=block * BLOCK_LINES + lines)
    speeches = block_speeches(rows, block * BLOCK_LINES, END, shown_voices(session))
    return [(speech.character, speech.continued, len(speech.lines)) for speech in speeches]


def page(client, session, **query):
    return client.get(session.get_absolute_url(), query).content.decode()


def shown_lines(client, session, **query) -> list[str]:
    return LINE.findall("".join(blocks(client, session, **query)))


def test_table_talk_in_the_midst_of_a_speech_does_not_tear_it_apart(told, anna):
    label(told, "iioiooimii")
    assert headings(told) == [("Elara", False, 10)]


def test_speech_that_is_all_table_talk_has_no_character(told, anna):
    label(told, "oooooooooo")
    assert headings(told) == [("", False, 10)]


def test_character_stands_over_a_speech_that_begins_with_table_talk(told, anna):
    label(told, "ooiiiiiiii")
    assert headings(told) == [("Elara", False, 10)]


def test_lines_without_labels_are_spoken_as_usual(told, anna):
    assert headings(told) == [("Elara", False, 10)]


def test_found_character_counts_where_the_line_is_story_and_what_a_person_said_counts_most(told, anna):
    party = told.campaign.party
    bram = Character.objects.create(party=party, name="Old Bram")
    wolf = Character.objects.create(party=party, name="The wolf")
    label(told, "iiooiimmii")
    told.segments.filter(position__in=[2, 4, 6]).update(label_character=bram)
    told.segments.filter(position__in=[3, 6]).update(character=wolf)
    assert headings(told) == [
        ("Elara", False, 3),
        ("The wolf", False, 1),
        ("Old Bram", False, 1),
        ("Elara", False, 1),
        ("The wolf", False, 1),
        ("Elara", False, 3),
    ]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("ii", ("Elara", True)),
        ("io", ("Elara", True)),
        ("oi", ("Elara", False)),
        ("oo", ("", True)),
    ],
)
def test_name_is_told_again_in_the_next_block_only_where_the_earlier_one_may_not_say_it(
    told, anna, labels, expected
):
    around = (BLOCK_LINES - 1, BLOCK_LINES)
    told.segments.filter(position__in=around).update(voice=anna)
    label(told, labels, first=BLOCK_LINES - 1)
    character, continued, _lines = headings(told, block=1, lines=1)[0]
    assert (character, continued) == expected


def test_letter_tells_its_kind_and_who_said_so(told):
    line = Segment(
        label=Label.OOC, label_kind=LineKind.RULES, label_by=LabelBy.BUILTIN, label_confidence=0.818
    )
    shown = shown_label(line)
    assert (shown.letter, shown.unsure) == ("O", False)
    assert shown.says == "Out of character: rules and dice. The built-in classifier, 82 % sure."
    line.label_by, line.label_confidence = LabelBy.PERSON, None
    assert shown_label(line).says == "Out of character: rules and dice. Said by a person."


def test_unsure_is_what_a_machine_gives_less_than_three_in_four(told):
    line = Segment(label=Label.IC, label_by=LabelBy.MODEL, label_confidence=0.749)
    assert shown_label(line).unsure
    line.label_confidence = 0.75
    assert not shown_label(line).unsure


def test_line_without_a_label_has_no_letter_and_is_told_of(viewer_client, told):
    assert 'role="img"' not in page(viewer_client, told)
    label(told, "i")
    html = page(viewer_client, told)
    assert html.count('role="img" aria-label="In character. ') == 1
    unheard = told.segments.filter(text="").count()
    assert f"{150 - 1 - unheard} lines have no label yet." in html


@pytest.mark.parametrize(("show", "labels"), [("story", {"IC", "MIXED"}), ("table", {"OOC", "MIXED"})])
@pytest.mark.parametrize("voices", [[], [1], [0, 2]])
def test_story_and_table_talk_of_any_voices(viewer_client, told, show, labels, voices):
    label(told, "iom." * 37)
    expected = [
        str(line.uuid)
        for line in told.segments.select_related("voice")
        if line.label in labels and (not voices or (line.voice.number if line.voice else 0) in voices)
    ]
    assert expected
    assert shown_lines(viewer_client, told, show=show, voice=voices) == expected


def test_links_keep_what_else_is_chosen(viewer_client, told):
    label(told, "iom." * 37)
    html = page(viewer_client, told, show="story", voice=2)
    address = told.get_absolute_url()
    assert f'href="{address}?voice=1&amp;voice=2&amp;show=story"' in html
    assert f'href="{address}?voice=2&amp;show=table"' in html
    assert f'href="{address}?show=story"' in html
    assert re.search(r'data-show="story" aria-current="true"', html)


def test_hidden_lines_without_a_label_are_counted(viewer_client, told):
    label(told, "i" * 130)
    left = told.segments.filter(label="").exclude(text="").count()
    assert f"{left} lines without a label are hidden." in page(viewer_client, told, show="table")
    assert "No line here is labelled as table talk." in page(viewer_client, told, show="table")


def test_transcript_without_any_label_offers_no_choice_between_story_and_table_talk(viewer_client, told):
    assert "show-choice" not in page(viewer_client, told)


def test_unsure_lines_are_those_that_the_address_chooses(viewer_client, editor_client, told):
    label(told, "iom." * 20)
    told.segments.filter(position__in=[0, 1, 5, 70]).update(label_confidence=0.6)
    told.segments.filter(position=2).update(label_confidence=0.9)

    def unsure(**query):
        answer = viewer_client.get(reverse("session-review", args=[told.uuid, "labels"]), query)
        return [line["uuid"] for line in json.loads(answer.content)["lines"]]

    def uuids(*positions):
        return [str(told.segments.get(position=position).uuid) for position in positions]

    assert unsure() == uuids(0, 1, 5, 70)
    assert unsure(show="table") == uuids(1, 5, 70)
    assert "4 unsure lines" in page(editor_client, told)
    assert "3 unsure lines" in page(editor_client, told, show="table")
    assert "unsure lines" not in page(viewer_client, told)
