"""Runs all stages in one process, one after the other; ``python -m engine`` calls it, and so can any script."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.alignment import align
from engine.asr import Transcriber, TranscribeRequest
from engine.audio import PcmFile, prepare_many
from engine.chunking import merge_chunks, pack
from engine.config import EngineConfig
from engine.diarization import Diarizer, SpeakerCount
from engine.exports import ExportDocument, ExportLine, ExportVoice
from engine.told import Told
from engine.vad import detect
from engine.values import Diarization, Language, Line, OnProgress, no_progress


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that was heard in a session.

    Attributes:
        language: as it was told.
        duration_ms: length of the timeline.
        lines: in time order, each of one voice.
        diarization: turns and voices.
        asr_model: id of the recogniser.
        warnings: sentences for the person who gave the recordings.
    """

    language: Language
    duration_ms: int
    lines: tuple[Line, ...]
    diarization: Diarization
    asr_model: str
    warnings: tuple[Told, ...] = ()

    def to_document(self, title: str) -> ExportDocument:
        """Returns the transcript for :func:`engine.exports.write`, with voices numbered from 1."""
        heard = {line.voice for line in self.lines if line.voice is not None}
        voices = sorted(heard | set(self.diarization.voices))
        return ExportDocument(
            title=title,
            campaign="",
            held_on=None,
            language=self.language,
            voices=tuple(ExportVoice(voice, _name(voice)) for voice in voices),
            lines=tuple(
                ExportLine(
                    line.start_ms,
                    line.end_ms,
                    _name(line.voice),
                    line.text,
                    voice=line.voice,
                    words=line.words,
                    confidence=_confidence(line),
                    heard=line.heard,
                )
                for line in self.lines
            ),
        )


def run(
    sources: Path | Sequence[tuple[Path, int | None]],
    *,
    request: TranscribeRequest,
    transcriber: Transcriber,
    diarizer: Diarizer,
    speakers: SpeakerCount | None = None,
    config: EngineConfig | None = None,
    on_progress: OnProgress = no_progress,
) -> Transcript:
    """Turns recordings into a transcript.

    Args:
        sources: one recording, or several with the millisecond at which each starts (see
            :func:`engine.audio.prepare_many`).
        request: language, names and beam.
        transcriber: puts speech into words.
        diarizer: tells voices apart.
        speakers: how many voices to expect.
        config: of all stages.
        on_progress: called with each stage's progress; raising from it stops the work.

    Raises:
        EngineError: with a message for the person who gave the recordings.

    >>> from engine.fakes import FakeDiarizer, FakeTranscriber
    >>> transcript = run(
    ...     Path("tests/fixtures/audio/en_5s.flac"),
    ...     request=TranscribeRequest("en"),
    ...     transcriber=FakeTranscriber(["We", "open", "the", "door."]),
    ...     diarizer=FakeDiarizer(),
    ... )
    >>> transcript.duration_ms, transcript.lines[0].text
    (5000, 'We open the door. We open the door. We open the door.')
    """
    config = config or EngineConfig()
    recordings = [(sources, None)] if isinstance(sources, Path) else list(sources)
    with tempfile.TemporaryDirectory(prefix="scribe-") as folder:
        wav = Path(folder) / "prepared.wav"
        prepared = prepare_many(recordings, wav, on_progress=on_progress, config=config.media)
        with PcmFile(wav) as audio:
            speech = detect(audio, config.vad, on_progress)
            chunks = pack(speech, audio.duration_ms, config.chunks)
            heard = [
                (
                    chunk,
                    transcriber.transcribe(
                        audio, chunk, request, _share(on_progress, chunk.index, len(chunks))
                    ),
                )
                for chunk in chunks
            ]
            diarization = diarizer.diarize(audio, speech, speakers or SpeakerCount(), on_progress)
    return Transcript(
        language=request.language,
        duration_ms=prepared.duration_ms,
        lines=tuple(align(merge_chunks(heard), diarization)),
        diarization=diarization,
        asr_model=transcriber.model_id,
        warnings=prepared.warnings,
    )


def _share(on_progress: OnProgress, index: int, count: int) -> OnProgress:
    def report(stage: str, done: int, total: int) -> None:
        on_progress(stage, index * total + done, count * total)

    return report


def _name(voice: int | None) -> str:
    return "Unknown" if voice is None else f"Speaker {voice + 1}"


def _confidence(line: Line) -> float | None:
    return sum(word.probability for word in line.words) / len(line.words) if line.words else None
