"""What the store stage does with lines that were captioned live."""

from __future__ import annotations

from uuid import uuid4

import pytest

from sessions_app.models import Segment, State, Tier, Voice
from sessions_app.runs import start_run

pytestmark = pytest.mark.django_db(transaction=True)


def say(session, capture, texts, number):
    voice, _ = Voice.objects.get_or_create(session=session, number=number)
    last = session.segments.count()
    return [
        Segment.objects.create(
            session=session,
            capture=capture,
            tier=Tier.FINAL,
            voice=voice,
            heard_voice=voice,
            position=last + at,
            start_ms=10_000_000 + at * 1000,
            end_ms=10_000_900 + at * 1000,
            text=text,
        )
        for at, text in enumerate(texts)
    ]


def test_lines_of_a_heard_capture_make_way_and_later_ones_stay_behind(recorded, editor, process):
    heard = recorded.recordings.get().uuid
    say(recorded, heard, ["one", "two"], number=8)
    coming = say(recorded, uuid4(), ["three", "four"], number=9)
    run = start_run(recorded, editor)
    process()
    run.refresh_from_db()
    assert run.state == State.DONE, [stage.detail for stage in run.stages.all()]
    lines = list(Segment.objects.filter(session=recorded).order_by("position"))
    assert [line.tier for line in lines[:-2]] == [Tier.BATCH] * (len(lines) - 2)
    assert len(lines) > 2
    assert [line.pk for line in lines[-2:]] == [line.pk for line in coming]
    assert [line.text for line in lines[-2:]] == ["three", "four"]
    numbers = set(Voice.objects.filter(session=recorded).values_list("number", flat=True))
    assert 9 in numbers
    assert 8 not in numbers
    assert lines[-1].voice.number == lines[-1].heard_voice.number == 9


@pytest.mark.slow
def test_a_repeated_run_leaves_live_lines_where_they_are(recorded, editor, process):
    start_run(recorded, editor)
    process()
    coming = say(recorded, uuid4(), ["three", "four"], number=9)
    recorded.language = "en"
    recorded.save()
    start_run(recorded, editor)
    process()
    assert list(Segment.objects.filter(tier=Tier.FINAL).values_list("pk", flat=True)) == [
        line.pk for line in coming
    ]
