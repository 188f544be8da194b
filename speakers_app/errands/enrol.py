"""The task of learning a voice from a text that its owner read aloud."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_noop

from engine.clock import samples_to_ms
from engine.errors import MediaError
from engine.levels import speech_level_db
from engine.values import PcmReader, Span, VoiceEmbedding
from sessions_app.errands.claiming import finishing, tell
from sessions_app.models import Errand
from sessions_app.runs.audio import local_files
from sessions_app.runs.engine import Engine
from sessions_app.runs.work import ClaimLost
from speakers_app.consent import follow
from speakers_app.enrolment import MOST_MS
from speakers_app.models import Speaker, Voiceprint

if TYPE_CHECKING:
    from engine.audio import PcmFile

LEAST_SPEECH_MS = 5_000
QUIET_DB = -45.0
"""Speech below this level is drowned by the noise of most microphones."""
CLIPPED_AT = 0.999
CLIPPED_SHARE = 0.002
"""A louder voice than a recording can hold is flat at its peaks; this share of flat samples changes how it sounds."""
OTHER_VOICE_MS = 1_500
OTHER_VOICE_SHARE = 0.08

TOO_LONG = gettext_noop("That is longer than two minutes. Read just the text, it takes half a minute.")
TOO_SHORT = gettext_noop(
    "Less than five seconds of speech were heard. Read the whole text, as you talk at the table."
)
TOO_QUIET = gettext_noop(
    "You are hard to hear. Move nearer to the microphone, or choose another one, and read again."
)
DISTORTED = gettext_noop(
    "You were too loud, so the sound is distorted. Move away from the microphone and read again."
)
NOT_ALONE = gettext_noop("More than one voice was heard. Read again where nobody else talks.")


class ReadingUnfit(MediaError):
    """A voice can't be learnt from what was read; the message says what helps."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read, as every worker and browser can open it, and the voice in it."""

    path: Path
    voice: VoiceEmbedding


def enrol(task: Errand, engine: Engine) -> None:
    """Learns the voice of the text that ``task`` names, and keeps its sound to make the vector again some day.

    Raises:
        ReadingUnfit: nobody's voice can be learnt from it.
        ClaimLost: the person changed their mind meanwhile.
    """
    sent = task.inputs["audio_name"]
    try:
        with _prepared(sent, task, engine) as reading:
            _store(task, reading)
    except MediaError:
        default_storage.delete(sent)  # no later attempt would hear more in it
        raise
    default_storage.delete(sent)


@contextmanager
def _prepared(sent: str, task: Errand, engine: Engine) -> Iterator[_Reading]:
    from engine.audio import PcmFile, prepare  # heavy, as all that opens media

    with local_files([sent]) as (source,), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reading.wav"
        duration_ms = prepare(source, path).duration_ms
        if duration_ms > MOST_MS + 1000:
            raise ReadingUnfit(TOO_LONG)
        with PcmFile(path) as audio:
            voice = _only_voice(audio, task, engine)
        yield _Reading(path, voice)


def _only_voice(audio: PcmFile, task: Errand, engine: Engine) -> VoiceEmbedding:
    from engine.diarization import SpeakerCount
    from engine.vad import detect

    speech = detect(audio, engine.config.vad)
    check_sound(audio, speech)

    def on_progress(stage: str, done: int, total: int) -> None:
        tell(task, done, total)

    found = engine.diarizer().diarize(audio, speech, SpeakerCount(1, 2), on_progress)
    talk: dict[int, int] = {}
    for turn in found.turns:
        talk[turn.voice] = talk.get(turn.voice, 0) + turn.duration_ms
    reader = max(talk, key=lambda voice: talk[voice], default=None)
    others_ms = sum(ms for voice, ms in talk.items() if voice != reader)
    if others_ms >= max(OTHER_VOICE_MS, OTHER_VOICE_SHARE * sum(talk.values())):
        raise ReadingUnfit(NOT_ALONE)
    voice = next((each for each in found.embeddings if each.voice == reader), None)
    if voice is None or voice.speech_ms < LEAST_SPEECH_MS:
        raise ReadingUnfit(TOO_SHORT)
    return voice


def check_sound(audio: PcmReader, speech: Sequence[Span]) -> None:
    """Makes sure that a voice can be heard well.

    Raises:
        ReadingUnfit: too short, too quiet, or distorted.

    >>> check_sound(None, [Span(0, 3_000)])
    Traceback (most recent call last):
        ...
    speakers_app.errands.enrol.ReadingUnfit: Less than five seconds of speech were heard. Read the whole
    text, as you talk at the table.
    """
    if sum(span.duration_ms for span in speech) < LEAST_SPEECH_MS:
        raise ReadingUnfit(TOO_SHORT)
    if speech_level_db(audio, speech) < QUIET_DB:
        raise ReadingUnfit(TOO_QUIET)
    flat = total = 0
    for span in speech:
        samples = audio.read(span.start_ms, span.end_ms)
        flat += int(np.count_nonzero(np.abs(samples) >= CLIPPED_AT))
        total += len(samples)
    if flat > CLIPPED_SHARE * total:
        raise ReadingUnfit(DISTORTED, detail=f"{samples_to_ms(flat)} ms of flat peaks")


def _store(task: Errand, reading: _Reading) -> None:
    name = f"readings/{task.campaign.uuid}/{uuid.uuid4()}.wav"
    with reading.path.open("rb") as file:
        name = default_storage.save(name, File(file))
    try:
        with finishing(task):
            speaker = Speaker.objects.select_related("campaign").filter(pk=task.inputs["speaker"]).first()
            if speaker is None or not speaker.may_be_kept:
                raise ClaimLost
            Voiceprint.objects.create(
                speaker=speaker,
                vector=list(reading.voice.vector),
                model=reading.voice.model,
                speech_ms=reading.voice.speech_ms,
                confirmed_by=task.user,
                audio_name=name,
            )
            follow(speaker.campaign)
    except BaseException:
        default_storage.delete(name)
        raise
