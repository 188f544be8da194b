"""The task of splitting a voice: embeds its lines, and moves those that sound like the ones that were pointed out."""

from __future__ import annotations

import numpy as np

from sessions_app.runs.audio import open_prepared
from sessions_app.runs.engine import Engine
from speakers_app.models import VoiceTask
from speakers_app.splitting import apply, check_model, voice_to_split
from speakers_app.tasks.claiming import finishing, tell

AT_ONCE = 16
"""So many lines are embedded between two signs of progress."""


def split(task: VoiceTask, engine: Engine) -> None:
    """Splits the voice whose lines ``task`` points out."""
    from engine.splitting import embed_lines, split_voice  # heavy

    whole = voice_to_split(task)
    encoder = engine.voice_encoder()
    check_model(whole, encoder.model_id)
    spans = [(line.start_ms, line.end_ms) for line in whole.lines]
    tell(task, 0, len(spans))
    vectors = []
    with open_prepared(whole.session.audio_name) as audio:
        for first in range(0, len(spans), AT_ONCE):
            vectors.append(embed_lines(encoder, audio, spans[first : first + AT_ONCE]))
            tell(task, min(first + AT_ONCE, len(spans)), len(spans))
    together = np.concatenate(vectors)
    weights = [end_ms - start_ms for start_ms, end_ms in spans]
    found = split_voice(together, weights, whole.pointed_out) | whole.pointed_out
    if len(found) == len(spans):  # nobody would be left: the encoder hears one person
        found = whole.pointed_out
    with finishing(task) as result:
        result |= apply(whole, found, together, encoder.model_id, task.user)
