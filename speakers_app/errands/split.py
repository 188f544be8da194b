"""The task of splitting a voice: embeds its lines, and moves those that sound like the ones that were pointed out."""

from __future__ import annotations

from functools import partial

from engine.calibration import calibration_for
from engine.splitting import embed_lines, split_voice
from engine.values import Span
from sessions_app.errands.claiming import finishing, tell
from sessions_app.models import Errand
from sessions_app.runs.audio import open_prepared
from sessions_app.runs.engine import Engine
from speakers_app.splitting import apply, check_model, voice_to_split


def split(task: Errand, engine: Engine) -> None:
    """Splits the voice whose lines ``task`` points out.

    >>> from speakers_app.splitting import ask_to_split
    >>> session.audio_name = "prepared.wav"
    >>> session.save()
    >>> lines = session.segments.filter(voice__number=1)
    >>> task = ask_to_split(session, lines[:1], owner)
    >>> _ = lines.last().delete()
    >>> split(task, engine=None)
    Traceback (most recent call last):
        ...
    speakers_app.splitting.CannotSplit: The lines of this voice were changed before it was split: moved,
    or the session was processed again. Point out the lines again.
    """
    whole = voice_to_split(task)
    encoder = engine.voice_encoder()
    check_model(whole, encoder.model_id)
    spans = [Span(line.start_ms, line.end_ms) for line in whole.lines]
    with open_prepared(whole.session.audio_name) as audio:
        vectors = embed_lines(encoder, audio, spans, partial(tell, task))
    calibration = calibration_for(encoder.model_id)
    found = split_voice(vectors, [span.duration_ms for span in spans], whole.pointed_out, calibration)
    with finishing(task) as result:
        result |= apply(whole, found, vectors, encoder.model_id, task.user)
