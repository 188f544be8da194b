"""The voices of a session as they are shown for naming: who is not named yet, what speaks for whom, what to hear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from engine.clock import clock
from sessions_app.models import Session, Voice
from sessions_app.transcripts.voices import voices_of
from sessions_app.voice_book import VoiceName, voice_book
from speakers_app.models import Assignment, How, Voiceprint
from speakers_app.prints import LEAST_SPEECH_MS
from speakers_app.roster import RosterEntry, roster
from speakers_app.samples import Sample, samples_of

MOST_PICKS = 8


class Standing(StrEnum):
    """How far a voice has come to a name."""

    UNKNOWN = "unknown"
    SUGGESTED = "suggested"
    RECOGNISED = "recognised"
    NAMED = "named"
    UNNAMED = "unnamed"
    """A person decided that it is to have no name."""


WAITING = (Standing.UNKNOWN, Standing.SUGGESTED)


@dataclass(frozen=True, slots=True)
class VoiceCard:
    """One voice, with all that helps to say whose it is.

    Attributes:
        voice: the one that counts; those that were merged into it follow in ``merged``.
        name: what it is called now.
        standing: how far it has come.
        assignment: what was decided, recognised or suggested, if anything.
        why: what speaks for that, in a sentence.
        likely: the name that the name field begins with; empty where nothing speaks for anybody.
        talk_ms: of it and of those merged into it.
        share: part of all talk in the session, 0 to 1.
        merged: voices that somebody said are this one.
        twins: other voices of the session that have the same name.
        others: the voices that it could be merged with.
        samples: where to hear it.
        picks: people who could be it, the likelier first.
    """

    voice: Voice
    name: VoiceName
    standing: Standing
    assignment: Assignment | None
    why: str
    likely: str
    talk_ms: int
    share: float
    merged: tuple[Voice, ...]
    twins: tuple[Voice, ...]
    others: tuple[tuple[Voice, VoiceName], ...]
    samples: tuple[Sample, ...]
    picks: tuple[RosterEntry, ...]

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to say who it is."""
        return self.standing in WAITING

    @property
    def is_decided(self) -> bool:
        """Whether a person said who it is, or that it stays unnamed."""
        return self.standing in (Standing.NAMED, Standing.UNNAMED)

    @property
    def talk_clock(self) -> str:
        """How long it talks in all."""
        return clock(max(1000, self.talk_ms) if self.samples else self.talk_ms)

    @property
    def percent(self) -> int:
        """Its share of all talk."""
        return round(100 * self.share)


@dataclass(frozen=True, slots=True)
class Labelling:
    """All voices of a session, those that wait for a name first, each group by talk time."""

    waiting: tuple[VoiceCard, ...]
    settled: tuple[VoiceCard, ...]
    people: tuple[RosterEntry, ...]

    @property
    def total(self) -> int:
        """How many voices there are."""
        return len(self.waiting) + len(self.settled)

    @property
    def recognised(self) -> tuple[VoiceCard, ...]:
        """Those that the comparison named and nobody has confirmed."""
        return tuple(card for card in self.settled if card.standing == Standing.RECOGNISED)


def labelling(session: Session) -> Labelling:
    """Returns the voices of ``session`` for naming; as many queries for twelve voices as for one."""
    return _Desk(session).labelling()


class _Desk:
    """Everything that the cards of one session are made of, fetched once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        voices = voices_of(session)
        self.names = voice_book().names(voices)
        self.roots = {voice.pk: voice.merged_into_id or voice.pk for voice in voices}
        self.by_root: dict[int, list[Voice]] = defaultdict(list)
        for voice in sorted(voices, key=lambda each: (each.merged_into_id is not None, each.number)):
            self.by_root[self.roots[voice.pk]].append(voice)
        self.assignments = {
            each.voice_id: each
            for each in Assignment.objects.filter(voice__in=self.by_root).select_related(
                "speaker", "runner_up", "decided_by"
            )
        }
        self.samples = samples_of(session, self.roots)
        self.people = tuple(roster(session.campaign))
        self.total_ms = sum(voice.talk_ms for voice in voices) or 1
        self.is_anybody_known = Voiceprint.objects.filter(speaker__campaign=session.campaign).exists()

    def labelling(self) -> Labelling:
        cards = [self._card(voice) for voice, *_merged in self.by_root.values()]
        cards.sort(key=lambda card: (-card.talk_ms, card.voice.number))
        return Labelling(
            waiting=tuple(card for card in cards if card.is_waiting),
            settled=tuple(card for card in cards if not card.is_waiting),
            people=self.people,
        )

    def _card(self, voice: Voice) -> VoiceCard:
        root, *merged = self.by_root[voice.pk]
        assignment = self.assignments.get(root.pk)
        talk_ms = sum(each.talk_ms for each in self.by_root[root.pk])
        standing = _standing(assignment, talk_ms)
        others = [each for each, *_merged in self.by_root.values() if each != root]
        return VoiceCard(
            voice=root,
            name=self.names[root.pk],
            standing=standing,
            assignment=assignment,
            why=self._why(root, standing, assignment),
            likely=assignment.speaker.name if assignment and assignment.speaker else "",
            talk_ms=talk_ms,
            share=talk_ms / self.total_ms,
            merged=tuple(merged),
            twins=tuple(each for each in others if self.names[each.pk].key == self.names[root.pk].key),
            others=tuple((each, self.names[each.pk]) for each in others),
            samples=self.samples.get(root.pk, ()),
            picks=tuple(self._picks(assignment)),
        )

    def _why(self, voice: Voice, standing: Standing, assignment: Assignment | None) -> str:
        if assignment is not None:
            return _why_assigned(standing, assignment)
        if voice.speech_ms < LEAST_SPEECH_MS:
            return _("Heard too little to compare it with anybody.")
        if not self.is_anybody_known:
            return _("Nobody's voice is known yet.")
        return _("Sounds like nobody who is known.")

    def _picks(self, assignment: Assignment | None) -> Iterable[RosterEntry]:
        """Returns people whom no voice of the session is yet, the runner-up first."""
        taken = {
            each.speaker_id for each in self.assignments.values() if each.speaker_id and not each.suggested
        }
        likely = assignment.speaker_id if assignment else None
        runner_up = assignment.runner_up_id if assignment else None
        free = [
            entry
            for entry in self.people
            if entry.speaker is None or entry.speaker.pk not in taken | ({likely} if likely else set())
        ]
        free.sort(key=lambda entry: entry.speaker is None or entry.speaker.pk != runner_up)
        return free[:MOST_PICKS]


def _standing(assignment: Assignment | None, talk_ms: int) -> Standing:
    if assignment is None:
        return Standing.UNKNOWN if talk_ms else Standing.UNNAMED
    if assignment.locked:
        return Standing.NAMED if assignment.speaker_id else Standing.UNNAMED
    return Standing.SUGGESTED if assignment.suggested else Standing.RECOGNISED


def _why_assigned(standing: Standing, assignment: Assignment) -> str:
    said = {
        "who": assignment.decided_by.shown_name if assignment.decided_by else _("somebody who has left"),
        "name": assignment.speaker.name if assignment.speaker else "",
        "percent": percent(assignment.score),
    }
    if standing == Standing.UNNAMED:
        return _("Left without a name by %(who)s.") % said
    if standing == Standing.NAMED:
        return _DECIDED[How(assignment.how)]() % said
    if standing == Standing.RECOGNISED:
        first = _("Recognised, %(percent)d %%") % said
    elif assignment.how == How.KNOWN:
        first = _("Sounds like %(name)s, who is not expected, %(percent)d %%") % said
    else:
        first = _("Sounds like %(name)s, %(percent)d %%") % said
    if assignment.runner_up is None:
        return f"{first}."
    second = {"name": assignment.runner_up.name, "percent": percent(assignment.runner_up_score)}
    return first + _("; next %(name)s, %(percent)d %%.") % second


_DECIDED = {
    How.PERSON: lambda: _("Named by %(who)s."),
    How.ROSTER: lambda: _("Recognised, confirmed by %(who)s."),
    How.KNOWN: lambda: _("Recognised, confirmed by %(who)s."),
    How.PARTY: lambda: _("Proposed from the party, confirmed by %(who)s."),
    How.IMPORT: lambda: _("Read from a file by %(who)s."),
}


def percent(score: float | None) -> int:
    """Returns a probability as people read it; nothing is ever quite certain or quite impossible.

    >>> percent(0.99999), percent(0.934), percent(0.0001)
    (99, 93, 1)
    """
    return min(99, max(1, int(100 * (score or 0) + 0.5)))
