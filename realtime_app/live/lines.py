"""Live lines as the page shows them; one template makes them, whoever sends them."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import get_template
from django.utils import translation

from realtime_app.live.messages import LineMessage
from sessions_app.models import Segment, Session, Tier, Voice
from sessions_app.transcripts.lines import shown_line
from sessions_app.transcripts.voices import voices_of
from sessions_app.voice_book import voice_book

SHOWN = 60
"""Lines that a page begins with, and fetches at a time when its reader goes back."""
MOST = 500
"""Lines that a page is given at once, however many it missed."""


def rendered(session: Session, segments: Iterable[Segment]) -> list[LineMessage]:
    """Returns ``segments`` of ``session`` as a page takes them, under the names that their voices have now."""
    found = list(segments)
    if not found:
        return []
    voices: dict[int, Voice] = {voice.pk: voice for voice in voices_of(session)}
    names = voice_book().names(voices.values())
    template = get_template("realtime_app/_live_line.html")
    messages: list[LineMessage] = []
    for segment in found:
        voice = voices.get(segment.voice_id) if segment.voice_id is not None else None
        name = names[voice.pk] if voice else None
        context = {"line": shown_line(segment), "segment": segment, "voice": voice, "name": name}
        html = template.render(context).strip()
        messages.append({"id": str(segment.uuid), "position": segment.position, "html": html})
    return messages


def rendered_for_all(session: Session, segments: Iterable[Segment]) -> dict[str, list[LineMessage]]:
    """Returns ``segments`` as :func:`rendered`, in each language that somebody may follow the session in."""
    found = list(segments)
    lines: dict[str, list[LineMessage]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            lines[language] = rendered(session, found)
    return lines


def live_lines(session: Session) -> QuerySet[Segment]:
    """Returns the lines of ``session`` that were spoken just now, in their order."""
    lines: QuerySet[Segment] = Segment.objects.filter(session=session, tier=Tier.FINAL)
    return lines.order_by("position")


def last_lines(session: Session, count: int = SHOWN, before: int | None = None) -> list[Segment]:
    """Returns the last ``count`` live lines, or of those before the position ``before``, in their order."""
    lines = live_lines(session)
    if before is not None:
        lines = lines.filter(position__lt=before)
    return list(lines.reverse()[: min(max(count, 1), MOST)])[::-1]


def lines_after(session: Session, position: int) -> list[Segment]:
    """Returns the live lines after ``position``, the last ones if there are too many.

    >>> session.segments.update(tier=Tier.FINAL)
    12
    >>> [line.position for line in lines_after(session, 9)]
    [10, 11]
    """
    lines = live_lines(session).filter(position__gt=position)
    return list(lines.reverse()[:MOST])[::-1]
