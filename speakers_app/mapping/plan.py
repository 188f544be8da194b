"""What reading in a mapping file would change, before anything is.

>>> bool(Plan(people=(), decisions=(), speeches=()))
False
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app.models import Character
from speakers_app.mapping.standing import StandingVoice
from speakers_app.models import Speaker, SpeakerRole


@dataclass(slots=True, eq=False)
class Person:
    """Somebody as the file has them.

    Attributes:
        name: what they will be called.
        speaker: who they are; None for somebody who is new.
        role: what the file says they are; None where it doesn't say.
        character: the character that the file says they usually play.
        tells_character: whether the file says whom they usually play, be it nobody.
    """

    name: str
    speaker: Speaker | None = None
    role: SpeakerRole | None = None
    character: Character | None = None
    tells_character: bool = False

    @property
    def usual_character(self) -> Character | None:
        """Whom they will usually play."""
        return self.character if self.tells_character or self.speaker is None else self.speaker.character

    @property
    def is_renamed(self) -> bool:
        """Whether they had another name."""
        return self.speaker is not None and self.speaker.name != self.name

    @property
    def has_new_role(self) -> bool:
        """Whether they were something else at the table."""
        return self.speaker is not None and self.role not in (None, self.speaker.role)

    @property
    def has_new_character(self) -> bool:
        """Whether they usually played somebody else."""
        return self.speaker is not None and self.usual_character != self.speaker.character

    @property
    def is_changed(self) -> bool:
        """Whether the file says anything new about them."""
        return self.speaker is None or self.is_renamed or self.has_new_role or self.has_new_character


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose voice it will be; None: it will have no name."""

    standing: StandingVoice
    person: Person | None

    @property
    def confirms(self) -> bool:
        """Whether only what comparing voices had found is confirmed, or that the voice has no name."""
        before = self.standing.speaker
        return before is None if self.person is None else before is not None and before == self.person.speaker


@dataclass(frozen=True, slots=True)
class Speech:
    """As whom all lines of a voice will be spoken; None: as usual."""

    standing: StandingVoice
    character: Character | None


@dataclass(frozen=True)
class Plan:
    """All that would change.

    Attributes:
        people: those who are new, or of whom something changes.
        decisions: about voices.
        speeches: about the lines of voices.
    """

    people: tuple[Person, ...]
    decisions: tuple[Decision, ...]
    speeches: tuple[Speech, ...]

    def __bool__(self) -> bool:
        """Whether anything would change."""
        return bool(self.people or self.decisions or self.speeches)

    @cached_property
    def sessions_of_lines(self) -> set[int]:
        """Keys of the sessions of which lines would change."""
        return {each.standing.voice.session_id for each in self.speeches}

    @property
    def summary(self) -> str:
        """How much of what would change, such as "3 renamed, 2 voices reassigned"."""
        told = [words % {"n": n} for n, words in self._counts() if n]
        return ", ".join(told) or _("nothing changes")

    def _counts(self) -> list[tuple[int, str]]:
        new = sum(each.speaker is None for each in self.people)
        renamed = sum(each.is_renamed for each in self.people)
        retold = sum(each.has_new_role or each.has_new_character for each in self.people)
        named = sum(each.person is not None and not each.confirms for each in self.decisions)
        unnamed = sum(each.person is None and not each.confirms for each in self.decisions)
        confirmed = len(self.decisions) - named - unnamed
        spoken = len(self.speeches)
        return [
            (new, ngettext("%(n)s new person", "%(n)s new people", new)),
            (renamed, ngettext("%(n)s renamed", "%(n)s renamed", renamed)),
            (retold, ngettext("%(n)s person changed", "%(n)s people changed", retold)),
            (named, ngettext("%(n)s voice reassigned", "%(n)s voices reassigned", named)),
            (unnamed, ngettext("%(n)s voice left unnamed", "%(n)s voices left unnamed", unnamed)),
            (confirmed, ngettext("%(n)s voice confirmed", "%(n)s voices confirmed", confirmed)),
            (
                spoken,
                ngettext("%(n)s voice with another character", "%(n)s voices with other characters", spoken),
            ),
        ]

    @property
    def digest(self) -> str:
        """A short text that is the same only for a plan that does the same."""
        rows = [
            *((_key(each.speaker), each.name, each.role, _key(each.usual_character)) for each in self.people),
            *((_key(each.standing.voice), each.person and each.person.name) for each in self.decisions),
            *((_key(each.standing.voice), _key(each.character)) for each in self.speeches),
            *(each.speaker.name for each in self.people if each.speaker),
            *(_key(each.standing.speaker) for each in self.decisions),
        ]
        return sha256(repr(rows).encode()).hexdigest()[:32]


def _key(row: Model | None) -> int | None:
    return None if row is None else row.pk
