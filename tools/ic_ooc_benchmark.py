"""Measures how well lines are told to be in character or out of character, by either classifier, in both languages.

The built-in classifier learns from four fifths of the conversations that come with Scribe and is measured on the fifth
that is kept aside; with ``--file`` it learns from all of them and is measured on that file's. The language model is the
one that the installation is set up with (``SCRIBE_LLM_URL`` and the settings beside it).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import get_args

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.classification.builtin import BuiltinClassifier, shipped_conversations
from engine.classification.examples import (
    as_spoken,
    cast_of,
    conversations,
    learning_part,
    part_kept_aside,
    read,
    shipped,
)
from engine.classification.scoring import Score, score
from engine.classification.training import train
from engine.classification.values import Classifier, LabelledLine, Verdict
from engine.values import Language
from tools.measure.figures import Figure, write_json

TARGET = 0.85
LANGUAGES: tuple[Language, ...] = get_args(Language)
FOREIGN_WORDS = ("de", "het", "een", "ik", "je", "niet", "dat", "en", "van", "is")
"""Words that tell Dutch from English in a file that does not say what it is."""

MakeClassifier = Callable[[Language], Classifier]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints a table, writes the JSON; returns 1 if a target is missed."""
    chosen = _parser().parse_args(arguments)
    measured = _measured(chosen.file, chosen.language)
    make = from_settings() if chosen.classifier == "model" else builtin(is_complete=chosen.file is not None)
    figures: list[Figure] = []
    for language, lines in measured.items():
        began = time.monotonic()
        result = score(lines, judge(lines, make(language)))
        found = list(figures_of(language, result))
        print(f"{language}: {result.lines} lines, {time.monotonic() - began:.0f} s")
        print("\n".join(figure.line() for figure in found), flush=True)
        figures += found
    if chosen.json:
        write_json(chosen.json, figures)
    return int(any(figure.reached is False for figure in figures))


def builtin(*, is_complete: bool) -> MakeClassifier:
    """Returns a way to make the built-in classifier, taught all examples or only those that are not kept aside."""
    if is_complete:
        return BuiltinClassifier
    model = train(shipped_conversations(learning_part))
    return lambda language: BuiltinClassifier(language, model=model)


def from_settings() -> MakeClassifier:
    """Returns a way to make the classifier that asks the language model of this installation."""
    from engine.classification.language_model import LanguageModelClassifier, LanguageModelSettings
    from scribe_site.config import get_config

    config = get_config()
    if not config.llm_url:
        raise SystemExit("No language model is set up: set SCRIBE_LLM_URL and SCRIBE_LLM_MODEL.")
    settings = LanguageModelSettings(
        url=config.llm_url,
        model=config.llm_model,
        key=config.llm_key.get_secret_value(),
        timeout_s=config.llm_timeout_s,
        prompts_dir=config.own_prompts,
    )
    return lambda language: LanguageModelClassifier(settings, language)


def judge(lines: Sequence[LabelledLine], classifier: Classifier) -> list[Verdict | None]:
    """Returns the verdict of each line, judged with the rest of its conversation; ``lines`` of one stand together."""
    return [
        verdict
        for conversation in conversations(lines)
        for verdict in classifier.classify(as_spoken(conversation), cast_of(conversation))
    ]


def figures_of(language: Language, result: Score) -> Iterator[Figure]:
    """Yields the figures of one language."""
    of = f"ic_ooc.{language}"
    yield Figure(f"{of}.macro_f1", result.macro_f1, at_least=TARGET)
    yield Figure(f"{of}.calibration_error", result.calibration_error)
    yield Figure(f"{of}.mixed_f1", result.mixed_f1)
    yield Figure(f"{of}.mixed_precision", result.mixed_precision)
    yield Figure(f"{of}.mixed_recall", result.mixed_recall)
    for kind, value in result.kind_f1.items():
        yield Figure(f"{of}.kind.{kind}_f1", value)
    yield Figure(f"{of}.unsure_share", result.unsure_share)
    yield Figure(f"{of}.sure_accuracy", result.sure_accuracy)
    yield Figure(f"{of}.unjudged_share", result.unjudged_share)
    yield Figure(f"{of}.lines", result.lines)


def language_of(lines: Sequence[LabelledLine]) -> Language:
    """Returns the language of a conversation, by how many of its words are common Dutch ones."""
    words = " ".join(line.text for line in lines).lower().split()
    return "nl" if sum(word in FOREIGN_WORDS for word in words) > len(words) / 20 else "en"


def _measured(file: Path | None, wanted: Language | None) -> dict[Language, list[LabelledLine]]:
    """Returns the lines to measure on, by language."""
    found: dict[Language, list[LabelledLine]] = {language: [] for language in LANGUAGES}
    if file is None:
        for language in LANGUAGES:
            found[language] += part_kept_aside(shipped(language))
    else:
        for conversation in conversations(read(file)):
            found[wanted or language_of(conversation)] += conversation
    return {language: lines for language, lines in found.items() if lines and wanted in (None, language)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as one flat object")
    parser.add_argument(
        "--language", choices=LANGUAGES, help="only this language; with --file: that of all its lines"
    )
    parser.add_argument(
        "--file",
        type=Path,
        metavar="OTHER.jsonl",
        help="measure on these conversations: JSON lines with the keys conversation, speaker, role, text, label,"
        " kind and character; each conversation's language is told by its words",
    )
    parser.add_argument(
        "--classifier",
        choices=("builtin", "model"),
        default="builtin",
        help="the built-in one, or the language model that is set up",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
