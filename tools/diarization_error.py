"""Measures diarization error (pyannote.metrics, no collar, overlap scored) on recordings with known turns.

``python tools/diarization_error.py ../shared/data/composed/*.rttm`` prints one row per recording, with no bound on the
number of speakers and with the bound that a party of that size gives; ``tools/benchmark.py`` calls :func:`measure`.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.clock import SAMPLE_RATE, ms_to_samples, samples_to_ms, seconds_to_ms
from engine.diarization import Diarizer, SpeakerCount
from engine.diarization.builtin import BuiltinDiarizer
from engine.diarization.pyannote import PyannoteDiarizer
from engine.vad import detect
from engine.values import Samples, Turn

AUDIO_ENDINGS = (".flac", ".wav", ".opus", ".mp3")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A recording beside the turns that are known of it; speakers carry names."""

    audio: Path
    turns: tuple[tuple[int, int, str], ...]

    @property
    def people(self) -> int:
        """How many people speak in it."""
        return len({name for _, _, name in self.turns})

    @classmethod
    def of(cls, rttm: Path) -> Labelled:
        """Reads an RTTM file and finds the recording of the same name beside it.

        Raises:
            FileNotFoundError: if there is no recording.
        """
        for ending in AUDIO_ENDINGS:
            if rttm.with_suffix(ending).is_file():
                return cls(rttm.with_suffix(ending), tuple(_read_rttm(rttm)))
        raise FileNotFoundError(f"no recording beside {rttm}")


@dataclass(frozen=True, slots=True)
class Score:
    """How far a diarization is from the truth; rates are shares of the speech that was to be found."""

    error: float
    missed: float
    false_alarm: float
    confusion: float
    voices: int
    seconds_per_second: float


class Loaded:
    """A recording in memory, as stages read it."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    @classmethod
    def of(cls, path: Path) -> Loaded:
        """Decodes a file to 16 kHz mono."""
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        with av.open(str(path)) as container:
            frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
        frames += resampler.resample(None)
        return cls(np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.float32))

    @property
    def duration_ms(self) -> int:
        """The recording's length."""
        return samples_to_ms(len(self._samples))

    def read(self, start_ms: int, end_ms: int) -> Samples:
        """Returns a slice of it."""
        return self._samples[ms_to_samples(max(0, start_ms)) : ms_to_samples(max(0, end_ms))]


def measure(diarizer: Diarizer, labelled: Labelled, speakers: SpeakerCount) -> Score:
    """Diarizes a recording and scores the result."""
    audio = Loaded.of(labelled.audio)
    start = time.perf_counter()
    found = diarizer.diarize(audio, detect(audio), speakers)
    elapsed = time.perf_counter() - start
    return score(labelled.turns, found.turns, audio.duration_ms, elapsed)


def score(
    truth: Iterable[tuple[int, int, str]], turns: Sequence[Turn], duration_ms: int, elapsed_s: float = 0.0
) -> Score:
    """Scores turns against known ones over the whole of the recording."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    reference, hypothesis = Annotation(), Annotation()
    for number, (start_ms, end_ms, name) in enumerate(truth):
        reference[Segment(start_ms / 1000, end_ms / 1000), number] = name
    for number, turn in enumerate(turns):
        hypothesis[Segment(turn.start_ms / 1000, turn.end_ms / 1000), number] = turn.voice
    metric = DiarizationErrorRate(collar=0.0, skip_overlap=False)
    whole = Timeline([Segment(0, duration_ms / 1000)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = metric(reference, hypothesis, uem=whole, detailed=True)
    total = parts["total"] or 1.0
    return Score(
        error=parts["diarization error rate"],
        missed=parts["missed detection"] / total,
        false_alarm=parts["false alarm"] / total,
        confusion=parts["confusion"] / total,
        voices=len({turn.voice for turn in turns}),
        seconds_per_second=elapsed_s * 1000 / max(1, duration_ms),
    )


def _read_rttm(path: Path) -> Iterable[tuple[int, int, str]]:
    for record in path.read_text("utf-8").splitlines():
        fields = record.split()
        if fields and fields[0] == "SPEAKER":
            start, length = float(fields[3]), float(fields[4])
            yield seconds_to_ms(start), seconds_to_ms(start + length), fields[7]


def main() -> None:
    """Prints a table for the RTTM files named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "rttm", nargs="+", type=Path, help="files with known turns, each beside its recording"
    )
    parser.add_argument("--pyannote", metavar="MODEL", help="a pyannote pipeline's folder or name, instead")
    parser.add_argument("--token", help="the hub's access token, for --pyannote")
    chosen = parser.parse_args()
    diarizer: Diarizer = (
        PyannoteDiarizer(chosen.pyannote, chosen.token) if chosen.pyannote else BuiltinDiarizer()
    )
    print(
        f"{'recording':28} {'people':>6} {'bound':>6}  {'error':>6} {'missed':>7} {'false':>6} {'confused':>8}"
        f" {'voices':>7} {'s/s':>6}"
    )
    for path in chosen.rttm:
        labelled = Labelled.of(path)
        for bound in (None, labelled.people):
            got = measure(diarizer, labelled, SpeakerCount(max=bound))
            print(
                f"{path.stem:28} {labelled.people:6} {bound or '-':>6}  {got.error:6.1%} {got.missed:7.1%}"
                f" {got.false_alarm:6.1%} {got.confusion:8.1%} {got.voices:7} {got.seconds_per_second:6.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
