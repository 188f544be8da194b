"""The live engine by itself, paced at real time on a clock of its own: waiting for sound costs nothing, computing does.

The clock goes on by what each step really took, and jumps over the time in which nothing is to be done. One step at a
time, as in a captioner.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.asr import FasterWhisperTranscriber, TranscribeRequest
from engine.chunking import merge_chunks, pack
from engine.clock import SAMPLE_RATE
from engine.config import EngineConfig
from engine.diarization import CropEncoder
from engine.embedding import VoiceEncoder
from engine.live.audio import RecentAudio
from engine.live.config import LiveConfig
from engine.live.recogniser import LiveRecogniser
from engine.live.scheduler import Scheduler
from engine.live.transcriber import LiveTranscriber
from engine.live.values import Draft, Final
from engine.live.voices import LiveVoices
from engine.vad import detect
from engine.values import Span, Word
from tools.measure.live_audio import Evening
from tools.measure.live_shown import Shown, ShownDraft, ShownUtterance, ShownWord
from tools.measure.settings import NANO
from tools.measure.sounds import InMemory

BLOCK = SAMPLE_RATE // 10
"""Sound comes in such pieces."""
BEAM = 5


class LoadedModels:
    """A speech model and a voice encoder in memory, for any number of measurements.

    Args:
        folder: of the speech model.
        threads: that they compute with.
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self.speech = FasterWhisperTranscriber(folder, device="cpu", compute_type="int8", threads=threads)
        self.encoder: CropEncoder = VoiceEncoder()
        live = LiveConfig()
        asr = replace(live.asr, beam_size=BEAM)
        self.config = replace(live, asr=replace(asr, hotword_tokens=0) if folder == NANO else asr)

    def warm_up(self, language: str) -> None:
        """Uses both once, so that nothing is loaded while the clock runs."""
        recogniser = self.recogniser(language)
        audio = RecentAudio()
        audio.add(np.zeros(SAMPLE_RATE, np.float32))
        recogniser.draft(audio, Span(0, 1000))
        recogniser.final(audio, Span(0, 1000), [Span(0, 1000)])
        self.encoder.embed(np.zeros(SAMPLE_RATE, np.float32))

    def recogniser(self, language: str) -> LiveRecogniser:
        """Returns what hears one language."""
        return LiveRecogniser(self.speech, language, (), self.config)  # type: ignore[arg-type]  # "en" or "nl"

    def batch(self, evening: Evening) -> list[ShownWord]:
        """Returns what the batch pass hears of the same sound with the same model."""
        audio, config = InMemory(evening.sound), EngineConfig()
        request = TranscribeRequest(evening.language, beam_size=BEAM)  # type: ignore[arg-type]
        chunks = pack(detect(audio, config.vad), audio.duration_ms, config.chunks)
        heard = merge_chunks([(one, self.speech.transcribe(audio, one, request)) for one in chunks])
        return [ShownWord(w.start_ms, w.end_ms, w.text) for utterance in heard for w in utterance.words]


def caption(models: LoadedModels, evenings: Sequence[Evening], *, voices: bool = True) -> list[Shown]:
    """Captions recordings that are played at the same time, each a session of its own; returns what was shown."""
    scheduler = Scheduler(models.config.drafts)
    captures = [_Capture(one, models, LiveVoices(models.encoder) if voices else None) for one in evenings]
    for capture in captures:
        scheduler.add(capture.transcriber)
    now_s = 0.0
    while any(not capture.transcriber.done for capture in captures):
        began = time.perf_counter()
        fed = [capture.feed(now_s) for capture in captures]
        chosen = scheduler.next(now_s)
        if chosen is not None:
            transcriber, job = chosen
            capture = next(one for one in captures if one.transcriber is transcriber)
            at = time.perf_counter()
            result = transcriber.perform(job, capture.recogniser, capture.voices)
            scheduler.done(transcriber, job, time.perf_counter() - at)
            now_s += time.perf_counter() - began
            capture.take(result, now_s)
        elif any(fed):
            now_s += time.perf_counter() - began
        else:
            now_s = min(capture.next_at_s(now_s) for capture in captures)
    return [capture.shown() for capture in captures]


class _Capture:
    def __init__(self, evening: Evening, models: LoadedModels, voices: LiveVoices | None) -> None:
        self._sound, self._at = evening.sound, 0
        self.transcriber = LiveTranscriber(uuid.uuid4(), config=models.config)
        self.recogniser, self.voices = models.recogniser(evening.language), voices
        self._utterances: dict[uuid.UUID, ShownUtterance] = {}
        self._relabelled: dict[uuid.UUID, int | None] = {}
        self._pieces: list[tuple[uuid.UUID, ShownUtterance, list[Word], int | None]] = []

    def feed(self, now_s: float) -> bool:
        """Gives the transcriber what has come by now; returns whether there was any."""
        arrived = min(len(self._sound), int(now_s * SAMPLE_RATE) // BLOCK * BLOCK)
        if self.transcriber.full:
            return False
        if self._at < arrived:
            end = min(arrived, self._at + 2 * SAMPLE_RATE)
            self.transcriber.feed(self._sound[self._at : end])
            self._at = end
            return True
        if now_s * SAMPLE_RATE >= len(self._sound) and self._at >= len(self._sound) // BLOCK * BLOCK:
            if self._at < len(self._sound):
                self.transcriber.feed(self._sound[self._at :])
                self._at = len(self._sound)
            self.transcriber.finish()
        return False

    def next_at_s(self, now_s: float) -> float:
        """Returns when the next sound comes."""
        if self.transcriber.done:
            return float("inf")
        return (int(now_s * SAMPLE_RATE / BLOCK + 1e-6) + 1) * BLOCK / SAMPLE_RATE

    def take(self, result: Draft | Final | None, now_s: float) -> None:
        """Notes what was shown."""
        if result is None:
            return
        one = self._utterances.setdefault(result.utterance, ShownUtterance())
        if isinstance(result, Draft):
            one.drafts.append(ShownDraft(now_s, result.firm, result.soft))
            return
        one.at_s = now_s
        for piece in result.pieces:
            self._pieces.append((piece.id, one, list(piece.words), piece.voice))
        if self.voices is not None:
            for change in self.voices.news()[1]:
                self._relabelled[change.line] = change.voice

    def shown(self) -> Shown:
        """Returns what was shown, voices as they were in the end."""
        shown = Shown(list(self._utterances.values()))
        for name, one, words, voice in self._pieces:
            now = self._relabelled.get(name, voice)
            one.words += [ShownWord(w.start_ms, w.end_ms, w.text, now) for w in words]
            shown.lines.append((words[0].start_ms, words[-1].end_ms, [w.text for w in words]))
        return shown
