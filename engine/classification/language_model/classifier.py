"""The classifier that asks a language model at an OpenAI-compatible endpoint."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, replace

from engine.classification.language_model.answers import CastNames
from engine.classification.language_model.asking import Asking, Habits
from engine.classification.language_model.batches import next_batch
from engine.classification.language_model.endpoint import Endpoint
from engine.classification.language_model.few_shot import choose_examples
from engine.classification.language_model.prompting import (
    Prompt,
    PromptBroken,
    examples_text,
    load_prompt,
    party_text,
)
from engine.classification.language_model.settings import LanguageModelSettings
from engine.classification.language_model.trouble import GaveUp, Trouble
from engine.classification.values import CastMember, LabelledLine, SpokenLine, Verdict
from engine.config import fingerprint
from engine.values import Language, OnProgress, no_progress

log = logging.getLogger(__name__)

REVISION = 1
"""Of how answers are read; a change makes lines be judged again."""


class LanguageModelClassifier:
    """Judges lines by asking a language model; see :class:`engine.classification.values.Classifier`.

    Nothing is sent before :meth:`classify`. It raises nothing of its own but what ``on_progress`` raises: a server that
    can't be reached, refuses or talks nonsense leaves lines without a verdict, and ``trouble`` says why.

    Attributes:
        trouble: why the last :meth:`classify` left lines without a verdict; None where it judged them all. Where it
            ``gave_up``, further lines would fare no better now.

    Args:
        settings: where the model answers.
        language: of the session; chooses the prompt.
        corrections: of the group's own, the latest last; the most useful ones are shown as examples.

    >>> settings = LanguageModelSettings("http://localhost:11434/v1", "llama3.1")
    >>> said = Verdict("OOC", "rules")
    >>> classifier = LanguageModelClassifier(settings, "en")
    >>> classifier.classify([SpokenLine("Anna", "player", "I roll.", said=said)], []) == [said]
    True
    """

    def __init__(
        self,
        settings: LanguageModelSettings,
        language: Language,
        corrections: Sequence[LabelledLine] = (),
    ) -> None:
        self.trouble: Trouble | None = None
        self._settings = settings
        self._corrections = tuple(corrections)
        self._endpoint = Endpoint(settings)
        self._habits = Habits()
        self._prompt: Prompt | None = None
        self._broken = Trouble("prompt")
        try:
            self._prompt = load_prompt(language, settings.prompts_dir)
        except PromptBroken as error:
            log.warning("%s %s", error.message, error.detail)
            self._broken = Trouble("prompt", f"{error.message} {error.detail}".strip())

    @property
    def classifier_id(self) -> str:
        """Tells models, prompts and examples apart; not the key, nor the address of the machine that runs the model."""
        prompt = self._prompt.text if self._prompt else self._broken.detail
        examples = [asdict(line) for line in self._corrections if line.label is not None]
        return f"language-model-{fingerprint(REVISION, self._settings.model, prompt, examples)}"

    def classify(
        self, lines: Sequence[SpokenLine], cast: Sequence[CastMember], on_progress: OnProgress = no_progress
    ) -> list[Verdict | None]:
        """Returns a verdict for each line; what a person said of a line stands and is not asked.

        Args:
            lines: of one session, in the order of time.
            cast: of the campaign.
            on_progress: called with ``("classify", done, total)`` in lines, twice a second while an answer is awaited;
                raising from it stops the work and drops the request.
        """
        self.trouble = None
        found: dict[int, Verdict] = {}
        refused = 0
        if next_batch(lines, 0):
            found, refused = self._ask_all(lines, cast, on_progress)
        on_progress("classify", len(lines), len(lines))
        verdicts = [line.said or _with_character(found.get(index), line) for index, line in enumerate(lines)]
        if self.trouble is None and None in verdicts:
            self.trouble = Trouble("refused" if refused else "gaps", gave_up=False)
        return verdicts

    def _ask_all(
        self, lines: Sequence[SpokenLine], cast: Sequence[CastMember], on_progress: OnProgress
    ) -> tuple[dict[int, Verdict], int]:
        if self._prompt is None:
            self.trouble = self._broken
            return {}, 0
        done = 0
        found: dict[int, Verdict] = {}
        asking: Asking | None = None
        try:
            with self._endpoint:
                asking = Asking(
                    self._endpoint,
                    self._prompt,
                    party_text(cast),
                    examples_text(choose_examples(self._corrections, lines)) or "[]",
                    lines,
                    CastNames(cast),
                    self._settings.patience,
                    self._habits,
                    lambda: on_progress("classify", done, len(lines)),
                )
                found = asking.verdicts
                while batch := next_batch(lines, done, self._habits.lines):
                    on_progress("classify", done, len(lines))
                    asking.ask(batch)
                    done = batch[-1] + 1
        except GaveUp as error:
            self.trouble = error.trouble
            log.warning("%s %s", error.trouble.message, error.trouble.detail)
        return found, asking.refused if asking else 0


def _with_character(verdict: Verdict | None, line: SpokenLine) -> Verdict | None:
    """Returns ``verdict`` with the character that the speaker plays where the model left it open who speaks."""
    if verdict is None or verdict.kind != "character" or verdict.character:
        return verdict
    return replace(verdict, character=line.character)
