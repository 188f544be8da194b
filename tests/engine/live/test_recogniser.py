"""The bundled model hears speech live: drafts, lines, nothing in noise, and what a whole pass would hear."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from engine.asr import FasterWhisperTranscriber
from engine.audio import PcmFile, prepare
from engine.fakes import FakeAudio
from engine.live.config import LiveConfig
from engine.live.recogniser import LiveRecogniser
from engine.live.transcriber import LiveTranscriber
from engine.live.values import Draft, Final
from engine.values import PcmReader, Samples, Span, Utterance, Word
from tests.engine.conftest import fixture_audio

pytestmark = pytest.mark.models

NANO = Path(__file__).parents[3] / "engine" / "models" / "nano"
SOURCE = UUID("5a9ba1b6-6f5a-4ff9-a6d2-5f6c1a3f8f5e")


@pytest.fixture(scope="module")
def nano() -> FasterWhisperTranscriber:
    return FasterWhisperTranscriber(NANO, device="cpu", threads=1)


@pytest.fixture(scope="module")
def half_minute(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    wav = tmp_path_factory.mktemp("live") / "a.wav"
    prepare(fixture_audio("en_30s"), wav)
    with PcmFile(wav) as audio:
        return audio.read(0, audio.duration_ms)


def captions(samples: Samples, recogniser: LiveRecogniser) -> tuple[list[Draft], list[Final]]:
    one, drafts, finals = LiveTranscriber(SOURCE), list[Draft](), list[Final]()
    for first in range(0, len(samples) + 1, 8_000):
        if first < len(samples):
            one.feed(samples[first : first + 8_000])
        else:
            one.finish()
        while (job := one.waiting(first / 16_000)) is not None:
            result = one.perform(job, recogniser)
            if isinstance(result, Draft):
                drafts.append(result)
            elif isinstance(result, Final):
                finals.append(result)
            if not job.final:
                break
    return drafts, finals


def test_says_what_is_said(nano: FasterWhisperTranscriber, half_minute: Samples) -> None:
    drafts, finals = captions(half_minute, LiveRecogniser(nano, "en"))
    text = " ".join(piece.text for final in finals for piece in final.pieces)
    assert text.startswith("The gate opens slowly. You hear a big troll behind the door.")
    assert text.endswith("Who wants coffee?")
    assert len(finals) >= 7
    assert any(draft.firm.startswith("The gate opens") for draft in drafts)
    assert {draft.utterance for draft in drafts} <= {final.utterance for final in finals}


@pytest.mark.parametrize("kind", ["white", "hum", "clicks", "sweep"])
def test_noise_says_nothing(nano: FasterWhisperTranscriber, kind: str) -> None:
    time = np.arange(20 * 16_000) / 16_000
    rng = np.random.default_rng(3)
    samples = {
        "white": rng.normal(0, 0.1, len(time)),
        "hum": sum(np.sin(2 * np.pi * 50 * h * time) / h for h in range(1, 9)) / 4,
        "clicks": rng.normal(0, 0.5, len(time)) * (rng.random(len(time) // 800).repeat(800) > 0.95),
        "sweep": np.sin(2 * np.pi * np.cumsum(100 * 2 ** (5 * ((time / 4) % 1))) / 16_000) / 2,
    }[kind]
    drafts, finals = captions(np.asarray(samples, np.float32), LiveRecogniser(nano, "nl"))
    assert drafts == []
    assert [final.pieces for final in finals if final.pieces] == []


def test_improbable_words_are_not_believed(nano: FasterWhisperTranscriber) -> None:
    recogniser = LiveRecogniser(nano, "en")

    def heard(logprob: float, probability: float) -> bool:
        return recogniser._is_plausible(
            Utterance(0, 500, (Word(0, 500, "nee", probability),), avg_logprob=logprob)
        )

    assert heard(-0.4, 0.2)
    assert heard(-1.2, 0.6)
    assert not heard(-0.8, 0.2)


def test_speech_that_the_first_pass_left_out_is_heard_again(
    nano: FasterWhisperTranscriber, half_minute: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    recogniser, audio, calls = LiveRecogniser(nano, "en"), FakeAudio(half_minute), list[Span]()
    whole = recogniser._heard

    def stops_early(audio: PcmReader, spans: Sequence[Span], speech: Sequence[Span]) -> list[Utterance]:
        calls.extend(spans)
        heard = whole(audio, spans, speech)
        return heard if len(calls) > 1 else [one for one in heard if one.end_ms < 3_000]

    monkeypatch.setattr(recogniser, "_heard", stops_early)
    speech = [Span(300, 5_100)]
    text = " ".join(one.text for one in recogniser.final(audio, Span(0, 5_300), speech))
    assert text == "The gate opens slowly. You hear a big troll behind the door."
    assert len(calls) == 2
    assert calls[1].start_ms > 1_000


def test_draft_of_silence_is_empty(nano: FasterWhisperTranscriber) -> None:
    assert LiveRecogniser(nano, "en").draft(FakeAudio.silence(2_000), Span(0, 2_000)) == []


@pytest.mark.parametrize("wrong", [{"keep_ms": -1}, {"most_waiting_ms": 0}, {"least_probability": 1.0}])
def test_nonsense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        LiveConfig(**wrong)  # type: ignore[arg-type]
