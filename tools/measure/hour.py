"""How long each stage takes on an hour: m4a to 16 kHz, finding speech and cutting chunks, transcribing, diarizing.

The stages are the engine's own, one at a time in this process, each beside the loop that is always the same. The
recogniser computes on one thread. What a whole Run takes through real workers is told by the batch part.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from engine.asr import FasterWhisperTranscriber, TranscribeRequest
from engine.audio import PcmFile, prepare
from engine.chunking import merge_chunks, pack
from engine.diarization import SpeakerCount
from engine.vad import detect
from engine.values import Span
from tools.measure.calibration_loop import Work, once
from tools.measure.figures import Figure, middle, repeated
from tools.measure.m4a import encode
from tools.measure.recording import compose
from tools.measure.settings import Settings

THREADS = 1


def convert(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the time from m4a to the WAV that every other stage reads."""
    recording = encode(_sound(settings, folder), folder / "hour.m4a")
    yield from _times("convert", settings, lambda: prepare(recording, folder / "converted.wav"))


def find(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the time in which speech is found and cut into chunks."""
    audio = _prepared(settings, folder)

    def work() -> int:
        return len(pack(_speech(audio), round(settings.stage_minutes * 60_000)))

    yield from _times("detect", settings, work)
    yield Figure("hour.chunks", work())


def transcribe(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the time in which all chunks become words, by the model of the settings, loaded beforehand."""
    audio = _prepared(settings, folder)
    chunks = pack(_speech(audio), round(settings.stage_minutes * 60_000))
    transcriber = FasterWhisperTranscriber(settings.speech_model(folder), device="cpu", threads=THREADS)
    transcriber.load()
    request = TranscribeRequest("nl" if settings.language == "nl" else "en", beam_size=settings.beam_size)
    words = 0

    def work() -> None:
        nonlocal words
        with PcmFile(audio) as pcm:
            heard = merge_chunks([(chunk, transcriber.transcribe(pcm, chunk, request)) for chunk in chunks])
        words = sum(len(utterance.words) for utterance in heard)

    yield from _times("transcribe", settings, work)
    yield Figure("hour.words", words)


def diarize(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the time in which voices are told apart, by the built-in diarizer, loaded beforehand."""
    from engine.diarization.builtin import BuiltinDiarizer  # heavy: torch comes with it
    from engine.embedding import VoiceEncoder

    audio = _prepared(settings, folder)
    speech, diarizer = _speech(audio), BuiltinDiarizer(VoiceEncoder())
    voices = 0

    def work() -> None:
        nonlocal voices
        with PcmFile(audio) as pcm:
            voices = len(diarizer.diarize(pcm, speech, SpeakerCount()).embeddings)

    yield from _times("diarize", settings, work)
    yield Figure("hour.voices", voices)


def _times(stage: str, settings: Settings, work: Work) -> Iterator[Figure]:
    """Yields seconds, how many times faster than the sound that is, and each repetition beside the loop."""
    found = []
    for number in range(settings.rounds):
        found.append(once(work))
        print(
            f"  round {number + 1} of {settings.rounds}: {found[-1].seconds:.1f} s; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    seconds = [one.seconds for one in found]
    yield repeated(f"hour.{stage}", [one.clock for one in found])
    yield middle(f"hour.{stage}_s", seconds, "s")
    yield Figure(f"hour.{stage}_real_time", settings.stage_minutes * 60 / median(seconds), "x")


def _sound(settings: Settings, folder: Path) -> Path:
    return compose(folder / "hour.flac", settings.stage_minutes, language=settings.language)


def _prepared(settings: Settings, folder: Path) -> Path:
    wav = folder / "hour.wav"
    prepare(_sound(settings, folder), wav)
    return wav


def _speech(audio: Path) -> list[Span]:
    with PcmFile(audio) as pcm:
        return detect(pcm)
