"""Proposes who the voices of a session are: by their sound, by who leads the game, and by the names that are said.

>>> from speakers_app.labelling import labelling
>>> proposals = propose(session, labelling(session))
>>> len(proposals.found) + len(proposals.without)
2
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.clock import clock
from sessions_app.models import Segment, SegmentKind, Session, Voice
from speakers_app.labelling import Labelling, Standing, VoiceCard, percent
from speakers_app.models import Assignment, How, Speaker, SpeakerRole
from speakers_app.roster import RosterEntry
from speakers_app.spoken_names import Mentions, SpokenLine, callable_names, mentions, turn_shares

PROPOSE_FROM = 0.5
"""Below this probability there is no proposal: no idea is better than a wild guess."""
AHEAD_BY = 0.1
"""A proposal is at least this much more probable than any other for the same voice or the same person."""
COUNTS_FROM = 0.35
INTRODUCTION = 6
"""Saying one's own name tells as much as so many answers to it."""
LEAST_WEIGHT = 2
DOUBT = 2
"""As if so many answers had been somebody else's: one answer proves little, many prove more, and never all."""
LEADS_BY = 1.3
"""Who leads the game talks at least so many times as much as the next."""
LEAST_VOICES, LEAST_TALK_MS = 3, 90_000
"""Of a smaller circle, or a shorter talk, nothing follows from who talks most."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Somebody whom a voice probably is.

    Attributes:
        card: the voice.
        person: who.
        probability: 0 to 1; an estimate, no measurement.
        reasons: what speaks for it, in words.
    """

    card: VoiceCard
    person: RosterEntry
    probability: float
    reasons: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The probability as people read it."""
        return percent(self.probability)


@dataclass(frozen=True, slots=True)
class Proposals:
    """What can be said of the voices that wait for a name."""

    found: tuple[Proposal, ...]
    without: tuple[VoiceCard, ...]
    """Voices of which there is no idea whose they are."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    voice: int
    person: int
    probability: float
    reason: str


def propose(session: Session, desk: Labelling) -> Proposals:
    """Returns at most one proposal for each voice without a name, and nobody twice; the same for the same session."""
    cards = {card.voice.pk: card for card in desk.waiting}
    taken = {card.likely for card in desk.settled}
    free = {at for at, person in enumerate(desk.people) if person.name not in taken}
    evidence = [*_by_sound(desk), *_by_talk(desk), *_by_names(session, desk)]
    pairs: dict[tuple[int, int], list[_Evidence]] = defaultdict(list)
    for each in evidence:
        if each.voice in cards and each.person in free and each.probability >= COUNTS_FROM:
            pairs[each.voice, each.person].append(each)
    chosen = _chosen({pair: _together(found) for pair, found in pairs.items()})
    found = tuple(
        Proposal(
            cards[voice],
            desk.people[person],
            probability,
            tuple(each.reason for each in pairs[voice, person]),
        )
        for (voice, person), probability in chosen.items()
    )
    without = tuple(card for pk, card in cards.items() if all(each.card.voice.pk != pk for each in found))
    return Proposals(found, without)


def how_proposed(session: Session, names: Mapping[Voice, str]) -> dict[Voice, tuple[Speaker | str, How]]:
    """Returns for each name how it came about: the comparison of voices found the same, or else the party."""
    there = Assignment.objects.filter(voice__session=session, speaker__isnull=False).select_related("speaker")
    found = {each.voice_id: each for each in there}
    hows: dict[Voice, tuple[Speaker | str, How]] = {}
    for voice, name in names.items():
        before = found.get(voice.merged_into_id or voice.pk)
        same = before and before.speaker and before.speaker.name.casefold() == name.casefold()
        hows[voice] = (name, How(before.how) if before and same else How.PARTY)
    return hows


def _by_sound(desk: Labelling) -> Iterable[_Evidence]:
    """What the comparison of voices suggests, and whom it finds next."""
    number = {person.speaker.pk: at for at, person in enumerate(desk.people) if person.speaker}
    for card in desk.waiting:
        found = card.assignment
        if card.standing != Standing.SUGGESTED or found is None:
            continue
        for speaker, score in ((found.speaker, found.score), (found.runner_up, found.runner_up_score)):
            if speaker is not None and speaker.pk in number:
                said = {"name": speaker.name, "percent": percent(score)}
                reason = _("sounds like %(name)s, %(percent)d %%") % said
                yield _Evidence(card.voice.pk, number[speaker.pk], score or 0.0, reason)


def _by_talk(desk: Labelling) -> Iterable[_Evidence]:
    """Who leads the game usually talks most."""
    leading = [at for at, person in enumerate(desk.people) if person.role == SpeakerRole.DM]
    cards = sorted((*desk.waiting, *desk.settled), key=lambda card: (-card.talk_ms, card.voice.number))
    talking = [card for card in cards if card.talk_ms]
    if (
        len(leading) != 1
        or len(talking) < LEAST_VOICES
        or sum(card.talk_ms for card in talking) < LEAST_TALK_MS
    ):
        return
    first, second = talking[:2]
    ratio = first.talk_ms / second.talk_ms
    if ratio >= LEADS_BY:
        reason = _("talks most (%(percent)d %%), as who leads the game usually does") % {
            "percent": first.percent
        }
        yield _Evidence(first.voice.pk, leading[0], min(0.75, 0.5 + 0.1 * ratio), reason)


def _by_names(session: Session, desk: Labelling) -> Iterable[_Evidence]:
    """Who answers to a name, or says to be somebody."""
    people = [
        [
            person.name,
            *(name for character in person.characters for name in (character.name, *character.aliases)),
        ]
        for person in desk.people
    ]
    cards = (*desk.waiting, *desk.settled)
    roots = {voice.pk: card.voice.pk for card in cards for voice in (card.voice, *card.merged)}
    lines = _lines(session, roots)
    said = dict(sorted(mentions(lines, callable_names(people)).items()))
    answers = Counter(person for (_voice, person), found in said.items() for _answer in found.answers)
    chance = turn_shares(lines)
    weights = {
        (voice, person): _weight(found, answers[person] * chance.get(voice, 0))
        for (voice, person), found in said.items()
    }
    totals: dict[int, float] = defaultdict(float)
    for (_voice, person), weight in weights.items():
        totals[person] += weight
    for (voice, person), found in said.items():
        weight = weights[voice, person]
        if weight > LEAST_WEIGHT:
            reason = _reason(found, desk.people[person])
            yield _Evidence(voice, person, weight / (totals[person] + DOUBT), reason)


def _lines(session: Session, roots: Mapping[int, int]) -> list[SpokenLine]:
    rows = Segment.objects.filter(session=session, kind=SegmentKind.SPEECH).order_by("start_ms", "position")
    return [
        SpokenLine(roots.get(voice) if voice is not None else None, start_ms, end_ms, text)
        for voice, start_ms, end_ms, text in rows.values_list("voice_id", "start_ms", "end_ms", "text")
    ]


def _weight(found: Mentions, by_chance: float) -> float:
    """Returns how many answers are left to explain, when those are taken off that come from talking much."""
    answers = max(0.0, len(found.answers) - by_chance)
    return max(0.0, answers + INTRODUCTION * len(found.introductions) - found.addressed)


def _reason(found: Mentions, person: RosterEntry) -> str:
    if found.introductions:
        at_ms, words = found.introductions[0]
        return _("says “%(words)s” at %(clock)s") % {"words": words, "clock": clock(at_ms)}
    count = len(found.answers)
    return ngettext(
        "answers %(count)d time when %(name)s is spoken to, at %(clock)s",
        "answers %(count)d times when %(name)s is spoken to, first at %(clock)s",
        count,
    ) % {"count": count, "name": _called(person), "clock": clock(found.answers[0])}


def _called(person: RosterEntry) -> str:
    characters = ", ".join(character.name for character in person.characters)
    return f"{person.name} ({characters})" if characters else person.name


def _together(evidence: Iterable[_Evidence]) -> float:
    """Returns the probability that at least one of independent pieces of evidence is right."""
    return 1 - math.prod(1 - each.probability for each in evidence)


def _chosen(probabilities: Mapping[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """Returns pairs of voice and person, the surest first; where two are as good, neither and nothing of theirs."""
    left = dict(sorted(probabilities.items(), key=lambda item: (-item[1], item[0])))
    chosen = {}
    while left:
        best, probability = next(iter(left.items()))
        rivals = {pair: value for pair, value in left.items() if pair != best and _clash(pair, best)}
        close = [pair for pair, value in rivals.items() if probability - value < AHEAD_BY]
        if probability < PROPOSE_FROM:
            break
        if not close:
            chosen[best] = probability
        done = [best, *close]
        left = {pair: value for pair, value in left.items() if not any(_clash(pair, other) for other in done)}
    return chosen


def _clash(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] == other[0] or one[1] == other[1]
