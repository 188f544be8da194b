"""The works of the short set: what Scribe's own code does in an evening, each in some hundredths of a second.

Each maker gets a folder with what :func:`lay_out` put there, prepares what the work needs and returns the work.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tools.measure.calibration_loop import Work
from tools.measure.long_transcript import TALK
from tools.measure.m4a import encode
from tools.measure.recording import FIXTURES
from tools.measure.settings import NANO

if TYPE_CHECKING:
    from engine.values import Span, Turn, Utterance

Maker = Callable[[Path], Work]

HOUR_MS = 3_600_000
LINE_MS = 2_500
VOICES = 5
SPEECH, SHORT_SPEECH = "speech.wav", "short.wav"
RECORDING = "recording.m4a"


def lay_out(folder: Path) -> None:
    """Writes into ``folder`` what the works read: the same for all of them, and for both sides of a comparison."""
    from engine.audio import prepare

    encode(FIXTURES / "en_2min.opus", folder / RECORDING)
    prepare(FIXTURES / "en_30s.flac", folder / SPEECH)
    prepare(FIXTURES / "en_5s.flac", folder / SHORT_SPEECH)


def convert(folder: Path) -> Work:
    """Two minutes of m4a become the WAV that every stage reads."""
    from engine.audio import prepare

    return lambda: prepare(folder / RECORDING, folder / "converted.wav")


def detect(folder: Path) -> Work:
    """Speech is found in half a minute."""
    return lambda: _speech(folder / SPEECH)


def pack(_folder: Path) -> Work:
    """The speech of an hour is cut into chunks, twenty-five times."""
    from engine.chunking import pack as cut
    from engine.values import Span

    rng = random.Random(1)
    speech = [
        Span(start, start + rng.randrange(600, LINE_MS - 200))
        for start in range(0, HOUR_MS - LINE_MS, LINE_MS)
    ]
    return lambda: [cut(speech, HOUR_MS) for _ in range(25)]


def transcribe(folder: Path) -> Work:
    """Five seconds become words, by the bundled model on one thread."""
    from engine.asr import FasterWhisperTranscriber, TranscribeRequest
    from engine.audio import PcmFile
    from engine.chunking import pack as cut

    transcriber = FasterWhisperTranscriber(NANO, device="cpu", threads=1)
    speech = _speech(folder / SHORT_SPEECH)
    (chunk,) = cut(speech, speech[-1].end_ms)

    def work() -> object:
        with PcmFile(folder / SHORT_SPEECH) as audio:
            return transcriber.transcribe(audio, chunk, TranscribeRequest("en"))

    return work


def diarize(folder: Path) -> Work:
    """The voices of five seconds are told apart."""
    from engine.audio import PcmFile
    from engine.diarization import SpeakerCount
    from engine.diarization.builtin import BuiltinDiarizer
    from engine.embedding import VoiceEncoder

    diarizer, speech = BuiltinDiarizer(VoiceEncoder()), _speech(folder / SHORT_SPEECH)

    def work() -> object:
        with PcmFile(folder / SHORT_SPEECH) as audio:
            return diarizer.diarize(audio, speech, SpeakerCount())

    return work


def join(_folder: Path) -> Work:
    """What the chunks of ten minutes heard becomes one transcript, though each overlaps the next."""
    from engine.chunking import merge_chunks
    from engine.values import Chunk, Span

    parts = []
    for number, start in enumerate(range(0, 600_000, 30_000)):
        end = start + 35_000
        heard = [said for said in _utterances(645_000) if start <= said.start_ms and said.end_ms <= end]
        parts.append((Chunk(number, start, end, (Span(start, end),)), heard))
    return lambda: merge_chunks(parts)


def align(_folder: Path) -> Work:
    """The words of a quarter of an hour get their voices and become lines."""
    from engine.alignment import align as give_voices
    from engine.values import Diarization

    heard, diarization = _utterances(HOUR_MS // 4), Diarization(tuple(_turns(HOUR_MS // 4)), ())
    return lambda: give_voices(heard, diarization)


def identify(_folder: Path) -> Work:
    """Six voices are compared with thirty people who have four voiceprints each."""
    import numpy as np

    from engine.embedding import MODEL_ID
    from engine.identity import Known
    from engine.identity import identify as compare
    from engine.values import VoiceEmbedding

    rng = np.random.default_rng(1)

    def voice(number: int) -> VoiceEmbedding:
        vector = np.abs(rng.normal(size=256))
        return VoiceEmbedding(number, tuple((vector / np.linalg.norm(vector)).tolist()), MODEL_ID, 60_000)

    people = [Known(key, tuple(voice(0) for _ in range(4))) for key in range(30)]
    voices = [voice(number) for number in range(6)]
    return lambda: [compare(voices, people) for _ in range(2)]


def agree(_folder: Path) -> Work:
    """Drafts of live captions become firm, word by word, in ten long utterances."""
    from engine.live.agreement import Agreement

    spoken = " ".join(TALK).split()

    def work() -> None:
        for _ in range(10):
            agreement = Agreement()
            for end in range(1, len(spoken)):
                agreement.add(spoken[:end])

    return work


def export(_folder: Path) -> Work:
    """A transcript of ten minutes is written in every format."""
    from datetime import date

    from engine.exports import FORMATS, ExportDocument, ExportLine, ExportVoice, write

    lines = tuple(
        ExportLine(one.start_ms, one.end_ms, "Speaker 1", " ".join(w.text for w in one.words), 0, one.words)
        for one in _utterances(HOUR_MS // 6)
    )
    voices = tuple(ExportVoice(voice, f"Speaker {voice + 1}") for voice in range(VOICES))
    document = ExportDocument(
        title="Evening", campaign="", held_on=date(2026, 1, 1), language="en", voices=voices, lines=lines
    )
    return lambda: [write(document, form) for form in FORMATS]


WORKS: dict[str, Maker] = {
    "convert": convert,
    "detect": detect,
    "pack": pack,
    "transcribe": transcribe,
    "diarize": diarize,
    "join": join,
    "align": align,
    "identify": identify,
    "agree": agree,
    "export": export,
}


def _speech(wav: Path) -> list[Span]:
    from engine.audio import PcmFile
    from engine.vad import detect as find

    with PcmFile(wav) as audio:
        return find(audio)


def _utterances(duration_ms: int) -> list[Utterance]:
    from engine.values import Utterance, Word

    rng = random.Random(2)
    said = []
    for start in range(0, duration_ms - LINE_MS, LINE_MS):
        spoken = rng.choice(TALK).split()
        step = (LINE_MS - 300) // len(spoken)
        words = tuple(
            Word(start + n * step, start + (n + 1) * step, text, 0.9) for n, text in enumerate(spoken)
        )
        said.append(Utterance(start, words[-1].end_ms, words))
    return said


def _turns(duration_ms: int) -> list[Turn]:
    from engine.values import Turn

    rng = random.Random(3)
    return [
        Turn(start, start + rng.randrange(1_500, 2 * LINE_MS), rng.randrange(VOICES))
        for start in range(0, duration_ms, 2 * LINE_MS)
    ]
