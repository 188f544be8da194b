"""store: the lines take the place of the earlier ones in one transaction, so that a page never sees half of them."""

from __future__ import annotations

from django.db import transaction

from engine.config import fingerprint as fingerprint_of
from engine.values import Diarization, Line
from sessions_app.models import (
    Campaign,
    Run,
    Segment,
    SegmentKind,
    Session,
    StageName,
    StageResult,
    Tier,
    Voice,
)
from sessions_app.runs.audio import discard_superseded
from sessions_app.runs.stages.align import lines_in
from sessions_app.runs.stages.identify import numbers_in, numbers_of_today
from sessions_app.runs.work import Json, Work
from sessions_app.transcripts.corrections import Corrections, corrections_of
from sessions_app.voice_book import voice_book

REVISION = 2
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
        _hold_decisions(work.session)
        work.hold()
        numbers = numbers_of_today(numbers, work.session)
        replace_lines(work.session, work.run, lines, numbers, diarization)
        StageResult.objects.filter(session=work.session, stage=StageName.STORE).delete()
    discard_superseded(work.session)
    return {"lines": len(lines)}


def _hold_decisions(session: Session) -> None:
    """Lets nobody name voices or move lines until the transaction's end, which would then be lost.

    Whoever decides holds the campaign first and its session after it; so does this, or both would wait for ever.
    """
    Campaign.objects.select_for_update().only("pk").filter(pk=session.campaign_id).first()


def replace_lines(
    session: Session, run: Run | None, lines: list[Line], numbers: dict[int, int], diarization: Diarization
) -> None:
    """Makes ``lines`` the session's transcript; what people said of the earlier lines holds for these.

    Called in a transaction.

    Args:
        session: whose lines are replaced.
        run: what made them.
        lines: all lines, in order.
        numbers: which number each voice of the lines has in this session.
        diarization: the vectors of the voices.
    """
    kept = corrections_of(session)
    later = _lines_to_come(session, run)
    voices = _store_voices(session, lines, numbers, diarization, kept, later)
    Segment.objects.filter(session=session).exclude(pk__in=[line.pk for line in later]).delete()
    _put_behind(later, len(lines))
    rows = (
        Segment(
            session=session,
            run=run,
            voice=voices.get(line.voice) if line.voice is not None else None,
            heard_voice=voices.get(line.voice) if line.voice is not None else None,
            position=position,
            start_ms=line.start_ms,
            end_ms=line.end_ms,
            text=line.text,
            words=[word.to_json() for word in line.words],
            kind=SegmentKind.SPEECH if line.heard else SegmentKind.UNHEARD,
        )
        for position, line in enumerate(lines)
    )
    Segment.objects.bulk_create(kept.applied_to(rows), batch_size=BATCH)
    voice_book().stored(session)


def _lines_to_come(session: Session, run: Run | None) -> list[Segment]:
    """Returns the live lines, in order, of captures that are no recording of ``run`` yet: it did not hear them."""
    heard = {recording["uuid"] for recording in run.inputs.get("recordings", ())} if run else set()
    live = Segment.objects.filter(session=session, tier=Tier.FINAL, capture__isnull=False)
    return list(live.exclude(capture__in=heard).only("pk", "position", "voice", "heard_voice"))


def _put_behind(lines: list[Segment], count: int) -> None:
    """Moves ``lines``, which are in order, behind the ``count`` that are about to be stored."""
    first = max([count, *(line.position + 1 for line in lines)])
    for position, line in enumerate(lines, start=first):
        Segment.objects.filter(pk=line.pk).update(position=position)


def _store_voices(
    session: Session,
    lines: list[Line],
    numbers: dict[int, int],
    diarization: Diarization,
    kept: Corrections,
    later: list[Segment],
) -> dict[int, Voice]:
    """Returns the row of each voice that has a line; a number that stays keeps its row, and with it its name.

    A voice that others were merged into stays as long as one of these does: they have their name from it.
    """
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
    still_heard = {row.pk for row in rows.values()} | kept.voices
    still_heard |= {pk for line in later for pk in (line.voice_id, line.heard_voice_id) if pk is not None}
    merged = Voice.objects.filter(pk__in=still_heard, merged_into__isnull=False)
    roots = set(merged.values_list("merged_into", flat=True))
    Voice.objects.filter(session=session).exclude(pk__in=still_heard | roots).delete()
    return rows
