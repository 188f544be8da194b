"""Prompts: found, checked, and filled in with the party, the examples and the lines.

What people said and how they are called is data: each is written as one JSON object on a line of its own, and text that
was filled in is never searched for placeholders again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.classification.values import CastMember, LabelledLine, SpokenLine
from engine.errors import EngineError
from engine.values import Json, Language

PROMPTS = Path(__file__).resolve().parents[3] / "prompts"
"""The prompts that come with Scribe."""

REQUIRED = ("party", "examples", "lines")
OPTIONAL = ("count",)

LONGEST_TEXT = 1_500
"""Characters of one line that are shown; a monologue is told by its beginning."""
LONGEST_EXAMPLE = 240
"""Characters of a line of an example."""

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_DIVIDER = re.compile(r"^---[ \t]*$", re.MULTILINE)


class PromptBroken(EngineError):
    """A prompt of a group's own lacks a placeholder, has one that does not exist, or can't be read."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked.

    Attributes:
        standing: what stays the same from request to request; empty if the file has no line of three dashes.
        asking: what is below that line.
    """

    standing: str
    asking: str

    def filled(self, party: str, examples: str, lines: str, count: int) -> tuple[str, str]:
        """Returns both parts with their placeholders filled in."""
        values = {"party": party, "examples": examples, "lines": lines, "count": str(count)}
        return _fill(self.standing, values), _fill(self.asking, values)

    @property
    def text(self) -> str:
        """All of it, to be told from another one."""
        return f"{self.standing}\n---\n{self.asking}"


def prompt_name(language: Language) -> str:
    """Returns the file name of the prompt for sessions in ``language``."""
    return f"ic_ooc_classification_{language}.txt"


def load_prompt(language: Language, prompts_dir: Path | None = None) -> Prompt:
    """Returns the prompt for sessions in ``language``: the group's own where it has one, else Scribe's.

    Args:
        language: of the session.
        prompts_dir: the folder of a group's own prompts.

    Raises:
        PromptBroken: the group's own can't be used.
    """
    name = prompt_name(language)
    own = prompts_dir / name if prompts_dir else None
    path = own if own is not None and own.exists() else PROMPTS / name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptBroken(
            "The prompt %(file)s can't be read.", file=name, detail=f"{path}: {error}"
        ) from error
    check_prompt(text, name)
    above, *below = _DIVIDER.split(text, maxsplit=1)
    return Prompt(above.strip(), below[0].strip()) if below else Prompt("", above.strip())


def check_prompt(text: str, name: str) -> None:
    """Checks that ``text`` has every placeholder and no unknown one.

    Raises:
        PromptBroken: it says which.

    >>> check_prompt("Label {{lines}} like {{examples}}.", "my_prompt.txt")
    Traceback (most recent call last):
        ...
    engine.classification.language_model.prompting.PromptBroken: The prompt my_prompt.txt lacks {{party}}.
    """
    found = set(_PLACEHOLDER.findall(text))
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        wanted = ", ".join(f"{{{{{name}}}}}" for name in missing)
        raise PromptBroken("The prompt %(file)s lacks %(places)s.", file=name, places=wanted)
    unknown = sorted(found - {*REQUIRED, *OPTIONAL})
    if unknown:
        wanted = ", ".join(f"{{{{{name}}}}}" for name in unknown)
        raise PromptBroken(
            "The prompt %(file)s has %(places)s, which is no placeholder that Scribe fills in.",
            file=name,
            places=wanted,
        )
    if "lines" in set(_PLACEHOLDER.findall(_DIVIDER.split(text, maxsplit=1)[0])) and _DIVIDER.search(text):
        raise PromptBroken(
            "In the prompt %(file)s, {{lines}} belongs below the line of three dashes.", file=name
        )


def party_text(cast: Sequence[CastMember]) -> str:
    """Returns the cast, a JSON object a line.

    >>> print(party_text([CastMember("Mira", "player", "Anna")]))
    {"character": "Mira", "role": "player", "player": "Anna"}
    """
    return _rows(
        [
            _without_empty(
                {
                    "character": member.name,
                    "role": member.role,
                    "player": member.player,
                    "aliases": list(member.aliases),
                }
            )
            for member in cast
        ]
    )


def lines_text(lines: Sequence[SpokenLine], numbers: dict[int, int], first: int, stop: int) -> str:
    """Returns the lines of ``[first, stop)``, a JSON object a line; those to judge have a number ``n``.

    Args:
        lines: of the session.
        numbers: the number by which each line is asked about, by its index.
        first: the first line that is shown.
        stop: the one after the last.
    """
    rows = []
    for index in range(first, stop):
        line = lines[index]
        row: Json = {
            "n": numbers.get(index),
            **_said(line.speaker, line.role, line.character, line.text, LONGEST_TEXT),
        }
        if index not in numbers and line.said is not None:
            row |= {"label": line.said.label, "kind": line.said.kind}
        rows.append(_without_empty(row))
    return _rows(rows)


def examples_text(groups: Sequence[Sequence[LabelledLine]]) -> str:
    """Returns examples, a JSON object a line, with an empty line between conversations."""
    return "\n\n".join(
        _rows(
            [
                _without_empty(
                    {
                        **_said(line.speaker, line.role, line.character, line.text, LONGEST_EXAMPLE),
                        "label": line.label,
                        "kind": line.kind,
                    }
                )
                for line in group
            ]
        )
        for group in groups
    )


def _said(speaker: str, role: str, character: str, text: str, longest: int) -> Json:
    shown = text if len(text) <= longest else f"{text[:longest]} …"
    return {"who": speaker, "role": role, "plays": character, "text": shown}


def _without_empty(row: Json) -> Json:
    return {key: value for key, value in row.items() if value not in (None, "", [])}


def _rows(rows: Sequence[Json]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) or "[]"


def _fill(template: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], template)
