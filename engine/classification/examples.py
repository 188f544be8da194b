"""The labelled conversations that come with Scribe, and files of the same layout: a JSON object per line.

Its keys are ``conversation``, ``speaker``, ``role``, ``text``, ``label``, ``kind`` and ``character``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from engine.classification.values import (
    KINDS_OF,
    LABELS,
    CastMember,
    Label,
    LabelledLine,
    LineKind,
    SpokenLine,
    TableRole,
)
from engine.values import Language

FOLDER = Path(__file__).parent / "examples"
PARTS = 5
"""One conversation in so many is kept aside: never learnt from, only measured on."""
ROLES: dict[str, TableRole] = {
    "player": "player",
    "dm": "dm",
    "gm": "dm",
    "guest": "guest",
    "companion": "player",
    "": "",
}


class BadExample(ValueError):
    """A line of a file of examples can't be understood."""


@cache
def shipped(language: Language) -> tuple[LabelledLine, ...]:
    """Returns the examples of ``language`` that come with Scribe.

    >>> line = shipped("en")[0]
    >>> line.label in LABELS, line.kind in KINDS_OF[line.label]
    (True, True)
    """
    return tuple(read(FOLDER / f"{language}.jsonl"))


def read(path: Path) -> list[LabelledLine]:
    """Returns the labelled lines of a file.

    Roles and labels may be in either case; ``character`` and ``kind`` may be missing.

    Raises:
        BadExample: a line is no JSON object, lacks a key or holds an unknown label; the message names the line.
    """
    found = []
    for number, row in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if row.strip():
            try:
                found.append(_labelled(json.loads(row)))
            except ValueError as wrong:
                raise BadExample(f"{path.name}, line {number}: {wrong}") from wrong
    return found


def learning_part(lines: Iterable[LabelledLine]) -> list[LabelledLine]:
    """Returns the lines of the conversations to learn from."""
    everything = list(lines)
    aside = _kept_aside(everything)
    return [line for line in everything if line.conversation not in aside]


def part_kept_aside(lines: Iterable[LabelledLine]) -> list[LabelledLine]:
    """Returns the lines of the conversations that are only measured on."""
    everything = list(lines)
    aside = _kept_aside(everything)
    return [line for line in everything if line.conversation in aside]


def conversations(lines: Iterable[LabelledLine]) -> list[list[LabelledLine]]:
    """Returns ``lines`` by conversation, in the order in which these first come."""
    found: dict[str, list[LabelledLine]] = {}
    for line in lines:
        found.setdefault(line.conversation, []).append(line)
    return list(found.values())


def as_spoken(conversation: Sequence[LabelledLine]) -> list[SpokenLine]:
    """Returns a conversation as a classifier reads it, without its labels."""
    plays = _who_plays_whom(conversation)
    return [
        SpokenLine(line.speaker, line.role, line.text, character=plays.get(line.speaker, ""))
        for line in conversation
    ]


def cast_of(conversation: Sequence[LabelledLine]) -> list[CastMember]:
    """Returns the cast of a conversation: whom its players play, and whom the rest voice.

    >>> line = LabelledLine("1", "Anna", "player", "I open the gate.", "IC", "character", "Mira")
    >>> cast_of([line])
    [CastMember(name='Mira', role='player', player='Anna', aliases=())]
    """
    players = [
        CastMember(character, "player", player) for player, character in _who_plays_whom(conversation).items()
    ]
    known = {member.name for member in players}
    voiced = {line.character: None for line in conversation if line.kind == "npc" and line.character}
    return players + [CastMember(name, "npc") for name in voiced if name not in known]


def _kept_aside(lines: Sequence[LabelledLine]) -> set[str]:
    """Returns the fifth of the conversations whose names have the lowest hashes: by chance, but always the same."""
    names = sorted({line.conversation for line in lines}, key=lambda name: sha256(name.encode()).digest())
    return set(names[: len(names) // PARTS])


def _who_plays_whom(conversation: Sequence[LabelledLine]) -> dict[str, str]:
    """Returns the character of each player: whom they speak as most often."""
    counts: dict[str, Counter[str]] = {}
    for line in conversation:
        if line.kind == "character" and line.character and line.role != "dm":
            counts.setdefault(line.speaker, Counter())[line.character] += 1
    return {speaker: count.most_common(1)[0][0] for speaker, count in counts.items()}


def _labelled(row: Any) -> LabelledLine:
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    missing = [key for key in ("conversation", "speaker", "text", "label") if not row.get(key)]
    if missing:
        raise ValueError(f"no {', '.join(missing)}")
    label = str(row["label"]).strip().upper()
    if label not in LABELS:
        raise ValueError(f"the label is {row['label']!r}, none of {', '.join(LABELS)}")
    role = str(row.get("role") or "").strip().lower()
    if role not in ROLES:
        raise ValueError(f"the role is {row['role']!r}, none of {', '.join(filter(None, ROLES))}")
    return LabelledLine(
        conversation=str(row["conversation"]),
        speaker=str(row["speaker"]),
        role=ROLES[role],
        text=str(row["text"]),
        label=label,
        kind=_kind(row, label),
        character=str(row.get("character") or ""),
    )


def _kind(row: dict[str, Any], label: Label) -> LineKind | None:
    kind = str(row.get("kind") or "").strip().lower()
    if not kind:
        return None
    if kind not in KINDS_OF[label]:
        raise ValueError(
            f"the kind is {row['kind']!r}; a line that is {label} is {' or '.join(KINDS_OF[label])}"
        )
    return kind
