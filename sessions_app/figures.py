"""The figures of a session, counted from its stored lines under the names that its voices have at this moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from engine.classification.values import Label
from engine.figures import FigureLine, Figures, Named, figures
from sessions_app.models import Campaign, Character, Segment, Session
from sessions_app.transcripts.spoken_as import character_of
from sessions_app.transcripts.voices import ShownVoice
from sessions_app.voice_book import voice_book


def session_figures(session: Session, voices: Mapping[int, ShownVoice]) -> Figures:
    """Returns the figures of ``session`` by the numbers of its people; few queries, none of which reads words.

    Args:
        session: whose lines are counted.
        voices: of the session, by primary key.

    >>> from sessions_app.transcripts.voices import shown_voices
    >>> figures = session_figures(session, shown_voices(session))
    >>> figures.whole.lines, [(each.voice, each.tally.words) for each in figures.speakers]
    (12, [(2, 117), (1, 26)])
    """
    return figures(list(_lines(session, voices)), list(_cast(session.campaign)))


def _lines(session: Session, voices: Mapping[int, ShownVoice]) -> Iterator[FigureLine]:
    rows = Segment.objects.filter(session=session).values_list(
        "start_ms", "end_ms", "text", "label", "voice_id", "character__name", "label_character__name"
    )
    for start_ms, end_ms, text, label, voice_id, said, found in rows:
        voice = voices.get(voice_id)
        yield FigureLine(
            start_ms=start_ms,
            end_ms=max(start_ms, end_ms),
            text=text,
            label=cast(Label, label) if label else None,
            voice=voice.number if voice else None,
            character=character_of(said or "", label, found or "", voice.character if voice else ""),
        )


def _cast(campaign: Campaign) -> Iterator[Named]:
    """Yields the characters and then the people of ``campaign``.

    At a table people are called by their first names, whatever their accounts are called; what a character is called
    for short are its aliases.
    """
    characters = list(Character.objects.filter(party__campaign=campaign).select_related("member"))
    for character in characters:
        aliases = tuple(alias for alias in character.aliases if isinstance(alias, str))
        yield Named(character.name, "character", aliases)
    players = [character.player for character in characters if character.player]
    for name in (*voice_book().people(campaign), *players):
        yield Named(name, "person", tuple(name.split()[:1]))
