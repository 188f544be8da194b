"""store: the lines take the place of the earlier ones in one transaction, so that a page never sees half of them."""

from __future__ import annotations

from django.db import transaction

from engine.config import fingerprint as fingerprint_of
from engine.values import Diarization, Line
from sessions_app.models import Segment, SegmentKind, Session, StageName, StageResult, Tier, Voice
from sessions_app.runs.audio import discard_superseded
from sessions_app.runs.stages.align import lines_in
from sessions_app.runs.stages.identify import numbers_in
from sessions_app.runs.work import Json, Work

REVISION = 1
BATCH = 500


def fingerprint(work: Work) -> str:
    """Depends on the lines and on the numbers of their voices."""
    return fingerprint_of(
        "store", REVISION, work.fingerprint_of(StageName.ALIGN), work.fingerprint_of(StageName.IDENTIFY)
    )


def still_stands(work: Work, payload: Json) -> bool:
    """Only the last result is kept, so one that is there tells what the transcript holds, if all of it is there."""
    lines: int = payload["lines"]
    return Segment.objects.filter(session=work.session, tier=Tier.BATCH).count() == lines


def perform(work: Work) -> Json:
    """Replaces the session's lines and brings its voices up to date.

    Raises:
        ClaimLost: another worker has the task by now, or the Run was cancelled; nothing is changed.
    """
    lines = lines_in(work.result_of(StageName.ALIGN))
    numbers = numbers_in(work.result_of(StageName.IDENTIFY))
    diarization = Diarization.from_json(work.result_of(StageName.DIARIZE))
    with transaction.atomic():
        work.hold()
        voices = _store_voices(work.session, lines, numbers, diarization)
        Segment.objects.filter(session=work.session).delete()
        Segment.objects.bulk_create(
            (
                Segment(
                    session=work.session,
                    run=work.run,
                    voice=voices.get(line.voice) if line.voice is not None else None,
                    position=position,
                    start_ms=line.start_ms,
                    end_ms=line.end_ms,
                    text=line.text,
                    words=[word.to_json() for word in line.words],
                    kind=SegmentKind.SPEECH if line.heard else SegmentKind.UNHEARD,
                )
                for position, line in enumerate(lines)
            ),
            batch_size=BATCH,
        )
        StageResult.objects.filter(session=work.session, stage=StageName.STORE).delete()
    discard_superseded(work.session)
    return {"lines": len(lines)}


def _store_voices(
    session: Session, lines: list[Line], numbers: dict[int, int], diarization: Diarization
) -> dict[int, Voice]:
    """Returns the row of each voice that has a line; a number that stays keeps its row, and with it its name."""
    embeddings = {embedding.voice: embedding for embedding in diarization.embeddings}
    rows: dict[int, Voice] = {}
    for voice in sorted({line.voice for line in lines if line.voice is not None}):
        embedding = embeddings.get(voice)
        rows[voice], _ = Voice.objects.update_or_create(
            session=session,
            number=numbers[voice],
            defaults={
                "embedding": list(embedding.vector) if embedding else None,
                "embedding_model": embedding.model if embedding else "",
                "speech_ms": embedding.speech_ms if embedding else 0,
            },
        )
    Voice.objects.filter(session=session).exclude(pk__in=[row.pk for row in rows.values()]).delete()
    return rows
