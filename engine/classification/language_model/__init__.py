"""Judges lines by asking a language model, on this machine or elsewhere; the ``openai`` package is loaded on asking.

>>> prompt = load_prompt("nl")
>>> "{{lines}}" in prompt.asking, "{{lines}}" in prompt.standing
(True, False)
"""

from engine.classification.language_model.classifier import LanguageModelClassifier
from engine.classification.language_model.estimate import Estimate, estimate
from engine.classification.language_model.prompting import PromptBroken, load_prompt
from engine.classification.language_model.settings import LanguageModelSettings, Patience
from engine.classification.language_model.trouble import Trouble

__all__ = [
    "Estimate",
    "LanguageModelClassifier",
    "LanguageModelSettings",
    "Patience",
    "PromptBroken",
    "Trouble",
    "estimate",
    "load_prompt",
]
