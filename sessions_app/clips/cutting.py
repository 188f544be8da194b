"""The sound of a clip, cut out of its session's audio when somebody wants to hear it."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.cache import cache

from engine.snippets import Clip as Sound
from engine.snippets import ClipFormat, cut
from sessions_app.clips.lines import spans_of
from sessions_app.models import Clip
from sessions_app.runs.audio import open_prepared

KEPT_S = 600
SMALL = 2 << 20
"""Clips up to this many bytes are kept for a while: a player asks for them several times."""


def clip_sound(clip: Clip, form: ClipFormat) -> Sound:
    """Returns the clip as a file.

    Raises:
        NoAudio: the session's audio is not there.
        ClipTooLong: it is longer than a clip may be.

    >>> session.audio_name = "sessions/prepared.wav"
    >>> clip_sound(Clip(session=session, lines=[[0, 2_000, None]]), "mp3")
    Traceback (most recent call last):
        ...
    engine.errors.NoAudio: The recording is no longer in storage.
    """
    name = clip.session.audio_name
    key = f"clip-{form}-{_digest([name, clip.lines])}"
    kept: Sound | None = cache.get(key)
    if kept is not None:
        return kept
    with open_prepared(name) as audio:
        sound = cut(audio, spans_of(clip), form)
    if len(sound.data) <= SMALL:
        cache.set(key, sound, KEPT_S)
    return sound


def _digest(value: Any) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:32]
