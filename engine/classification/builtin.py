"""The built-in classifier: learns from the examples that come with Scribe when it is first used, in a few seconds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import get_args

import sklearn

from engine.classification import examples, words
from engine.classification.examples import conversations
from engine.classification.model import StoryModel
from engine.classification.plain import plain_lines
from engine.classification.roles import with_roles
from engine.classification.training import Conversation, train
from engine.classification.values import CastMember, LabelledLine, SpokenLine, Verdict
from engine.values import Language, OnProgress, no_progress

REVISION = "1"
"""Goes up when the code judges otherwise."""
WEIGHT_OF_CORRECTIONS = 3.0
"""A group's own line counts so many times one that came with Scribe."""
MODELS = 4
"""So many campaigns' models are kept by a process."""
INTRODUCED = 3
"""So many lines before one in which an NPC speaks are looked through for who it is."""


class BuiltinClassifier:
    """Judges lines with what comes with Scribe, and with what a group has taught it.

    >>> BuiltinClassifier("en").classifier_id
    'builtin-1-en-...-none'
    >>> line = LabelledLine("1/1", "Anna", "player", "Pass me the crisps.", "OOC", "ooc_other")
    >>> BuiltinClassifier("en", [line]).classifier_id == BuiltinClassifier("en").classifier_id
    False
    """

    def __init__(
        self, language: Language, learnt: Sequence[LabelledLine] = (), model: StoryModel | None = None
    ) -> None:
        """Prepares; trains nothing yet.

        Args:
            language: of the lines.
            learnt: conversations of the group, in which some lines have a label.
            model: judges in place of the one trained on the examples and ``learnt``; for measuring.
        """
        self._language: Language = language
        self._learnt = tuple(learnt)
        self._model = model

    @property
    def classifier_id(self) -> str:
        """Changes with the examples, the code and the group's corrections."""
        learnt = sha256(repr(self._learnt).encode()).hexdigest()[:12] if self._learnt else "none"
        return f"builtin-{REVISION}-{self._language}-{_fingerprint()}-{learnt}"

    def classify(
        self, lines: Sequence[SpokenLine], cast: Sequence[CastMember], on_progress: OnProgress = no_progress
    ) -> list[Verdict | None]:
        """Returns a verdict for each line; what a person said stays as it is."""
        on_progress("classify", 0, len(lines))
        model = self._model or trained(self._language, self._learnt)
        plain = with_roles(plain_lines(lines, cast), model, self._language)
        said = [line.said.kind if line.said else None for line in lines]
        chances = model.judge(
            plain, self._language, said, lambda done: on_progress("classify", done, len(lines))
        )
        verdicts = model.verdicts(chances)
        return [
            line.said or replace(verdict, character=_character(place, verdict, lines, cast))
            for place, (line, verdict) in enumerate(zip(lines, verdicts, strict=True))
        ]


@lru_cache(maxsize=MODELS)
def trained(language: Language, learnt: tuple[LabelledLine, ...] = ()) -> StoryModel:
    """Returns the model of the examples and of a group's corrections, trained once in a process."""
    if not learnt:
        return _base()
    return train(shipped_conversations() + corrections(language, learnt))


def corrections(language: Language, learnt: Sequence[LabelledLine]) -> list[Conversation]:
    """Returns a group's own conversations as they are learnt from."""
    return [Conversation.of(lines, language, WEIGHT_OF_CORRECTIONS) for lines in conversations(learnt)]


@cache
def _base() -> StoryModel:
    """Returns the model of the examples alone: one for all languages, as all tables speak English about rules."""
    return train(shipped_conversations())


def shipped_conversations(
    part: Callable[[Iterable[LabelledLine]], Iterable[LabelledLine]] = list,
) -> list[Conversation]:
    """Returns the examples of all languages as they are learnt from, or a part of them."""
    return [
        Conversation.of(lines, language)
        for language in get_args(Language)
        for lines in conversations(part(examples.shipped(language)))
    ]


@cache
def _fingerprint() -> str:
    files = sorted([*examples.FOLDER.glob("*.jsonl"), *words.FOLDER.glob("*.toml")])
    return sha256(b"\0".join([sklearn.__version__.encode(), *map(Path.read_bytes, files)])).hexdigest()[:12]


def _character(place: int, verdict: Verdict, lines: Sequence[SpokenLine], cast: Sequence[CastMember]) -> str:
    """Returns who of the cast speaks: the speaker's own character, or an NPC named here or just before."""
    if verdict.kind == "character":
        return lines[place].character
    if verdict.kind == "npc":
        for line in lines[place : max(-1, place - INTRODUCED - 1) : -1] if place else lines[:1]:
            for member in cast:
                if member.role in ("npc", "companion") and _is_named(member, line.text):
                    return member.name
    return ""


def _is_named(member: CastMember, text: str) -> bool:
    return any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
        for name in (member.name, *member.aliases)
        if name
    )
