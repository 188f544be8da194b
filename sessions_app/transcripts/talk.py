"""Who talked for how long, added up from the stored lines.

>>> sum(count_talk(session).values()) <= session.duration_ms
True
"""

from __future__ import annotations

from django.db.models import F, Sum

from sessions_app.models import Segment, Session, Voice


def count_talk(session: Session) -> dict[int, int]:
    """Brings the talk time of the session's voices up to date; returns milliseconds by the voices' numbers."""
    spoken = Segment.objects.filter(session=session).exclude(voice=None).order_by().values("voice")
    sums = dict(spoken.annotate(ms=Sum(F("end_ms") - F("start_ms"))).values_list("voice", "ms"))
    voices = list(session.voices.defer("embedding"))
    for voice in voices:
        voice.talk_ms = sums.get(voice.pk, 0)
    Voice.objects.bulk_update(voices, ["talk_ms"])
    return {voice.number: voice.talk_ms for voice in voices}
