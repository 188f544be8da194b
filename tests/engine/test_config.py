"""Settings refuse nonsense, and equal settings have equal fingerprints."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.config import (
    AsrConfig,
    ChunkConfig,
    EngineConfig,
    GuardConfig,
    MediaConfig,
    VadConfig,
    fingerprint,
)


@pytest.mark.parametrize(
    "make",
    [
        lambda: MediaConfig(max_duration_ms=0),
        lambda: MediaConfig(max_duration_ms=40 * 3_600_000),
        lambda: VadConfig(threshold=0.3, release=0.5),
        lambda: VadConfig(min_silence_ms=0),
        lambda: ChunkConfig(target_ms=10, max_ms=5),
        lambda: ChunkConfig(target_ms=1000, max_ms=1000, overlap_ms=500),
        lambda: AsrConfig(beam_size=0),
        lambda: AsrConfig(window_ms=31_000),
        lambda: AsrConfig(temperatures=()),
        lambda: AsrConfig(temperatures=(0.0, 1.5)),
        lambda: GuardConfig(min_voiced_share=2),
        lambda: GuardConfig(quiet_db=3),
    ],
)
def test_nonsense_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="must"):
        make()


def test_equal_settings_have_one_fingerprint() -> None:
    assert fingerprint("asr", EngineConfig(), {"b": 1, "a": (2, 3)}) == fingerprint(
        "asr", EngineConfig(vad=VadConfig()), {"a": [2, 3], "b": 1}
    )


def test_any_difference_changes_the_fingerprint() -> None:
    prints = [
        fingerprint(*parts)
        for parts in (
            (),
            (None,),
            ("",),
            ("a", "b"),
            (["a", "b"],),
            (VadConfig(),),
            (VadConfig(threshold=0.6),),
            (ChunkConfig(),),
            (1,),
            ("1",),
            (True,),
        )
    ]

    assert len(set(prints)) == len(prints)


def test_what_has_no_plain_form_has_no_fingerprint() -> None:
    with pytest.raises(TypeError):
        fingerprint(object())
    with pytest.raises(TypeError):
        fingerprint({1: "a"})
