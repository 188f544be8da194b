"""What a reader chose to see of a transcript, as it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from sessions_app.transcripts.showing import Show


@dataclass(frozen=True, slots=True)
class Choice:
    """Some voices by their numbers, or all where none is named, and the whole, the story or the table talk."""

    voices: tuple[int, ...] = ()
    show: Show = Show.ALL
    as_heard: bool = False
    """As the machine heard it, whatever people made of it: ``?heard=1``."""

    @classmethod
    def of(cls, query: QueryDict) -> Choice:
        """Returns what an address chooses (``?voice=1&voice=3&show=story``), the voices in order."""
        numbers = {int(value) for value in query.getlist("voice") if is_number(value)}
        return cls(tuple(sorted(numbers)), Show.of(query.get("show", "")), query.get("heard") == "1")

    def __bool__(self) -> bool:
        return bool(self.voices) or self.show is not Show.ALL

    def with_voices(self, voices: tuple[int, ...]) -> Choice:
        """Returns the same for other voices."""
        return replace(self, voices=voices)

    def showing(self, show: Show) -> Choice:
        """Returns another part of what the same voices say."""
        return replace(self, show=show)

    @property
    def as_machine(self) -> str:
        """The query for the same as the machine heard it."""
        return replace(self, as_heard=True).query()

    @property
    def as_made(self) -> str:
        """The query for the same as people made it."""
        return replace(self, as_heard=False).query()

    def query(self, **more: int) -> str:
        """Returns the query that chooses the same, with its question mark; empty where that is everything.

        >>> Choice((1, 3), Show.STORY).query(part=2), Choice().query()
        ('?voice=1&voice=3&show=story&part=2', '')
        """
        pairs: list[tuple[str, int | str]] = [("voice", number) for number in self.voices]
        if self.show is not Show.ALL:
            pairs.append(("show", self.show.value))
        if self.as_heard:
            pairs.append(("heard", 1))
        pairs += more.items()
        return f"?{urlencode(pairs)}" if pairs else ""


def is_number(value: str, digits: int = 5) -> bool:
    """Whether an address may mean a number by this; none has more digits than ``digits``."""
    return value.isascii() and value.isdecimal() and len(value) <= digits
