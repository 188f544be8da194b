"""Runs the whole engine on one recording and notes when each stage began and ended; both profilers look at this."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar
from unittest.mock import patch

from engine import pipeline
from engine.asr import FasterWhisperTranscriber, TranscribeRequest
from engine.diarization.builtin import BuiltinDiarizer
from engine.embedding import VoiceEncoder
from engine.pipeline import Transcript
from engine.values import Language
from engine.weights import find_asr_model

P = ParamSpec("P")
R = TypeVar("R")

FUNCTIONS = {
    "prepare_many": "prepare",
    "detect": "detect",
    "pack": "pack",
    "merge_chunks": "merge",
    "align": "align",
}
"""The names by which :func:`engine.pipeline.run` calls its stages, and what the tables call them."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One call of a stage.

    Attributes:
        stage: its name.
        began: seconds since the epoch.
        ended: the same.
    """

    stage: str
    began: float
    ended: float


@dataclass(slots=True)
class Watch:
    """Notes the passages of a Run."""

    passages: list[Passage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Notes the block as one passage of ``name``, also where it raises."""
        began = time.time()
        try:
            yield
        finally:
            self.passages.append(Passage(name, began, time.time()))

    def seconds(self) -> dict[str, float]:
        """Returns the seconds of each stage, in the order in which they first ended."""
        taken: dict[str, float] = {}
        for passage in self.passages:
            taken[passage.stage] = taken.get(passage.stage, 0.0) + passage.ended - passage.began
        return taken

    def watched(self, name: str, function: Callable[P, R]) -> Callable[P, R]:
        """Returns ``function``, each call of which is noted as a passage of ``name``."""

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.stage(name):
                return function(*args, **kwargs)

        return call


def run(source: Path, watch: Watch, *, language: Language, model: str, threads: int) -> Transcript:
    """Turns a recording into a transcript by :func:`engine.pipeline.run`, under ``watch``.

    Args:
        source: the recording.
        watch: notes each stage; models are loaded as stages of their own.
        language: spoken in it.
        model: ``auto``, ``nano``, a name or a folder, as for ``python -m engine``.
        threads: of the recogniser.

    Raises:
        EngineError: with a message for the person who gave the recording.
    """
    found = find_asr_model(model, cache_dir=_cache(), device="cpu")
    transcriber = FasterWhisperTranscriber(found.path, model_id=found.model_id, device="cpu", threads=threads)
    with watch.stage("load speech"):
        transcriber.load()
    with watch.stage("load voices"):
        diarizer = BuiltinDiarizer(VoiceEncoder())
    with ExitStack() as stack:
        for name, stage in FUNCTIONS.items():
            function = watch.watched(stage, getattr(pipeline, name))
            stack.enter_context(patch.object(pipeline, name, function))
        heard = watch.watched("transcribe", transcriber.transcribe)
        stack.enter_context(patch.object(transcriber, "transcribe", heard))
        stack.enter_context(patch.object(diarizer, "diarize", watch.watched("diarize", diarizer.diarize)))
        return pipeline.run(
            source, request=TranscribeRequest(language), transcriber=transcriber, diarizer=diarizer
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Gives ``parser`` what both profilers are told: the recording, its language, the model and its threads."""
    parser.add_argument("--input", type=Path, required=True, metavar="FILE", help="the recording")
    parser.add_argument("--language", choices=("nl", "en"), default="en", help="spoken in it (%(default)s)")
    parser.add_argument(
        "--model",
        default="nano",
        help="nano, auto, a name such as small, or a folder (%(default)s: bundled, needs no download)",
    )
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of the recogniser (%(default)s)")


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scribe" / "models"
