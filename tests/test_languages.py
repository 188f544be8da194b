"""Every language that sessions may be spoken in has all that docs/how-to/third-language.md lists."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import check_for_language

from engine.classification.language_model import load_prompt
from engine.hallucination import PHRASES
from engine.language import LANGUAGES
from sessions_app.models import Language
from sessions_app.models.user import InterfaceLanguage
from speakers_app.enrolment import TEXTS
from tools import messages

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.parametrize("language", LANGUAGES)


def test_sessions_and_pages_offer_it(language):
    assert language in Language.values
    assert language in InterfaceLanguage.values
    assert language in dict(settings.LANGUAGES)


def test_pages_are_translated(language):
    assert check_for_language(language)
    assert language == "en" or language in messages.LANGUAGES


def test_what_whisper_makes_up_in_it_is_known(language):
    assert PHRASES[language]
    assert all(phrase == phrase.casefold() for phrase in PHRASES[language])


def test_language_models_are_asked_in_it(language):
    prompt = load_prompt(language)
    assert "{{lines}}" in prompt.asking
    others = [load_prompt(other).text for other in LANGUAGES if other != language]
    assert prompt.text not in others


def test_classifier_has_words_and_examples(language):
    folder = ROOT / "engine" / "classification"
    assert tomllib.loads((folder / "words" / f"{language}.toml").read_text(encoding="utf-8"))
    lines = (folder / "examples" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 600
    assert {json.loads(line)["label"] for line in lines} == {"IC", "OOC", "MIXED"}


def test_there_is_a_text_to_read_aloud(language):
    assert len(TEXTS[Language(language)].split()) > 40


@pytest.mark.parametrize("length", ["5s", "30s", "2min"])
def test_there_are_recordings_to_test_with(language, length):
    truth = json.loads(
        (ROOT / "tests" / "fixtures" / "audio" / f"{language}_{length}.json").read_text("utf-8")
    )
    assert truth["language"] == language
