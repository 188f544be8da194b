"""How soon drafts, firm words and lines are shown, by the engine alone, for one, two and four captures at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools.measure.figures import Figure
from tools.measure.live_audio import Evening, evening, wordless
from tools.measure.live_engine import LoadedModels, caption
from tools.measure.live_figures import Delays, delay_figures, delays, losses, wrong_speakers
from tools.measure.live_settings import LiveSettings

AT_ONCE = (1, 2, 4)
NOISE_S = 120.0


def figures(settings: LiveSettings, folder: Path) -> Iterator[Figure]:
    """Yields the delays, and what the engine lost or doubled against the batch pass."""
    models = LoadedModels(settings.model, settings.threads)
    models.warm_up(settings.language)
    for count in AT_ONCE:
        evenings = [
            evening(settings.minutes, settings.language, settings.audio, seed) for seed in range(count)
        ]
        found, lost, doubled, fewer, heard = Delays(), 0, 0, 0, 0
        shares: list[float] = []
        for shown, truth in zip(caption(models, evenings), evenings, strict=True):
            found.add(delays(shown, truth))
            share = wrong_speakers(shown, truth)
            shares += [] if share is None else [share]
            if truth.turns and count == 1:
                loss = losses(shown, models.batch(truth), truth)
                lost, doubled, fewer, heard = loss.words, loss.doubled, loss.words_fewer, loss.heard
        prefix = "live.engine" if count == 1 else f"live.engine_{count}_at_once"
        yield from delay_figures(prefix, found, targets=count == 1)
        if shares:
            yield Figure(f"{prefix}.wrong_speaker_share", sum(shares) / len(shares))
        if count == 1 and heard:
            yield Figure("live.engine.words_lost", lost, at_most=0)
            yield Figure("live.engine.lines_doubled", doubled, at_most=0)
            yield Figure("live.engine.words_fewer_than_batch", fewer)
            yield Figure("live.engine.words_of_batch", heard)
    yield Figure("live.engine.minutes", settings.minutes, "min")


def noise(settings: LiveSettings, folder: Path) -> Iterator[Figure]:
    """Yields how many lines come of sound in which nobody speaks."""
    models = LoadedModels(settings.model, settings.threads)
    models.warm_up(settings.language)
    lines, seconds, drafts = 0, 0.0, 0
    for name, samples in wordless(NOISE_S):
        (shown,) = caption(models, [Evening(settings.language, samples, ())], voices=False)
        seconds += len(samples) / 16_000
        lines += len(shown.lines)
        drafts += sum(bool(draft.firm or draft.soft) for one in shown.utterances for draft in one.drafts)
        for _, _, words in shown.lines:
            print(f"  from {name}: {' '.join(words)}")
    yield Figure("live.noise_lines_per_hour", lines / seconds * 3600, at_most=0)
    yield Figure("live.noise_drafts_per_hour", drafts / seconds * 3600)
    yield Figure("live.noise_minutes", seconds / 60, "min")
