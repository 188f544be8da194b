"""What nobody said goes, what somebody said stays."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config import GuardConfig
from engine.fakes import FakeAudio
from engine.hallucination import believable
from engine.values import Language, Span, Utterance, Word
from tests.engine.conftest import tone

CONFIG = GuardConfig()
SPEECH = (Span(0, 10_000), Span(20_000, 30_000))


def audio(quiet: Span | None = None) -> FakeAudio:
    """Returns half a minute of sound as loud as speech, with one quiet stretch."""
    samples = tone(30.0, level=0.2)
    if quiet is not None:
        samples[quiet.start_ms * 16 : quiet.end_ms * 16] *= 0.003
    return FakeAudio(samples)


def said(
    text: str, start_ms: int = 1000, *, word_ms: int = 300, probability: float = 0.9, **figures: float
) -> Utterance:
    words = tuple(
        Word(start_ms + n * word_ms, start_ms + (n + 1) * word_ms, word, probability)
        for n, word in enumerate(text.split())
    )
    return Utterance(words[0].start_ms, words[-1].end_ms, words, **figures)  # type: ignore[arg-type]


def texts(*utterances: Utterance, heard_in: FakeAudio | None = None, language: Language = "nl") -> list[str]:
    return [u.text for u in believable(utterances, heard_in or audio(), SPEECH, language, CONFIG)]


@pytest.mark.parametrize("word", ["Ja.", "Nee!", "Yes", "no", "Hm?"])
def test_single_words_survive(word: str) -> None:
    assert texts(said(word, avg_logprob=-0.9)) == [word]


def test_text_in_silence_goes() -> None:
    assert texts(said("De draak slaapt", 12_000)) == []


def test_improbable_text_in_a_quiet_place_goes() -> None:
    quiet = audio(Span(2000, 4000))

    assert texts(said("alsof er iemand praat", 2100, avg_logprob=-0.8), heard_in=quiet) == []
    assert texts(said("heel zacht maar duidelijk", 2100, avg_logprob=-0.2), heard_in=quiet) != []
    assert texts(said("luid maar onduidelijk", 5000, avg_logprob=-0.8), heard_in=quiet) != []


@pytest.mark.parametrize(
    "text", ["Ondertiteld door de Amara.org gemeenschap", "Thanks for watching!", "Bedankt voor het kijken."]
)
def test_credits_go_only_when_quiet_and_alone(text: str) -> None:
    quiet = audio(Span(4800, 9000))
    line = said(text, 5000, avg_logprob=-0.2)

    assert texts(line, heard_in=quiet) == []
    assert texts(line) == [text]
    assert texts(said("Welkom", 4500), line, heard_in=quiet) == ["Welkom", text]


def test_credits_are_those_of_the_sessions_language() -> None:
    quiet = audio(Span(4800, 9000))
    dutch = said("Bedankt voor het kijken.", 5000, avg_logprob=-0.2)
    english = said("Thanks for watching!", 5000, avg_logprob=-0.2)

    assert texts(dutch, heard_in=quiet, language="en") == [dutch.text]
    assert texts(english, heard_in=quiet, language="en") == []
    assert texts(english, heard_in=quiet, language="nl") == []


def test_loop_is_cut_to_its_first_round() -> None:
    looped = said("we gaan naar " * 12, word_ms=40, avg_logprob=-0.3)

    assert texts(said("Goed"), looped)[1:] == ["we gaan naar"]


def test_laughter_that_was_plainly_spoken_stays() -> None:
    laughter = " ".join(["ha"] * 9)

    assert texts(said(laughter, word_ms=250)) == [laughter]


def test_more_words_than_anyone_can_say_go() -> None:
    assert texts(said("een hele zin in een oogwenk gezegd", word_ms=20)) == []


def test_nothing_is_said_of_nothing() -> None:
    assert believable([], FakeAudio(np.zeros(0, np.float32)), (), "nl", CONFIG) == []
