"""Writes what a classifier says beside the lines; what a person said stays.

>>> from sessions_app.models import LabelBy
>>> store_labels(session, [], [], LabelBy.BUILTIN)
0
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from engine.classification.values import Verdict
from sessions_app.models import Campaign, Character, LabelBy, Segment, Session


def store_labels(
    session: Session, segments: Sequence[Segment], verdicts: Sequence[Verdict | None], by: LabelBy
) -> int:
    """Stores ``verdicts`` of ``segments``; returns how many lines have a label by it.

    A line that could not be judged keeps the label that it has. Lines that a person labelled, corrected or removed
    meanwhile are left alone. Whoever decides about lines holds the campaign; so does this, or both would wait for ever.
    """
    characters = _by_name(session.campaign)
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").filter(pk=session.campaign_id).first()
        now = Segment.objects.filter(session=session).exclude(label_by=LabelBy.PERSON)
        texts = dict(now.values_list("pk", "text"))
        judged = [
            _labelled(segment, verdict, by, characters)
            for segment, verdict in zip(segments, verdicts, strict=True)
            if verdict is not None and texts.get(segment.pk) == segment.text
        ]
        _write(judged, by)
    return len(judged)


def _write(judged: Sequence[Segment], by: LabelBy) -> None:
    """Writes each value into all lines that have it; line by line, everybody would wait for seconds meanwhile."""
    alike: dict[tuple[str, str, int | None], list[int]] = defaultdict(list)
    sure: dict[float | None, list[int]] = defaultdict(list)
    for segment in judged:
        alike[segment.label, segment.label_kind, segment.label_character_id].append(segment.pk)
        sure[segment.label_confidence].append(segment.pk)
    for (label, kind, character), keys in alike.items():
        those = Segment.objects.filter(pk__in=keys)
        those.update(label=label, label_kind=kind, label_character=character, label_by=by)
    for confidence, keys in sure.items():
        Segment.objects.filter(pk__in=keys).update(label_confidence=confidence)


def _labelled(segment: Segment, verdict: Verdict, by: LabelBy, characters: dict[str, Character]) -> Segment:
    segment.label = verdict.label
    segment.label_kind = verdict.kind
    segment.label_confidence = round(verdict.confidence, 3)
    segment.label_by = by
    segment.label_character = characters.get(verdict.character.casefold())
    return segment


def _by_name(campaign: Campaign) -> dict[str, Character]:
    """Returns the cast by name; a name that two have is nobody's."""
    found: dict[str, Character] = {}
    twice: set[str] = set()
    for character in Character.objects.filter(party__campaign=campaign):
        name = character.name.casefold()
        twice |= {name} & found.keys()
        found[name] = character
    return {name: character for name, character in found.items() if name not in twice}
