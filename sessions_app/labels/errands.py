"""What workers do with labels beside Runs: label a session's lines, and learn from a campaign's corrections."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from django.db.models import QuerySet
from django.utils import timezone

from engine.values import Language
from sessions_app.errands.claiming import finishing, tell
from sessions_app.labels.asking import ask_to_label
from sessions_app.labels.corrections import corrections_of
from sessions_app.labels.labelling import choose_classifier, label_lines
from sessions_app.labels.learnt import learnt_lines, still_said
from sessions_app.models import Errand, LabelBy, LearntLabels, Run, Segment, Session
from sessions_app.runs import notices
from sessions_app.runs.engine import Engine

RELABELLED = 3
"""After learning, so many of the sessions that people corrected are labelled again, the latest first."""


def label(errand: Errand, engine: Engine) -> None:
    """Labels the lines of the errand's session: all but those that people labelled, or only those without a label.

    What a language model said, and may have cost money, is judged anew only where a person asks for that.

    >>> from types import SimpleNamespace
    >>> from engine.fakes import FakeClassifier
    >>> from sessions_app.errands.claiming import claim
    >>> from sessions_app.runs.engine import ChosenClassifier
    >>> engine = SimpleNamespace(classifier=lambda *lines, remote: ChosenClassifier(FakeClassifier(), LabelBy.BUILTIN))
    >>> asked = ask_to_label(session, owner, everything=True)
    >>> label(claim("worker-1"), engine)
    >>> session.segments.filter(label="").count()
    0
    """
    session = errand.session
    assert session is not None
    if Run.objects.active().filter(session=session).exists():
        return  # which labels the lines that it stores; asking about those of now would be paid for twice
    lines: QuerySet[Segment] = Segment.objects.filter(session=session).exclude(text="")
    lines = lines.exclude(label_by=LabelBy.PERSON) if errand.inputs["everything"] else lines.filter(label="")
    if errand.user_id is None:
        lines = lines.exclude(label_by=LabelBy.MODEL)

    def on_progress(stage: str, done: int, total: int) -> None:
        tell(errand, done, total)

    chosen = choose_classifier(session, engine)
    try:
        done = label_lines(session, chosen, list(lines.only("pk")), on_progress)
        with finishing(errand) as result:
            result |= asdict(done) | {"by": chosen.by}
    finally:
        notices.transcript_changed(session)  # labels that were stored before somebody cancelled it stay


def learn(errand: Errand, engine: Engine) -> None:
    """Tries whether the built-in classifier does better with the campaign's corrections; if so, it uses them.

    If not, it goes on with those that it used, except what people took back since.
    """
    from engine.classification.learning import learn as learn_from  # heavy

    language = cast(Language, errand.inputs["language"])
    begun = timezone.now()
    corrections = corrections_of(errand.campaign, language)
    learnt = learn_from(language, corrections)
    row: dict[str, object] = {
        "seen": sum(line.label is not None for line in corrections),
        "score_without": learnt.score_without,
        "score_with": learnt.score_with,
        "tried_at": begun,
    }
    before = learnt_lines(errand.campaign, language)
    now = corrections if learnt.is_better else still_said(errand.campaign, language, before)
    row |= {"is_used": bool(now), "lines": [asdict(line) for line in now]}
    with finishing(errand) as result:
        LearntLabels.objects.update_or_create(campaign=errand.campaign, language=language, defaults=row)
        result["is_better"] = learnt.is_better
    if now != before:
        _label_again(errand, language, engine)


def _label_again(errand: Errand, language: str, engine: Engine) -> None:
    """Has the sessions that people are at labelled anew, where that is free and needs nobody else."""
    corrected = Session.objects.filter(
        campaign=errand.campaign, language=language, segments__label_by=LabelBy.PERSON
    )
    for session in corrected.distinct().order_by("-number")[:RELABELLED]:
        if choose_classifier(session, engine).by == LabelBy.BUILTIN:
            ask_to_label(session, None, everything=True)
