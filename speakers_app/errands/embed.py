"""The task of making vectors again after the voice encoder changed: of a session's voices, or of texts read aloud."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from engine.values import Turn, VoiceEmbedding
from sessions_app.errands.claiming import finishing, tell
from sessions_app.models import Errand, Segment, SegmentKind, Session, Voice
from sessions_app.runs.audio import open_prepared
from sessions_app.runs.engine import Engine
from speakers_app.consent import follow
from speakers_app.embedding_again import outdated_readings, outdated_voices
from speakers_app.models import Voiceprint


def embed(task: Errand, engine: Engine) -> None:
    """Makes the outdated vectors of the task's session again, or without a session those of all texts read aloud.

    >>> from sessions_app.errands.working import PROCEDURES
    >>> from sessions_app.models import ErrandKind
    >>> PROCEDURES[ErrandKind.EMBED] is embed
    True
    """
    if task.session is None:
        _embed_readings(task, engine)
    else:
        _embed_voices(task, task.session, engine)


def _embed_voices(task: Errand, session: Session, engine: Engine) -> None:
    """Replaces the vectors of the voices that the other model had heard, all at once."""
    from engine.diarization.voices import embed_voices, spoken_alone  # heavy

    encoder = engine.voice_encoder()
    before = {voice.pk: voice.embedding_model for voice in outdated_voices(encoder.model_id, session)}
    alone = spoken_alone(_turns(session))
    turns = sorted(Turn(span.start_ms, span.end_ms, pk) for pk in before for span in alone.get(pk, ()))
    done = 0

    def on_voice() -> None:
        nonlocal done
        tell(task, done, len(before))
        done += 1

    found: dict[int, VoiceEmbedding] = {}
    if turns:
        with open_prepared(session.audio_name) as audio:
            found = {each.voice: each for each in embed_voices(audio, turns, encoder, on_voice)}
    with finishing(task):
        for voice in Voice.objects.filter(pk__in=before, embedding__isnull=False).defer("embedding"):
            if (
                voice.embedding_model == before[voice.pk]
            ):  # else a Run has heard it anew, or split it, meanwhile
                _replace(voice, found.get(voice.pk))
        follow(task.campaign)


def _turns(session: Session) -> Iterable[Turn]:
    """Returns the lines as turns of their voices, by primary key; lines of nobody keep others from being alone."""
    lines = Segment.objects.filter(session=session, kind=SegmentKind.SPEECH).order_by("start_ms", "position")
    for start_ms, end_ms, voice in lines.values_list("start_ms", "end_ms", "voice"):
        if end_ms > start_ms:
            yield Turn(start_ms, end_ms, voice or 0)


def _replace(voice: Voice, found: VoiceEmbedding | None) -> None:
    voice.embedding = list(found.vector) if found else None
    voice.embedding_model = found.model if found else ""
    voice.speech_ms = found.speech_ms if found else 0
    voice.save(update_fields=["embedding", "embedding_model", "speech_ms"])


def _embed_readings(task: Errand, engine: Engine) -> None:
    """Replaces the vectors of the campaign's texts read aloud, one file after the other, all at once."""
    from engine.diarization.voices import embed_voices  # heavy
    from engine.vad import detect

    encoder = engine.voice_encoder()
    rows = list(outdated_readings(encoder.model_id, task.campaign))
    found: dict[int, VoiceEmbedding] = {}
    for done, row in enumerate(rows):
        tell(task, done, len(rows))
        with open_prepared(row.audio_name) as audio:
            turns = [Turn(span.start_ms, span.end_ms, row.pk) for span in detect(audio, engine.config.vad)]
            found |= {each.voice: each for each in embed_voices(audio, turns, encoder)}
    with finishing(task):
        for pk, each in found.items():
            Voiceprint.objects.filter(Q(pk=pk) & ~Q(model=encoder.model_id)).update(
                vector=list(each.vector), model=each.model, speech_ms=each.speech_ms
            )
        follow(task.campaign)
