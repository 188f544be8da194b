import html
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.exports import FORMATS, ExportDocument, ExportLine, ExportMarker, ExportVoice, write
from engine.exports.document import one_line
from engine.exports.srt import WORD_JOINER
from engine.figures import FigureLine, Named, figures
from engine.values import Word

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "transcript.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

LINES = (
    ExportLine(
        1_000,
        2_500,
        "Mira",
        "Open the door!",
        voice=0,
        words=(
            Word(1000, 1300, "Open", 0.98),
            Word(1300, 1500, "the", 0.9),
            Word(1500, 2500, "door!", 0.6543),
        ),
        confidence=0.84,
        kind="IC",
    ),
    ExportLine(2_700, 3_723_004, "Speaker 2", "Who wants pizza?", voice=1, kind="OOC", edited=True),
    ExportLine(3_724_000, 3_725_000, "Speaker 2", "", voice=1, heard=False),
    ExportLine(3_726_000, 3_726_000, "Unknown", "Hm.", voice=None),
)


def document(lines=LINES, title="The old tower", language="en"):
    voices = (ExportVoice(0, "Mira", player="Anna", character="Mira"), ExportVoice(1, "Speaker 2"))
    return ExportDocument(title, "Stormvale", date(2026, 3, 14), language, voices, tuple(lines))


def test_markers_go_along_where_the_format_has_a_place_for_them():
    markers = (ExportMarker(61_000, "quote", "quote", "I *never* lose"), ExportMarker(90_000, "loot", "loot"))
    marked = replace(document(), markers=markers)
    assert write(marked, "md").endswith("\n\n- `00:01:01` quote: I \\*never\\* lose\n- `00:01:30` loot\n")
    written = json.loads(write(marked, "json"))
    jsonschema.validate(written, SCHEMA)
    assert written["markers"][0] == {"at_ms": 61_000, "kind": "quote", "text": "I *never* lose"}
    for name in ("srt", "vtt", "rttm", "txt"):
        assert write(marked, name) == write(document(), name)


def test_text_reads_like_a_play():
    assert write(document(), "txt").split("\n\n")[:3] == [
        "Stormvale · The old tower · 2026-03-14",
        "[00:00:01] Mira: Open the door!",
        "[00:00:02] Speaker 2: Who wants pizza?",
    ]


@pytest.mark.parametrize(("language", "mark"), [("nl", "[onverstaanbaar]"), ("en", "[inaudible]")])
def test_speech_without_words_is_marked_in_the_language_of_the_session(language, mark):
    assert f"Speaker 2: {mark}" in write(document(language=language), "txt")


def test_markdown_sets_names_in_bold():
    assert "**Mira** `00:00:01` Open the door!\n" in write(document(), "md")


def test_markdown_escapes_what_would_act():
    hostile = ExportLine(0, 1, "*A* <b>", "# 1_000_ `rm` [x](http://y) &amp; \\\n- item")
    text = write(document([hostile]), "md")
    assert text.endswith(
        "**\\*A\\* \\<b\\>** `00:00:00` \\# 1\\_000\\_ \\`rm\\` \\[x\\](http://y) \\&amp; \\\\ - item\n"
    )


def test_srt_is_read_back_by_a_reader_of_subtitles():
    events = pysubs2.SSAFile.from_string(write(document(), "srt"), "srt").events
    assert [(e.start, e.end, e.plaintext) for e in events[:2]] == [
        (1_000, 2_500, "Mira: Open the door!"),
        (2_700, 3_723_004, "Speaker 2: Who wants pizza?"),
    ]


def test_vtt_names_its_voices():
    assert "1\n00:00:01.000 --> 00:00:02.500\n<v.ic Mira>Open the door!</v>\n" in write(document(), "vtt")


def test_vtt_escapes_names_and_text():
    hostile = ExportLine(0, 9, "A <b> & B", "x --> y\n\nNOTE </v> &lt;")
    assert write(document([hostile], title="a --> b"), "vtt").split("\n\n") == [
        "WEBVTT - Stormvale · a → b · 2026-03-14",
        "1\n00:00:00.000 --> 00:00:00.009\n<v A &lt;b&gt; &amp; B>x --&gt; y NOTE &lt;/v&gt; &amp;lt;</v>\n",
    ]


def test_cues_last_at_least_a_moment():
    assert "01:02:06.000 --> 01:02:06.001" in write(document(), "vtt")


def test_rttm_has_one_record_of_ten_fields_per_line():
    records = [line.split(" ") for line in write(document(), "rttm").splitlines()]
    assert records[1] == (
        ["SPEAKER", "The_old_tower", "1", "2.700", "3720.304", "<NA>", "OOC", "Speaker_2", "<NA>", "<NA>"]
    )
    assert len(records) == 3


def test_rttm_is_read_back_by_a_measuring_tool(tmp_path):
    database = pytest.importorskip("pyannote.database.util")
    (tmp_path / "x.rttm").write_text(write(document(), "rttm"), "utf-8")
    (annotation,) = database.load_rttm(tmp_path / "x.rttm").values()
    assert annotation.label_duration("Mira") == pytest.approx(1.5)


def test_json_keeps_words_voices_and_confidences():
    data = json.loads(write(document(), "json"))
    jsonschema.validate(data, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert data["voices"][0] == {
        "voice": 0,
        "name": "Mira",
        "player": "Anna",
        "character": "Mira",
        "speech_ms": 1500,
    }
    assert data["lines"][0]["words"][2] == {
        "start_ms": 1500,
        "end_ms": 2500,
        "text": "door!",
        "confidence": 0.654,
    }
    assert data["lines"][0]["kind"] == "IC"


def test_schema_is_itself_valid_and_refuses_what_it_does_not_know():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    data = json.loads(write(document(), "json")) | {"surprise": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


def test_unknown_format_is_refused():
    with pytest.raises(ValueError, match="docx"):
        write(document(), "docx")


def test_line_that_runs_backward_is_refused():
    with pytest.raises(ValueError, match="forward"):
        ExportLine(5, 4, "A", "b")


@pytest.mark.parametrize(("language", "name"), [("nl", "Anna als Mira"), ("en", "Anna as Mira")])
def test_who_speaks_as_whom_is_the_same_in_every_format(language, name):
    spoken = ExportLine(0, 900, "Anna", "Hm.", voice=0, kind="IC", character="Mira")
    for form in FORMATS:
        expected = name.replace(" ", "_") if form == "rttm" else name
        assert expected in write(document([spoken], language=language), form)


def test_line_that_is_both_is_marked_where_only_one_of_the_two_is_shown():
    both = document([ExportLine(0, 900, "Anna", "Hm.", kind="MIXED")])
    part = replace(both, part="table")
    assert "Anna: Hm." in write(both, "txt")
    assert "Anna [both]: Hm." in write(part, "txt")
    assert "**Anna** `00:00:00` *\\[both\\]* Hm." in write(part, "md")
    assert "Anna*: Hm." in write(part, "srt")
    for whole_or_part in (both, part):
        assert "<v.mixed Anna>Hm.</v>" in write(whole_or_part, "vtt")
        assert " <NA> MIXED Anna " in write(whole_or_part, "rttm")
        assert json.loads(write(whole_or_part, "json"))["lines"][0]["kind"] == "MIXED"


def test_json_holds_the_figures_that_were_counted():
    said = [
        FigureLine(0, 2000, "Mira, run!", "IC", 0, "Mira"),
        FigureLine(2000, 3000, "Ha.", "OOC", None),
    ]
    counted = replace(document(), figures=figures(said, [Named("Mira", "character")]))
    data = json.loads(write(counted, "json"))
    jsonschema.validate(data, SCHEMA)
    told = data["figures"]
    assert (told["talk_ms"], told["ic_ms"], told["ooc_ms"]) == (3000, 2000, 1000)
    assert [(each["voice"], each["name"], each["talk_ms"]) for each in told["speakers"]] == [
        (0, "Mira", 2000),
        (None, None, 1000),
    ]
    assert [(each["name"], each["voice"], each["ic_ms"]) for each in told["characters"]] == [
        ("Mira", 0, 2000)
    ]
    assert told["longest_scenes"] == [
        {"start_ms": 0, "end_ms": 3000, "kind": "story", "voices": [0], "lines": 2}
    ]
    assert told["names"] == [{"name": "Mira", "kind": "character", "times": 1}]
    told["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


@pytest.mark.parametrize("name", FORMATS)
def test_empty_transcript_can_be_written(name):
    text = write(ExportDocument("", "", None, "nl", (), ()), name)
    assert text == "" or text.endswith("\n")


texts = st.text(st.sampled_from("ab 1.&;<>/\\-{}nNh_*:\n\r\t\u2028\x00é”"), max_size=30)
names = texts.filter(lambda name: one_line(name))


@given(st.lists(st.tuples(names, texts), max_size=5))
def test_vtt_comes_back_as_it_went(said):
    lines = [ExportLine(i * 10, i * 10 + 5, name, text) for i, (name, text) in enumerate(said)]
    text = write(document(lines), "vtt")
    cues = re.findall(r"^\d+\n(\S+) --> \S+\n<v ([^>]*)>([^<]*)</v>$", text, re.MULTILINE)
    assert [(html.unescape(n), html.unescape(t)) for _, n, t in cues] == [
        (one_line(n), one_line(t)) for n, t in said
    ]
    assert text.count("\n\n") == len(said)


@given(st.lists(st.tuples(names, texts), max_size=5))
def test_srt_comes_back_as_it_went(said):
    lines = [ExportLine(i * 10, i * 10 + 5, name, text) for i, (name, text) in enumerate(said)]
    events = pysubs2.SSAFile.from_string(write(document(lines), "srt"), "srt").events
    assert [e.text.replace(WORD_JOINER, "") for e in events] == [one_line(f"{n}: {t}") for n, t in said]


@given(st.lists(st.tuples(names, texts), max_size=5))
def test_json_always_keeps_to_its_schema(said):
    lines = [ExportLine(0, 1, name, text, voice=0) for name, text in said]
    data = json.loads(write(document(lines), "json"))
    VALIDATOR.validate(data)
    assert [(line["speaker"], line["text"]) for line in data["lines"]] == said
