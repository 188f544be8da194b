"""A session of a Dutch group, and a server that judges it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from engine.classification.language_model import LanguageModelClassifier, LanguageModelSettings, Patience
from engine.classification.values import CastMember, LabelledLine, SpokenLine
from engine.values import Language
from tests.llm_server import MODEL, LlmServer, llm_server

CAST = [
    CastMember("Spelleider", "dm", "Bob"),
    CastMember("Elara Zilverblad", "player", "Alice", ("Elara", "El")),
    CastMember("Thorgrim", "player", "Cas"),
    CastMember("Oude Maaike", "npc", "", ("Maaike",)),
]
QUICK = Patience(pause_s=0.001, longest_pause_s=0.05)


def line(text: str, speaker: str = "Alice") -> SpokenLine:
    """Returns a line of somebody at the table."""
    if speaker == "Bob":
        return SpokenLine(speaker, "dm", text)
    return SpokenLine(speaker, "player", text, {"Alice": "Elara Zilverblad", "Cas": "Thorgrim"}[speaker])


def story(count: int) -> list[SpokenLine]:
    """Returns lines that alternate between narration and deeds; none looks like another."""
    words = ("poort", "toren", "kelder", "brug", "kamer")
    return [
        line(f"De {words[n % 5]} {'a' * (n + 1)} gaat open.", "Bob" if n % 3 == 0 else "Alice")
        for n in range(count)
    ]


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with llm_server() as running:
        yield running


def settings_of(server: LlmServer, **more: object) -> LanguageModelSettings:
    """Returns settings with tiny pauses."""
    values: dict[str, object] = {"url": server.url, "model": MODEL, "key": "geheim", "patience": QUICK} | more
    return LanguageModelSettings(**values)  # type: ignore[arg-type]


def classifier_of(
    server: LlmServer,
    language: Language = "nl",
    corrections: Sequence[LabelledLine] = (),
    *,
    prompts_dir: Path | None = None,
    timeout_s: float = 20.0,
) -> LanguageModelClassifier:
    """Returns a classifier that asks ``server``."""
    settings = settings_of(server, prompts_dir=prompts_dir, timeout_s=timeout_s)
    return LanguageModelClassifier(settings, language, corrections)
