"""Says what asking a language model about lines takes, before anything is sent: requests, tokens, price and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.classification.language_model.batches import next_batch, shown_around
from engine.classification.language_model.few_shot import choose_examples
from engine.classification.language_model.prompting import (
    PROMPTS,
    PromptBroken,
    examples_text,
    lines_text,
    load_prompt,
    party_text,
    prompt_name,
)
from engine.classification.values import CastMember, LabelledLine, SpokenLine
from engine.values import Language

CHARACTERS_A_TOKEN = {"nl": 3.0, "en": 3.6}
"""Of prompts, which are part prose and part JSON; on the low side, so that the estimate is rather too high."""
TOKENS_A_LINE = 32
"""Of an answer."""
ASSUMED_SECONDS_A_LINE = 1.5
"""Of a small model on a home machine with a graphics card, until a session shows the real speed."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What labelling takes, if every answer is good at once.

    Attributes:
        lines: that would be asked about.
        requests: to the server.
        tokens_in: sent, estimated from the number of characters.
        tokens_out: answered, estimated from the number of lines.
        cost: in the currency of the prices; None where no price is set.
        seconds: that it takes.
        is_measured: whether the seconds come from a session of before, rather than from an assumption.
    """

    lines: int
    requests: int
    tokens_in: int
    tokens_out: int
    cost: float | None
    seconds: float
    is_measured: bool


def estimate(
    lines: Sequence[SpokenLine],
    cast: Sequence[CastMember],
    language: Language,
    corrections: Sequence[LabelledLine] = (),
    *,
    prompts_dir: Path | None = None,
    price_in: float = 0.0,
    price_out: float = 0.0,
    seconds_per_line: float | None = None,
) -> Estimate:
    """Returns what asking about ``lines`` would take; sends nothing and needs no server.

    Args:
        lines: of a session; those that people labelled cost nothing.
        cast: of the campaign.
        language: of the session.
        corrections: the group's own.
        prompts_dir: the folder of the group's own prompts.
        price_in: of a million tokens that are sent; 0 where it costs nothing or is not known.
        price_out: of a million tokens that are answered.
        seconds_per_line: as measured on a session of before.

    >>> lines = [SpokenLine("Anna", "player", "I open the door.", "Mira", 0, 2_000)] * 100
    >>> told = estimate(lines, [], "en", price_in=1.0)
    >>> told.lines, told.cost is not None, told.is_measured
    (100, True, False)
    """
    fixed = len(_prompt_text(language, prompts_dir)) + len(party_text(cast))
    fixed += len(examples_text(choose_examples(corrections, lines)))
    asked = requests = characters = at = 0
    while batch := next_batch(lines, at):
        first, stop = shown_around(batch, len(lines))
        numbers = {index: number for number, index in enumerate(batch, start=1)}
        characters += fixed + len(lines_text(lines, numbers, first, stop))
        requests += 1
        asked += len(batch)
        at = batch[-1] + 1
    tokens_in = round(characters / CHARACTERS_A_TOKEN[language])
    tokens_out = asked * TOKENS_A_LINE
    has_price = price_in > 0 or price_out > 0
    return Estimate(
        lines=asked,
        requests=requests,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost=(tokens_in * price_in + tokens_out * price_out) / 1_000_000 if has_price else None,
        seconds=asked * (ASSUMED_SECONDS_A_LINE if seconds_per_line is None else seconds_per_line),
        is_measured=seconds_per_line is not None,
    )


def _prompt_text(language: Language, prompts_dir: Path | None) -> str:
    try:
        return load_prompt(language, prompts_dir).text
    except PromptBroken:
        return (PROMPTS / prompt_name(language)).read_text(encoding="utf-8")
