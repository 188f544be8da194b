"""JSON with everything: voices, lines, words and confidences, as `schemas/transcript.schema.json` describes it."""

from __future__ import annotations

import json

from engine.exports.document import ExportDocument, ExportLine
from engine.figures import Figures, Tally
from engine.values import Json

VERSION = 1


def write(document: ExportDocument) -> str:
    """Returns the transcript as JSON, indented, in UTF-8.

    >>> import json
    >>> from engine.exports.document import ExportLine
    >>> line = ExportLine(0, 1_500, "Anna", "We go in.")
    >>> json.loads(write(ExportDocument("The gate", "", None, "en", (), (line,))))["lines"][0]["text"]
    'We go in.'
    """
    speech_ms: dict[int, int] = {}
    for line in document.lines:
        if line.voice is not None:
            speech_ms[line.voice] = speech_ms.get(line.voice, 0) + line.end_ms - line.start_ms
    data: Json = {
        "format": "scribe-transcript",
        "version": VERSION,
        "title": document.title,
        "campaign": document.campaign,
        "date": document.held_on.isoformat() if document.held_on else None,
        "language": document.language,
        "part": document.part,
        "left_out": document.left_out,
        "note": document.note or None,
        "voices": [
            {
                "voice": voice.voice,
                "name": voice.name,
                "player": voice.player,
                "character": voice.character,
                "speech_ms": speech_ms.get(voice.voice, 0),
            }
            for voice in document.voices
        ],
        "markers": [
            {"at_ms": marker.at_ms, "kind": marker.kind, "text": marker.text} for marker in document.markers
        ],
        "lines": [_line(document, line) for line in document.lines],
    }
    if document.figures is not None:
        data["figures"] = _figures(document, document.figures)
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _line(document: ExportDocument, line: ExportLine) -> Json:
    return {
        "start_ms": line.start_ms,
        "end_ms": line.end_ms,
        "voice": line.voice,
        "speaker": document.name_of(line),
        "character": line.character or None,
        "text": line.text,
        "kind": line.kind,
        "label_kind": line.label_kind,
        "label_confidence": None if line.label_confidence is None else round(line.label_confidence, 3),
        "label_by": line.label_by,
        "confidence": None if line.confidence is None else round(line.confidence, 3),
        "heard": line.heard,
        "edited": line.edited,
        "words": [
            {
                "start_ms": word.start_ms,
                "end_ms": word.end_ms,
                "text": word.text,
                "confidence": round(word.probability, 3),
            }
            for word in line.words
        ],
    }


def _figures(document: ExportDocument, figures: Figures) -> Json:
    names = {voice.voice: voice.name for voice in document.voices}
    return {
        **_tally(figures.whole),
        "speakers": [
            {"voice": each.voice, "name": names.get(each.voice) if each.voice is not None else None}
            | _tally(each.tally)
            for each in figures.speakers
        ],
        "characters": [
            {"name": each.name, "voice": each.voice} | _tally(each.tally) for each in figures.characters
        ],
        "longest_scenes": [
            {
                "start_ms": scene.start_ms,
                "end_ms": scene.end_ms,
                "kind": scene.kind,
                "voices": list(scene.voices),
                "lines": scene.lines,
            }
            for scene in figures.scenes
        ],
        "names": [{"name": each.name, "kind": each.kind, "times": each.times} for each in figures.names],
    }


def _tally(tally: Tally) -> Json:
    return {
        "talk_ms": tally.talk_ms,
        "ic_ms": tally.ic_ms,
        "ooc_ms": tally.ooc_ms,
        "mixed_ms": tally.mixed_ms,
        "unlabelled_ms": tally.unlabelled_ms,
        "turns": tally.turns,
        "lines": tally.lines,
        "words": tally.words,
        "words_per_line": tally.words_per_line,
    }
