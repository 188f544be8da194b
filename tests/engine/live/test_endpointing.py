"""Where utterances end: sooner the longer they are, in the quietest place where nobody pauses, never in thin air."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine.live.audio import RecentAudio
from engine.live.config import EndpointConfig
from engine.live.endpointing import Endpointer, Stretch
from engine.values import Samples
from tests.engine.live.fakes import FakeDetector, speech

MS = 16
CONFIG = EndpointConfig()


def stretches(
    samples: Samples, config: EndpointConfig = CONFIG, detector: Callable[[], object] = FakeDetector
) -> list[Stretch]:
    audio = RecentAudio()
    endpointer = Endpointer(audio, 0, config, detector)  # type: ignore[arg-type]
    audio.add(samples)
    return [*endpointer.advance(), *endpointer.close(audio.end)]


def test_pre_roll_and_tail_belong_to_the_utterance() -> None:
    (one,) = stretches(speech([(2000, 10), (2000, 0)]))
    assert 2_000 - 300 - 64 <= one.start / MS <= 2_000 - 300
    assert 3_600 + 200 <= one.end / MS <= 3_600 + 200 + 64
    assert one.end <= one.settled
    assert (one.cut_before, one.cut_after) == (False, False)


def test_pre_roll_never_reaches_into_the_utterance_before() -> None:
    first, second = stretches(speech([(100, 5), (500, 5)]))
    assert first.start == 0
    assert first.end <= first.settled <= second.start


@pytest.mark.parametrize(
    ("words", "pause_ms", "count"), [(3, 400, 1), (3, 500, 2), (25, 270, 1), (25, 400, 2)]
)
def test_long_utterances_end_in_shorter_pauses(words: int, pause_ms: int, count: int) -> None:
    assert len(stretches(speech([(1000, words), (pause_ms, 3)]))) == count


def test_click_is_no_utterance() -> None:
    samples = np.zeros(3_000 * MS, np.float32)
    samples[1_000 * MS : 1_060 * MS] = 0.5
    assert stretches(samples) == []


def test_speech_in_an_utterance_is_told_from_its_pauses() -> None:
    config = replace(CONFIG, vad=replace(CONFIG.vad, min_silence_ms=200, pad_ms=0))
    (one,) = stretches(speech([(1000, 3), (350, 3)]), config)
    (a, b), (c, d) = one.speech
    assert [round(x / MS, -2) for x in (a, b, c, d)] == [1_000, 1_500, 1_800, 2_300]


def test_endless_speech_is_cut_where_it_is_quietest() -> None:
    class Sure:
        def probabilities(self, block: Samples) -> list[float]:
            return [0.9] * (len(block) // 512)

    rng = np.random.default_rng(4)
    samples = rng.normal(0, 0.1, 16_000 * MS).astype(np.float32)
    samples[11_000 * MS : 11_200 * MS] *= 0.05
    first, second = stretches(samples, detector=Sure)
    assert 11_000 <= first.end / MS <= 11_200
    assert first.end == first.settled == second.start
    assert first.cut_after
    assert second.cut_before


def test_cut_in_a_short_pause_is_no_cut_through_speech() -> None:
    samples = speech([(0, 60), (250, 60)])
    first, second, *_ = stretches(samples)
    assert 9_600 <= first.end / MS <= 9_850
    assert not first.cut_after
    assert not second.cut_before


def test_hum_that_is_not_quite_speech_opens_nothing() -> None:
    class Unsure:
        def probabilities(self, block: Samples) -> list[float]:
            return [0.45] * (len(block) // 512)

    assert stretches(np.ones(60_000 * MS, np.float32), detector=Unsure) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"pre_roll_ms": -1},
        {"tail_ms": 400},
        {"least_pause_ms": 0},
        {"pause_ms": 100},
        {"patient_ms": 9_000},
        {"overlap_ms": 0},
        {"cut_within_ms": 20_000},
        {"max_ms": 29_000},
        {"warm_up_ms": 500},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        replace(CONFIG, **wrong)  # type: ignore[arg-type]
