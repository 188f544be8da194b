"""Writes the transcript of a four-hour evening into a database, for pages that have to be as quick as short ones."""

from __future__ import annotations

import random
from typing import Any

VOICES = 6
LINE_MS = 2_526
"""5,700 lines of this length make four hours."""

TALK = (
    "You push the door open and the lantern throws a long shadow over the flagstones of the old hall before you.",
    "Can I roll for perception, or is it too dark in here?",
    "Seventeen.",
    "Wait, who has the rope, because I am fairly sure that we left it with the mule at the inn.",
    "Then she says that nobody leaves the keep before the ring is found, and she looks at each of you in turn.",
)


def write(session: Any, lines: int) -> None:
    """Gives ``session`` a stored transcript of ``lines`` lines by six voices, with the times of every word.

    Args:
        session: a :class:`sessions_app.models.Session` without lines.
        lines: how many.
    """
    from sessions_app.models import Run, Segment, State, Voice

    rng = random.Random(1)
    session.duration_ms = lines * LINE_MS
    session.peaks = bytes(rng.randrange(256) for _ in range(session.duration_ms // 100))
    session.save(update_fields=["duration_ms", "peaks"])
    run = Run.objects.create(session=session, state=State.DONE)
    voices = Voice.objects.bulk_create(
        Voice(session=session, number=number, talk_ms=session.duration_ms // VOICES, speech_ms=60_000)
        for number in range(1, VOICES + 1)
    )
    Segment.objects.bulk_create(
        (_segment(Segment, session, run, rng.choice(voices), position, rng) for position in range(lines)),
        batch_size=500,
    )


def _segment(kind: Any, session: Any, run: Any, voice: Any, position: int, rng: random.Random) -> Any:
    start, text = position * LINE_MS, rng.choice(TALK)
    spoken = text.split()
    step = LINE_MS // len(spoken)
    words = [
        [start + number * step, start + (number + 1) * step, word, round(rng.uniform(0.3, 1.0), 3)]
        for number, word in enumerate(spoken)
    ]
    return kind(
        session=session,
        run=run,
        voice=voice,
        position=position,
        start_ms=start,
        end_ms=start + LINE_MS,
        text=text,
        words=words,
    )
