"""Two other ways to caption, with the same model and on the same clock: agreement on a buffer, and plain pieces.

The first is whisper_streaming's policy (Macháček et al., 2023): the whole buffer is transcribed again and again, and
words on which two passes in a row agree are committed; the buffer is cut behind the last committed one when it is long.
The second transcribes every so many seconds what came since. Neither package is used: their policies are written here,
over faster-whisper's own ``transcribe``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.clock import SAMPLE_RATE
from tools.measure.figures import Figure
from tools.measure.live_audio import Evening, evening
from tools.measure.live_engine import BEAM, LoadedModels, caption
from tools.measure.live_figures import delays, losses, percentile, plain
from tools.measure.live_settings import LiveSettings
from tools.measure.live_shown import Shown, ShownUtterance, ShownWord

Sound = NDArray[np.float32]

CHUNK_S = 1.0
"""whisper_streaming's own default of its least chunk."""
TRIM_S = 15.0
"""Its default of the longest buffer."""
EVERY_S = 5.0
"""Of the plain loop."""


@dataclass(frozen=True, slots=True)
class _Heard:
    start_s: float
    end_s: float
    text: str


def figures(settings: LiveSettings, folder: Path) -> Iterator[Figure]:
    """Yields the delay of final words and what was lost, of all three ways on the same sound."""
    models = LoadedModels(settings.model, settings.threads)
    models.warm_up(settings.language)
    truth = evening(settings.minutes, settings.language, settings.audio)
    batch = models.batch(truth)
    ways: dict[str, Callable[[], Shown]] = {
        "scribe": lambda: caption(models, [truth], voices=True)[0],
        "local_agreement": lambda: local_agreement(models, truth),
        "every_5_s": lambda: every(models, truth, EVERY_S),
    }
    for name, way in ways.items():
        began = time.process_time()
        shown = way()
        used_s = time.process_time() - began
        found = delays(shown, truth)
        yield Figure(f"live.baseline.{name}.word_median_s", percentile(found.word_final, 50), "s")
        yield Figure(f"live.baseline.{name}.word_p95_s", percentile(found.word_final, 95), "s")
        yield Figure(f"live.baseline.{name}.firm_word_median_s", percentile(found.word_firm, 50), "s")
        yield Figure(f"live.baseline.{name}.firm_word_p95_s", percentile(found.word_firm, 95), "s")
        yield Figure(f"live.baseline.{name}.first_word_median_s", percentile(found.word_first, 50), "s")
        yield Figure(f"live.baseline.{name}.worst_s", found.worst_s, "s")
        yield Figure(f"live.baseline.{name}.processor_share", used_s / (truth.duration_ms / 1000))
        if truth.turns:
            loss = losses(shown, batch, truth)
            yield Figure(f"live.baseline.{name}.words_lost", loss.words)
            yield Figure(f"live.baseline.{name}.words_fewer_than_batch", loss.words_fewer)
    yield Figure("live.baseline.minutes", settings.minutes, "min")


def local_agreement(models: LoadedModels, evening: Evening) -> Shown:
    """Captions as whisper_streaming does; words count as final when they are committed."""
    sound, shown = evening.sound, Shown()
    end_s = len(sound) / SAMPLE_RATE
    now_s, buffer_s, committed_s, heard_to_s = 0.0, 0.0, 0.0, 0.0
    before: list[_Heard] = []
    while heard_to_s < end_s:
        now_s = max(now_s, min(end_s, heard_to_s + CHUNK_S))
        heard_to_s = min(now_s, end_s)
        words, cost_s = _transcribe(models, evening.language, sound, buffer_s, heard_to_s)
        now_s += cost_s
        new = [word for word in words if word.start_s > committed_s - 0.1]
        new = _without_overlap(new, shown, committed_s)
        agreed = _common(before, new)
        _commit(shown, new[:agreed], now_s)
        if agreed:
            committed_s = new[agreed - 1].end_s
        before = new[agreed:]
        if heard_to_s - buffer_s > TRIM_S:
            buffer_s = max(buffer_s, committed_s if committed_s > buffer_s else heard_to_s - TRIM_S)
    _commit(shown, before, now_s)
    return shown


def every(models: LoadedModels, evening: Evening, seconds: float) -> Shown:
    """Captions each piece of ``seconds`` by itself."""
    sound, shown = evening.sound, Shown()
    now_s = 0.0
    for first_s in np.arange(0.0, len(sound) / SAMPLE_RATE, seconds).tolist():
        last_s = min(first_s + seconds, len(sound) / SAMPLE_RATE)
        now_s = max(now_s, last_s)
        words, cost_s = _transcribe(models, evening.language, sound, first_s, last_s)
        now_s += cost_s
        _commit(shown, words, now_s)
    return shown


def _transcribe(
    models: LoadedModels, language: str, sound: Sound, first_s: float, last_s: float
) -> tuple[list[_Heard], float]:
    """Returns the words between two times, and how long they took to hear."""
    began = time.perf_counter()
    model: Any = models.speech.load()
    segments, _ = model.transcribe(
        sound[round(first_s * SAMPLE_RATE) : round(last_s * SAMPLE_RATE)],
        language=language,
        beam_size=BEAM,
        word_timestamps=True,
        condition_on_previous_text=False,
        vad_filter=True,
    )
    words = [
        _Heard(first_s + word.start, first_s + word.end, word.word.strip())
        for segment in segments
        for word in segment.words or ()
    ]
    return words, time.perf_counter() - began


def _without_overlap(new: list[_Heard], shown: Shown, committed_s: float) -> list[_Heard]:
    """Leaves out the first words where they repeat the last committed ones, up to five, as whisper_streaming does."""
    if not new or abs(new[0].start_s - committed_s) >= 1.0:
        return new
    last = [word for one in shown.utterances[-5:] for word in one.words]
    for count in range(min(5, len(new), len(last)), 0, -1):
        if [plain(w.text) for w in last[-count:]] == [plain(w.text) for w in new[:count]]:
            return new[count:]
    return new


def _common(before: list[_Heard], new: list[_Heard]) -> int:
    count = 0
    for one, other in zip(before, new, strict=False):
        if plain(one.text) != plain(other.text):
            break
        count += 1
    return count


def _commit(shown: Shown, words: list[_Heard], now_s: float) -> None:
    if words:
        spoken = [ShownWord(round(w.start_s * 1000), round(w.end_s * 1000), w.text) for w in words]
        shown.utterances.append(ShownUtterance(at_s=now_s, words=spoken))
        shown.lines.append((spoken[0].start_ms, spoken[-1].end_ms, [w.text for w in spoken]))
