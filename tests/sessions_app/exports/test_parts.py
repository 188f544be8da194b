"""The story alone and the table talk alone: which lines they hold, and how what is both is marked, in every format."""

import json

import jsonschema
import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.exports import FORMATS, write
from sessions_app.exporting import export_document
from sessions_app.models import Character, Segment, Voice
from sessions_app.transcripts.showing import Show
from speakers_app.models import Assignment, How, Speaker
from tests.engine.test_exports import SCHEMA

SAID = (
    ("IC", "character", "Ik klop op de poort."),
    ("OOC", "rules", "Dat is een zeventien."),
    ("MIXED", "character", "Raak, negen schade, en de balk splintert boven je."),
    ("", "", "Eh."),
)


@pytest.fixture
def labelled(campaign, session):
    """Four lines of Anna, who plays Mira: story, table talk, both, and one that nothing has judged."""
    mira = Character.objects.create(party=campaign.party, name="Mira")
    anna = Speaker.objects.create(campaign=campaign, name="Anna", character=mira)
    voice = Voice.objects.create(session=session, number=1, talk_ms=8000)
    Assignment.objects.create(voice=voice, speaker=anna, how=How.PERSON, locked=True)
    Segment.objects.bulk_create(
        Segment(
            session=session,
            voice=voice,
            position=position,
            start_ms=position * 2000,
            end_ms=position * 2000 + 1500,
            text=text,
            label=label,
            label_kind=kind,
            label_by="builtin" if label else "",
            label_confidence=0.87654 if label else None,
        )
        for position, (label, kind, text) in enumerate(SAID)
    )
    return session


def _note(what):
    left_out = "%(count)d line without a label is left out.", "%(count)d lines without a label are left out."
    return f"{gettext(what)} {ngettext(*left_out, 1) % {'count': 1}}"


def part(client, session, name, show):
    answer = client.get(reverse("session-export", args=[session.uuid, name]), {"show": show})
    return answer.content.decode()


HEADING = "The Sunken Keep · The gate · {day}"
KNOCK, ROLL, HIT, HM = (text for *_, text in SAID)

GOLDEN = {
    "": {
        "txt": f"""{HEADING}

[00:00:00] Anna {{as_}} Mira: {KNOCK}

[00:00:02] Anna: {ROLL}

[00:00:04] Anna {{as_}} Mira: {HIT}

[00:00:06] Anna {{as_}} Mira: {HM}
""",
        "md": f"""# {HEADING}

**Anna {{as_}} Mira** `00:00:00` {KNOCK}

**Anna** `00:00:02` {ROLL}

**Anna {{as_}} Mira** `00:00:04` {HIT}

**Anna {{as_}} Mira** `00:00:06` {HM}
""",
        "srt": f"""1
00:00:00,000 --> 00:00:01,500
Anna {{as_}} Mira: {KNOCK}

2
00:00:02,000 --> 00:00:03,500
Anna: {ROLL}

3
00:00:04,000 --> 00:00:05,500
Anna {{as_}} Mira: {HIT}

4
00:00:06,000 --> 00:00:07,500
Anna {{as_}} Mira: {HM}

""",
        "vtt": f"""WEBVTT - {HEADING}

1
00:00:00.000 --> 00:00:01.500
<v.ic Anna {{as_}} Mira>{KNOCK}</v>

2
00:00:02.000 --> 00:00:03.500
<v.ooc Anna>{ROLL}</v>

3
00:00:04.000 --> 00:00:05.500
<v.mixed Anna {{as_}} Mira>{HIT}</v>

4
00:00:06.000 --> 00:00:07.500
<v Anna {{as_}} Mira>{HM}</v>
""",
        "rttm": """SPEAKER The_gate 1 0.000 1.500 <NA> IC Anna_{as_}_Mira <NA> <NA>
SPEAKER The_gate 1 2.000 1.500 <NA> OOC Anna <NA> <NA>
SPEAKER The_gate 1 4.000 1.500 <NA> MIXED Anna_{as_}_Mira <NA> <NA>
SPEAKER The_gate 1 6.000 1.500 <NA> <NA> Anna_{as_}_Mira <NA> <NA>
""",
    },
    "story": {
        "txt": f"""{HEADING}

{{note}}

[00:00:00] Anna {{as_}} Mira: {KNOCK}

[00:00:04] Anna {{as_}} Mira [{{both}}]: {HIT}
""",
        "md": f"""# {HEADING}

> {{note}}

**Anna {{as_}} Mira** `00:00:00` {KNOCK}

**Anna {{as_}} Mira** `00:00:04` *\\[{{both}}\\]* {HIT}
""",
        "srt": f"""1
00:00:00,000 --> 00:00:01,500
Anna {{as_}} Mira: {KNOCK}

2
00:00:04,000 --> 00:00:05,500
Anna {{as_}} Mira*: {HIT}

""",
        "vtt": f"""WEBVTT - {HEADING}

NOTE {{note}}

1
00:00:00.000 --> 00:00:01.500
<v.ic Anna {{as_}} Mira>{KNOCK}</v>

2
00:00:04.000 --> 00:00:05.500
<v.mixed Anna {{as_}} Mira>{HIT}</v>
""",
        "rttm": """SPEAKER The_gate 1 0.000 1.500 <NA> IC Anna_{as_}_Mira <NA> <NA>
SPEAKER The_gate 1 4.000 1.500 <NA> MIXED Anna_{as_}_Mira <NA> <NA>
""",
    },
    "table": {
        "txt": f"""{HEADING}

{{note}}

[00:00:02] Anna: {ROLL}

[00:00:04] Anna {{as_}} Mira [{{both}}]: {HIT}
""",
        "md": f"""# {HEADING}

> {{note}}

**Anna** `00:00:02` {ROLL}

**Anna {{as_}} Mira** `00:00:04` *\\[{{both}}\\]* {HIT}
""",
        "srt": f"""1
00:00:02,000 --> 00:00:03,500
Anna: {ROLL}

2
00:00:04,000 --> 00:00:05,500
Anna {{as_}} Mira*: {HIT}

""",
        "vtt": f"""WEBVTT - {HEADING}

NOTE {{note}}

1
00:00:02.000 --> 00:00:03.500
<v.ooc Anna>{ROLL}</v>

2
00:00:04.000 --> 00:00:05.500
<v.mixed Anna {{as_}} Mira>{HIT}</v>
""",
        "rttm": """SPEAKER The_gate 1 2.000 1.500 <NA> OOC Anna <NA> <NA>
SPEAKER The_gate 1 4.000 1.500 <NA> MIXED Anna_{as_}_Mira <NA> <NA>
""",
    },
}
WORDS = {"nl": {"as_": "als", "both": "beide"}, "en": {"as_": "as", "both": "both"}}
NOTES = {
    "story": "The story alone; lines that are table talk too are in it, marked.",
    "table": "The table talk alone; lines that are story too are in it, marked.",
}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize(("show", "name"), [(show, name) for show, files in GOLDEN.items() for name in files])
def test_file_is_exactly_this(viewer_client, labelled, language, show, name):
    labelled.language = language
    labelled.save()
    with translation.override(language):
        note = _note(NOTES[show]) if show else ""
    expected = GOLDEN[show][name].format(day=labelled.date.isoformat(), note=note, **WORDS[language])
    assert part(viewer_client, labelled, name, show) == expected


@pytest.mark.parametrize(("show", "kinds"), [("story", ["IC", "MIXED"]), ("table", ["OOC", "MIXED"])])
def test_json_says_which_part_it_holds_and_what_each_line_is(viewer_client, labelled, show, kinds):
    data = json.loads(part(viewer_client, labelled, "json", show))
    jsonschema.validate(data, SCHEMA)
    assert (data["part"], data["left_out"]) == (show, 1)
    assert [line["kind"] for line in data["lines"]] == kinds
    mixed = data["lines"][1]
    assert {
        key: mixed[key] for key in ("speaker", "character", "label_kind", "label_confidence", "label_by")
    } == {
        "speaker": "Anna als Mira",
        "character": "Mira",
        "label_kind": "character",
        "label_confidence": 0.877,
        "label_by": "builtin",
    }


def test_whole_transcript_holds_every_line_and_marks_none(viewer_client, labelled):
    text = part(viewer_client, labelled, "txt", "")
    assert all(said in text for *_, said in SAID)
    assert "[beide]" not in text
    data = json.loads(part(viewer_client, labelled, "json", "nonsense"))
    assert (data["part"], data["left_out"], data["note"]) == ("all", 0, None)
    assert [line["kind"] for line in data["lines"]] == ["IC", "OOC", "MIXED", None]


@pytest.mark.parametrize(("show", "ending"), [("", ""), ("story", "-story"), ("table", "-table")])
def test_part_is_told_by_the_name_of_the_file(viewer_client, labelled, show, ending):
    labelled.title = "lang " * 24
    labelled.save()
    answer = viewer_client.get(reverse("session-export", args=[labelled.uuid, "txt"]), {"show": show})
    name = answer.headers["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('"')
    assert name.startswith("the-sunken-keep-01-lang-")
    assert name.endswith(f"{ending}.txt")
    assert len(name) <= 104


def test_character_that_a_person_chose_goes_before_what_was_found(labelled, campaign):
    chosen = Character.objects.create(party=campaign.party, name="Oude Gert")
    found = Character.objects.create(party=campaign.party, name="Bram")
    labelled.segments.filter(position__in=(0, 1)).update(label_character=found)
    labelled.segments.filter(position=1).update(character=chosen)
    document = export_document(labelled)
    assert [document.name_of(line) for line in document.lines] == [
        "Anna als Bram",
        "Anna als Oude Gert",
        "Anna als Mira",
        "Anna als Mira",
    ]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(labels=st.lists(st.sampled_from(["IC", "OOC", "MIXED", ""]), max_size=12))
def test_parts_hold_every_labelled_line_and_only_those_that_are_both_twice(session, labels):
    session.segments.all().delete()
    Segment.objects.bulk_create(
        Segment(
            session=session,
            position=n,
            start_ms=n * 1000,
            end_ms=n * 1000 + 900,
            text=f"regel{n}.",
            label=label,
        )
        for n, label in enumerate(labels)
    )
    whole, story, table = (export_document(session, show) for show in Show)
    assert [line.kind or "" for line in whole.lines] == labels
    in_story, in_table = ({line.start_ms for line in document.lines} for document in (story, table))
    assert in_story | in_table == {line.start_ms for line in whole.lines if line.kind}
    assert in_story & in_table == {line.start_ms for line in whole.lines if line.kind == "MIXED"}
    assert story.left_out == table.left_out == labels.count("")
    for name in FORMATS:
        if name == "rttm":
            continue
        for document in (story, table):
            text = write(document, name)
            said = [text.count(f"regel{line.start_ms // 1000}.") for line in whole.lines]
            assert said == [int(line in document.lines) for line in whole.lines]


def test_menu_offers_every_part_in_every_format(viewer_client, labelled):
    page = viewer_client.get(labelled.get_absolute_url(), {"show": "story"}).content.decode()
    for name in FORMATS:
        address = reverse("session-export", args=[labelled.uuid, name])
        for query in ("", "?show=story", "?show=table"):
            assert f'href="{address}{query}" download' in page
    assert 'value="story" checked' in page


def test_menu_offers_the_whole_alone_while_nothing_has_a_label(viewer_client, labelled):
    labelled.segments.update(label="")
    page = viewer_client.get(labelled.get_absolute_url()).content.decode()
    address = reverse("session-export", args=[labelled.uuid, "txt"])
    assert f'href="{address}" download' in page
    assert f'href="{address}?show' not in page
