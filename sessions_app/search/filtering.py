"""Which lines pass the filters of a search.

>>> from sessions_app.search.asking import EVERY_LINE
>>> chosen_sessions(campaign, EVERY_LINE).get() == session, passing(campaign, EVERY_LINE).count()
(True, 12)
"""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sessions_app.models import Campaign, Character, Label, Marker, Segment, Session, Voice
from sessions_app.search.values import Filters
from sessions_app.voice_book import voice_book


def chosen_sessions(campaign: Campaign, filters: Filters) -> QuerySet[Session]:
    """Returns the sessions in which may be searched, the latest first."""
    sessions = Session.objects.filter(campaign=campaign).order_by("-number")
    if filters.sessions is not None:
        sessions = sessions.filter(pk__in=filters.sessions)
    if filters.since is not None:
        sessions = sessions.filter(date__gte=filters.since)
    if filters.until is not None:
        sessions = sessions.filter(date__lte=filters.until)
    if filters.voices is not None:
        sessions = sessions.filter(voices__in=filters.voices).distinct()
    return sessions


def passing(campaign: Campaign, filters: Filters) -> QuerySet[Segment]:
    """Returns the lines with words that pass ``filters``, but for the choice of sessions."""
    lines = filters.show.filter(Segment.objects.exclude(text=""))
    if filters.voices is not None:
        # By an expression, so that no database goes by the index of voices: they have far more lines than words have.
        lines = lines.annotate(said_by=Coalesce("voice_id", 0)).filter(said_by__in=filters.voices)
    if filters.character is not None:
        lines = lines.filter(_spoken_as(campaign, filters.character))
    if filters.markers:
        lines = lines.filter(pk__in=_marked(campaign, filters.markers))
    return lines


def _spoken_as(campaign: Campaign, key: int) -> Q:
    """What holds for the lines that are spoken as a character: see ``transcripts.spoken_as.character_of``."""
    character = Character.objects.filter(party__campaign=campaign, pk=key).first()
    if character is None:
        return Q(pk__in=())
    voices = Voice.objects.filter(session__campaign=campaign).defer("embedding")
    names = voice_book().names(voices)
    usual = [voice for voice, name in names.items() if name.character == character.name]
    is_found = Q(label_character__isnull=False) & ~Q(label="")
    untold = Q(character=None) & ~Q(label=Label.OOC)
    return Q(character=key) | (
        untold & ((is_found & Q(label_character=key)) | (~is_found & Q(voice__in=usual)))
    )


def _marked(campaign: Campaign, kinds: frozenset[str]) -> QuerySet[Any, Any]:
    """Returns the keys of the lines that were being said when somebody set a marker of one of these kinds."""
    said_then = (
        Segment.objects.filter(session=OuterRef("session"), start_ms__lte=OuterRef("at_ms"))
        .order_by("-start_ms", "-position")
        .values("pk")[:1]
    )
    markers = Marker.objects.filter(session__campaign=campaign, kind__in=kinds)
    return markers.annotate(line=Subquery(said_then)).filter(line__isnull=False).values("line")
