"""``python -m engine FILE --language nl``: a recording in, a transcript out, without Django.

The transcript goes to standard output or ``--output``; progress and warnings go to standard error. Exit codes:
0 done, 2 wrong arguments, 3 the recording can't be used, 4 no model, 5 too little memory or disk, 130 stopped.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from pathlib import Path

from engine.diarization import SpeakerCount
from engine.errors import EngineError, MediaError, ModelBroken, ModelMissing, ResourceShort
from engine.exports import FORMATS, LABELS_OF, ExportDocument, part_of, write

EXIT_CODES: tuple[tuple[type[EngineError], int], ...] = (
    (MediaError, 3),
    (ModelMissing, 4),
    (ModelBroken, 4),
    (ResourceShort, 5),
    (EngineError, 1),
)
STOPPED = 130


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line ``arguments`` and returns the exit code."""
    chosen = _parser().parse_args(arguments)
    progress = _Progress(quiet=chosen.quiet)
    try:
        text = _transcribe(chosen, progress)
    except EngineError as error:
        progress.close()
        _say(f"error: {error.message}")
        if error.detail and chosen.verbose:
            _say(error.detail)
        return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
    except KeyboardInterrupt:
        progress.close()
        _say("stopped")
        return STOPPED
    progress.close()
    if chosen.output is None:
        sys.stdout.write(text)
    else:
        part = chosen.output.with_name(f".{chosen.output.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(chosen.output)
    return 0


def _transcribe(chosen: argparse.Namespace, progress: _Progress) -> str:
    from engine.asr import FasterWhisperTranscriber, TranscribeRequest  # heavy: after the arguments are right
    from engine.diarization.builtin import BuiltinDiarizer
    from engine.media import probe
    from engine.pipeline import run
    from engine.weights import find_asr_model

    for file in chosen.files:
        probe(file)  # a wrong file is told before a model is fetched
    model = find_asr_model(
        chosen.model, cache_dir=chosen.cache, device=chosen.device, on_progress=progress.report
    )
    if model.is_fallback_nano:
        progress.close()
        _say(
            "warning: no speech model could be had, so the bundled demo model is used. It knows a few hundred "
            "words of synthetic voices; its text is not a transcript. Give --model a folder or connect to the hub."
        )
    transcript = run(
        [(file, None) for file in chosen.files],
        request=TranscribeRequest(chosen.language, tuple(chosen.names), chosen.beam),
        transcriber=FasterWhisperTranscriber(
            model.path, model_id=model.model_id, device=chosen.device, threads=chosen.threads
        ),
        diarizer=BuiltinDiarizer(),
        speakers=chosen.speakers,
        on_progress=progress.report,
    )
    progress.close()
    for warning in transcript.warnings:
        _say(f"warning: {warning}")
    document = transcript.to_document(chosen.title or chosen.files[0].stem)
    if chosen.labels or chosen.show != "all":
        document = part_of(_labelled(document, progress), chosen.show)
    return write(document, chosen.format)


def _labelled(document: ExportDocument, progress: _Progress) -> ExportDocument:
    from engine.classification.builtin import BuiltinClassifier  # heavy: trained on the way
    from engine.classification.documents import with_labels

    classifier = BuiltinClassifier(document.language)
    labelled = with_labels(document, classifier, "builtin", on_progress=progress.report)
    progress.close()
    return labelled


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m engine", description="Turns recordings of a session into a transcript with voices."
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="recordings, in order of time")
    parser.add_argument("--language", required=True, choices=("nl", "en"), help="spoken at the table")
    parser.add_argument(
        "--model", default="auto", help="auto, a name such as small, or a folder (default: auto)"
    )
    parser.add_argument(
        "--speakers", type=_speakers, default=SpeakerCount(), metavar="N|MIN-MAX", help="voices to expect"
    )
    parser.add_argument(
        "--format", choices=tuple(FORMATS), default="txt", help="of the transcript (default: txt)"
    )
    parser.add_argument(
        "--labels", action="store_true", help="tell story from table talk, by the built-in classifier"
    )
    parser.add_argument(
        "--show",
        choices=tuple(LABELS_OF),
        default="all",
        help="what to write; story and table tell them apart as --labels does (default: all)",
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where it goes (default: standard output)"
    )
    parser.add_argument("--names", nargs="*", default=[], metavar="NAME", help="names that may be said")
    parser.add_argument("--title", default="", help="of the transcript (default: the file's name)")
    parser.add_argument(
        "--beam", type=_positive, default=5, metavar="N", help="width of the search (default: 5)"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to compute")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, metavar="N", help="on a CPU")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scribe" / "models",
        metavar="FOLDER",
        help="where downloaded models are kept",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.add_argument("--verbose", action="store_true", help="show the technical detail of an error")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a positive number is needed, not {text!r}")
    return int(text)


def _speakers(text: str) -> SpeakerCount:
    """Returns the range that ``4``, ``2-6``, ``2-`` or ``-6`` means."""
    low, dash, high = text.partition("-")
    try:
        least = int(low) if low else None
        most = (int(high) if high else None) if dash else least
        return SpeakerCount(min=least, max=most)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"a number or a range such as 2-6 is needed, not {text!r}"
        ) from error


class _Progress:
    """One line of standard error that says what is happening; many lines where that is not a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._shown = ""
        self._live = sys.stderr.isatty()

    def report(self, stage: str, done: int, total: int) -> None:
        percent = 100 * done // total if total else 0
        text = f"{stage} {percent if self._live else percent // 25 * 25} %"
        if self._quiet or text == self._shown:
            return
        self._shown = text
        sys.stderr.write(f"\r\033[K{text}" if self._live else f"{text}\n")
        sys.stderr.flush()

    def close(self) -> None:
        if self._live and self._shown:
            sys.stderr.write("\r\033[K")
        self._shown = ""


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of libraries, to developers: nothing that the person here can act upon
    sys.exit(main())
