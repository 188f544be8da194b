"""How well the voices of a campaign's people separate, from the voiceprints that the group itself confirmed.

>>> campaigns_with_prints().count()
0
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from engine.separation import ENOUGH_PAIRS, Separation, separation
from engine.values import VoiceEmbedding
from sessions_app.models import Campaign
from speakers_app.models import Voiceprint

BINS = 24


@dataclass(frozen=True, slots=True)
class Column:
    """One step of scores, and how many pairs lie in it; heights are percent of the highest column of their kind."""

    start: float
    end: float
    same: int
    different: int
    same_height: float
    different_height: float
    is_assigned: bool


@dataclass(frozen=True, slots=True)
class CampaignSeparation:
    """What there is to say about a campaign's voices.

    Attributes:
        people: of how many people voiceprints are compared.
        voiceprints: how many there are.
        left_out: voiceprints of other models, which are never compared with these.
        figures: what comparing them gave.
        columns: the scores, step by step; empty without pairs.
    """

    people: int
    voiceprints: int
    left_out: int
    figures: Separation
    columns: tuple[Column, ...]

    @property
    def missing(self) -> int:
        """How many pairs of one person, or of two, are wanting before rates say anything."""
        return max(0, ENOUGH_PAIRS - min(len(self.figures.same), len(self.figures.different)))

    @property
    def equal_error_rate(self) -> str:
        """The rate in percent."""
        return _percent(self.figures.equal_error_rate)

    @property
    def false_accepts(self) -> str:
        """The share of pairs of two people that would be named as one, in percent."""
        return _percent(self.figures.false_accepts)

    @property
    def false_rejects(self) -> str:
        """The share of pairs of one person that would not be named, in percent."""
        return _percent(self.figures.false_rejects)


def separation_of(campaign: Campaign) -> CampaignSeparation:
    """Returns how well the voices of the campaign's people can be told apart; one query."""
    prints: dict[int, list[VoiceEmbedding]] = defaultdict(list)
    sessions: dict[int, list[Hashable]] = defaultdict(list)
    rows = Voiceprint.objects.filter(speaker__campaign=campaign)
    for row in rows:
        prints[row.speaker_id].append(row.embedding)
        sessions[row.speaker_id].append(("session", row.session_id) if row.session_id else ("read", row.pk))
    figures = separation(prints, sessions)
    of_model = [one for each in prints.values() for one in each if one.model == figures.model]
    return CampaignSeparation(
        people=len({one.voice for one in of_model}),
        voiceprints=len(of_model),
        left_out=len(rows) - len(of_model),
        figures=figures,
        columns=_columns(figures),
    )


def campaigns_with_prints() -> QuerySet[Campaign]:
    """Returns the campaigns of which voiceprints are kept, with their number in ``print_total``."""
    counted = Campaign.objects.annotate(print_total=Count("speakers__voiceprints"))
    found: QuerySet[Campaign] = counted.filter(print_total__gt=0).order_by("name", "pk")
    return found


def _percent(rate: float | None) -> str:
    return _("too little to say") if rate is None else f"{100 * rate:.1f} %"


def _columns(figures: Separation) -> tuple[Column, ...]:
    edges, same, different = figures.histogram(BINS)
    highest, other = max(same, default=0) or 1, max(different, default=0) or 1
    bar = figures.assigned_from
    return tuple(
        Column(
            start=edges[at],
            end=edges[at + 1],
            same=same[at],
            different=different[at],
            same_height=100 * same[at] / highest,
            different_height=100 * different[at] / other,
            is_assigned=bar is not None and edges[at] >= bar,
        )
        for at in range(len(same))
    )
