"""Makes a clip of chosen lines.

>>> clip = make_clip(session, list(session.segments.all()[:2]), owner, title="The door")
>>> clip.start_ms, clip.title
(0, 'The door')
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.snippets import AFTER_MS, LONGEST_MS, length_ms
from engine.values import Span
from sessions_app.models import Clip, Segment, Session, User


class TooLong(Exception):
    """The lines are more than one clip holds."""


def make_clip(
    session: Session, lines: Sequence[Segment], user: User, *, title: str = "", on_wall: bool = False
) -> Clip:
    """Returns a new clip of ``lines`` of ``session``.

    Raises:
        TooLong: they are longer together than a clip may be.
        ValueError: there are none.
    """
    if not lines:
        raise ValueError("a clip needs at least one line")
    ordered = sorted(lines, key=lambda line: (line.start_ms, line.position))
    spans = [Span(line.start_ms, line.end_ms) for line in ordered]
    if length_ms(spans, max(span.end_ms for span in spans) + AFTER_MS) > LONGEST_MS:
        raise TooLong
    clip: Clip = Clip.objects.create(
        session=session,
        user=user,
        title=title,
        on_wall=on_wall,
        lines=[[line.start_ms, line.end_ms, line.voice.number if line.voice else None] for line in ordered],
        start_ms=ordered[0].start_ms,
        end_ms=max(line.end_ms for line in ordered),
    )
    return clip
