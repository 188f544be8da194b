"""Who the voices of sessions are: asked here, answered by the app that knows people, without knowing that app."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from sessions_app.models import Campaign, Session, Voice

if TYPE_CHECKING:
    from sessions_app.runs.engine import Engine  # which leads back here

COLOURS = 12
"""How many voice colours the stylesheet has (``.voice-1`` to ``.voice-12``)."""


@dataclass(frozen=True, slots=True)
class VoiceName:
    """What a voice is called.

    Attributes:
        key: the same for voices that are one person.
        name: of the person, or "Speaker 2".
        colour: from 1 to :data:`COLOURS`.
        known: whether somebody, or the comparison of voices, gave it that name.
        role: what the person is at the table: player, dm or guest; empty where nobody said so.
        character: whom the person plays, where that is always the same one.
        to_name: whether somebody should say who it is; not where somebody said that it stays unnamed.
    """

    key: str
    name: str
    colour: int
    known: bool = False
    role: str = ""
    character: str = ""
    to_name: bool = False


class VoiceBook(Protocol):
    """Knows whose voices are whose."""

    def names(self, voices: Iterable[Voice]) -> dict[int, VoiceName]:
        """Returns the name of each voice, by primary key; few queries, however many sessions they are of."""
        ...

    def people(self, campaign: Campaign) -> list[str]:
        """Returns the names of the people whom the campaign knows; one query."""
        ...

    def stored(self, session: Session) -> None:
        """Is told, in the transaction that does it, that the session's voices were stored."""
        ...

    def work(self, engine: Engine, worker: str) -> None:
        """Is called by a worker between its tasks, and asks for what its models make necessary."""
        ...

    def tidy(self) -> None:
        """Sets right, every few seconds, what was left undone."""
        ...

    def consent_changed(self, campaign: Campaign) -> None:
        """Is told that the campaign asks people from now on before their voice is kept, or no longer does."""
        ...


class NumberedVoices:
    """The book of an installation that knows nobody: voices have numbers."""

    def names(self, voices: Iterable[Voice]) -> dict[int, VoiceName]:
        """Returns "Speaker 1" and so on; a merged voice has the name of the one it is merged into."""
        found = sorted(voices, key=lambda voice: (voice.session_id, voice.number))
        names: dict[int, VoiceName] = {}
        for _, group in groupby(found, key=lambda voice: voice.session_id):
            of_session = {voice.pk: voice for voice in group}
            for voice in of_session.values():
                root = of_session.get(voice.merged_into_id or voice.pk, voice)
                names[voice.pk] = VoiceName(f"voice-{root.pk}", str(root.label), voice_colour(root.number))
        return names

    def people(self, campaign: Campaign) -> list[str]:
        """Returns nobody."""
        return []

    def stored(self, session: Session) -> None:
        """Needs to do nothing."""

    def work(self, engine: Engine, worker: str) -> None:
        """Needs to do nothing."""

    def tidy(self) -> None:
        """Needs to do nothing."""

    def consent_changed(self, campaign: Campaign) -> None:
        """Needs to do nothing."""


def voice_colour(number: int) -> int:
    """Returns which of the stylesheet's colours an unnamed voice with this number has.

    >>> voice_colour(13)
    1
    """
    return (number - 1) % COLOURS + 1


_books: list[VoiceBook] = [NumberedVoices()]


def register(book: VoiceBook) -> None:
    """Makes ``book`` the one that is asked; called once, while Django starts."""
    _books[0] = book


def voice_book() -> VoiceBook:
    """Returns the book that is asked."""
    return _books[0]
