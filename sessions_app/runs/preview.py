"""The words of a Run as its chunks get done, before anybody knows who says them.

>>> from sessions_app.models import Run
>>> text_so_far(Run.objects.latest_of(session), 0).lines
()
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.clock import clock
from engine.values import Utterance
from sessions_app.models import Run, Stage, StageName, StageResult, State, Task
from sessions_app.models.run import ACTIVE
from sessions_app.runs.stages.transcribe import utterances_in

PAUSE_MS = 1_500
"""A silence this long begins a new line."""


@dataclass(frozen=True, slots=True)
class EarlyLine:
    """Some sentences without a voice."""

    clock: str
    text: str


@dataclass(frozen=True, slots=True)
class TextSoFar:
    """Lines of the chunks from one on, as far as they are done without a gap.

    Attributes:
        lines: in order.
        next_part: the chunk to ask for next; None once all are here.
    """

    lines: tuple[EarlyLine, ...]
    next_part: int | None


def text_so_far(run: Run, part: int) -> TextSoFar:
    """Returns the words of chunk ``part`` and those after it, up to the first that is not done yet."""
    tasks = Task.objects.filter(stage__run=run, stage__name=StageName.TRANSCRIBE, part__gte=part).order_by(
        "part"
    )
    lines: list[EarlyLine] = []
    for task in tasks:
        if task.state != State.DONE:
            return TextSoFar(tuple(lines), task.part)
        result = StageResult.objects.get(
            session=run.session_id, stage=StageName.TRANSCRIBE, fingerprint=task.fingerprint
        )
        lines += _lines(utterances_in(result.payload))
        part = task.part + 1
    more = Stage.objects.filter(run=run, name=StageName.TRANSCRIBE, state__in=ACTIVE).exists()
    return TextSoFar(tuple(lines), part if more else None)


def _lines(utterances: list[Utterance]) -> list[EarlyLine]:
    groups: list[list[Utterance]] = []
    for utterance in utterances:
        if not utterance.words:
            continue
        if groups and utterance.start_ms - groups[-1][-1].end_ms < PAUSE_MS:
            groups[-1].append(utterance)
        else:
            groups.append([utterance])
    return [
        EarlyLine(clock(group[0].start_ms), " ".join(utterance.text for utterance in group))
        for group in groups
    ]
