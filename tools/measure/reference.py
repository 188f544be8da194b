"""The other side: faster-whisper by itself, in a process that holds one model and one number of threads."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from typing import Any

from tools.measure.sides import Json, serve

BATCH_SIZE = 8


class Reference:
    """faster-whisper as its documentation shows it, except that no text conditions the next, as on our side.

    Conditioning would slow this side down: a model that is led astray by its own text decodes windows several times.

    Args:
        model: the model's folder.
        threads: of the processor.
        compute_type: how CTranslate2 computes; the same as on our side.
    """

    def __init__(self, model: str, threads: int, compute_type: str) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        self._model = WhisperModel(model, device="cpu", compute_type=compute_type, cpu_threads=threads)
        self._pipeline = BatchedInferencePipeline(model=self._model)

    def sequential(self, audio: str, language: str, beam_size: int, words: bool) -> Json:
        """Its own pass over the whole file, with its VAD filter."""
        return _timed(
            lambda: self._model.transcribe(
                audio,
                language=language,
                beam_size=beam_size,
                vad_filter=True,
                word_timestamps=words,
                condition_on_previous_text=False,
            )
        )

    def batched(self, audio: str, language: str, beam_size: int, words: bool) -> Json:
        """Its batched pipeline, which always detects speech; timestamps as in its sequential pass."""
        return _timed(
            lambda: self._pipeline.transcribe(
                audio,
                language=language,
                beam_size=beam_size,
                batch_size=BATCH_SIZE,
                word_timestamps=words,
                without_timestamps=False,
            )
        )


def _timed(start: Callable[[], tuple[Iterable[Any], Any]]) -> Json:
    began, used = time.perf_counter(), time.process_time()
    segments, _ = start()
    text = " ".join(segment.text.strip() for segment in segments)
    return {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - used,
        "words": len(text.split()),
    }


def main() -> None:
    """Answers ``sequential`` and ``batched``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--compute-type", required=True)
    chosen = parser.parse_args()
    reference = Reference(chosen.model, chosen.threads, chosen.compute_type)
    serve({"sequential": reference.sequential, "batched": reference.batched})


if __name__ == "__main__":
    main()
