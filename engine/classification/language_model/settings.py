"""How a language model is reached, and how patient Scribe is with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on where requests fail.

    Attributes:
        connections: connections in a row that may fail before the rest stays unjudged.
        faults: faults and refusals for being busy that one request may meet.
        time_outs: requests in a row that may take too long; each is followed by one of half the lines.
        useless: answers in a row that may hold nothing usable.
        pause_s: before a second try; twice as long before each further one.
        longest_pause_s: a server that wants a longer pause than this is left alone.
    """

    connections: int = 3
    faults: int = 7
    time_outs: int = 3
    useless: int = 12
    pause_s: float = 1.0
    longest_pause_s: float = 60.0


@dataclass(frozen=True, slots=True)
class LanguageModelSettings:
    """Where a language model answers.

    Attributes:
        url: of an OpenAI-compatible endpoint, such as ``http://localhost:11434/v1``; without a path, ``/v1`` is meant.
        model: its name there.
        key: empty where none is asked for.
        timeout_s: seconds to wait for one answer.
        prompts_dir: folder in which a prompt of the same name as Scribe's takes its place; None for no such folder.
        patience: with requests that fail.

    >>> LanguageModelSettings("http://localhost:11434/v1", "llama3.1", key="secret")  # which is not shown
    LanguageModelSettings(url='http://localhost:11434/v1', model='llama3.1', timeout_s=120.0, ...)
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = 120.0
    prompts_dir: Path | None = None
    patience: Patience = Patience()

    def __post_init__(self) -> None:
        if self.timeout_s <= 0:
            raise ValueError("timeout_s must be positive")
