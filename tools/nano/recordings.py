"""Speaks the scripts: the fixture recordings, the demo recordings and their true words and times."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tools.nano.espeak import SAMPLE_RATE, Spoken, engine
from tools.nano.scenes import Line, scene
from tools.nano.voices import CAST

_LEAD_MS = 400
_BREATH_MS = (200, 350)
_GAP_MS = (350, 900)
_ROOM_NOISE = 0.0008
_FIXTURES = {"5s.flac": 5_000, "30s.flac": 30_000, "2min.opus": 120_000}
_MIXED = "mixed_30s"
"""Dutch talk with English sentences in it."""


def make_recordings(root: Path) -> list[Path]:
    """Write every fixture and demo recording below the repository root, each beside its truth."""
    made = []
    for language in ("nl", "en"):
        for file, duration_ms in _FIXTURES.items():
            target = root / "tests" / "fixtures" / "audio" / f"{language}_{file}"
            made.append(_record(target.stem, target, duration_ms))
        target = root / "sessions_app" / "demo" / f"{language}_session.opus"
        made.append(_record(f"{language}_demo", target, None))
    target = root / "tests" / "fixtures" / "audio" / f"{_MIXED}.flac"
    return [*made, _record(_MIXED, target, 30_000, language="nl")]


def _record(name: str, target: Path, duration_ms: int | None, language: str = "") -> Path:
    audio, truth = perform(scene(name), language=language or name[:2], seed=name, duration_ms=duration_ms)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".opus":
        soundfile.write(target, audio, SAMPLE_RATE, format="OGG", subtype="OPUS")
    else:
        soundfile.write(target, audio, SAMPLE_RATE, subtype="PCM_16")
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    target.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    return target


def perform(
    lines: list[Line], *, language: str, seed: str, duration_ms: int | None
) -> tuple[np.ndarray, dict[str, Any]]:
    """Speak a scene.

    Args:
        lines: the script.
        language: `nl` or `en`.
        seed: decides the length of the gaps and the room noise.
        duration_ms: pad with room noise to this length; None ends one second after the last word.

    Returns:
        float32 samples at 16 kHz and the truth: language, duration_ms, voices, turns and words.

    Raises:
        ValueError: the scene is longer than `duration_ms`.
    """
    rng = random.Random(seed)
    pieces: list[tuple[int, Spoken]] = []
    turns, words = [], []
    at = _ms(_LEAD_MS)
    for index, line in enumerate(lines):
        if index:
            at += _ms(rng.randint(*_GAP_MS) if not line.silence_before_ms else line.silence_before_ms)
        start = at
        for number, sentence in enumerate(line.sentences):
            at += _ms(rng.randint(*_BREATH_MS)) if number else 0
            voice = CAST[line.voice]
            accent = voice.name(sentence.language or language)
            spoken = engine().speak(sentence, accent, speed=voice.speed, pitch=voice.pitch)
            pieces.append((at, spoken))
            words += [
                _word(sound.name, at + sound.start, at + sound.end, line.voice)
                | ({"language": sentence.language} if sentence.language else {})
                for sound in spoken.words
            ]
            at += len(spoken.audio)
        turns.append(
            {
                "voice": line.voice,
                "start_ms": start // 16,
                "end_ms": at // 16,
                "text": " ".join(line.sentences),
            }
        )
    length = _ms(duration_ms) if duration_ms else (at + _ms(1000)) // 16 * 16
    if at > length:
        raise ValueError(f"{seed} lasts {at // 16} ms, more than {duration_ms} ms")
    noise = np.random.default_rng(len(lines)).standard_normal(length).astype(np.float32)
    audio = noise * _ROOM_NOISE
    for place, spoken in pieces:
        audio[place : place + len(spoken.audio)] += 0.5 * spoken.audio
    truth = {
        "language": language,
        "duration_ms": length // 16,
        "voices": [name for name in CAST if any(turn["voice"] == name for turn in turns)],
        "turns": turns,
        "words": words,
    }
    return np.clip(audio, -1, 1), truth


def _ms(milliseconds: int) -> int:
    return milliseconds * SAMPLE_RATE // 1000


def _word(text: str, start: int, end: int, voice: str) -> dict[str, Any]:
    return {"text": text, "start_ms": start // 16, "end_ms": end // 16, "voice": voice}
