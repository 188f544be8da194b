"""store: the lines take the place of the earlier ones in one transaction, so that a page never sees half of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F, Max, Min, Q

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
from sessions_app.models.transcript import SegmentQuerySet
from sessions_app.runs.audio import discard_superseded
from sessions_app.runs.carried import Carried, count_carried
from sessions_app.runs.stages.align import lines_in
from sessions_app.runs.stages.identify import numbers_in, numbers_of_today
from sessions_app.runs.work import Json, Work
from sessions_app.transcripts.corrections import corrections_of
from sessions_app.transcripts.kept_lines import kept_lines, machine_words_of
from sessions_app.transcripts.same_lines import take_over_identities
from sessions_app.voice_book import voice_book

REVISION = 2
BATCH = 500


def fingerprint(work: Work) -> str:
    """Depends on the lines and on the numbers of their voices."""
    return fingerprint_of(
        "store", REVISION, work.fingerprint_of(StageName.ALIGN), work.fingerprint_of(StageName.IDENTIFY)
    )


def still_stands(work: Work, payload: Json) -> bool:
    """Whether all that was stored is still there; only the last result is kept, so it tells of what is there.

    Lines are no measure of it: people split, join and remove them. The words that were heard stay as many.
    """
    words: int | None = payload.get("words")
    return _words_there(work.session) == words


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
        carried = replace_lines(work.session, work.run, lines, numbers, diarization)
        Run.objects.filter(pk=work.run.pk).update(carried=carried.to_json())
        StageResult.objects.filter(session=work.session, stage=StageName.STORE).delete()
        words = _words_there(work.session)
    discard_superseded(work.session)
    return {"lines": len(lines), "words": words}


def _words_there(session: Session) -> int:
    return machine_words_of(Segment.everything.filter(session=session, tier=Tier.BATCH))


def _hold_decisions(session: Session) -> None:
    """Lets nobody name voices, move lines or write them until the transaction's end, which would then be lost.

    Whoever decides holds the campaign first and its session after it; so does this, or both would wait for ever.
    """
    Campaign.objects.select_for_update().only("pk").filter(pk=session.campaign_id).first()


def replace_lines(
    session: Session, run: Run | None, lines: list[Line], numbers: dict[int, int], diarization: Diarization
) -> Carried:
    """Makes ``lines`` the session's transcript; what people made of the earlier lines, and said of them, stays.

    Lines that people wrote, found right or removed live on, with what is heard in their place as the machine's text.
    The others make way; what was said of them holds for the lines at their times, which take over their uuids.

    Called in a transaction.

    Args:
        session: whose lines are replaced.
        run: what made them.
        lines: all lines, in order.
        numbers: which number each voice of the lines has in this session.
        diarization: the vectors of the voices.

    Returns:
        What became of people's work.

    >>> from engine.values import Turn, Word
    >>> line = Line(0, 900, 0, (Word(0, 400, "Roll", 0.9), Word(500, 900, "it.", 0.9)))
    >>> carried = replace_lines(session, None, [line], {0: 1}, Diarization((Turn(0, 900, 0),), ()))
    >>> [(str(each.voice), each.text) for each in session.segments.all()]
    [('Speaker 1', 'Roll it.')]
    """
    coming = _is_to_come(run)
    there = Segment.everything.filter(session=session).exclude(coming)
    others = there.filter(heard_text=None, reviewed=False, removed_at=None)
    said = corrections_of(others)
    kept = kept_lines(session, there.kept_by_people(), others, lines, numbers)
    voices = _store_voices(session, lines, numbers, diarization)
    kept.hear(run, voices)
    new = list(said.applied_to(_rows(session, run, kept.left, voices)))
    take_over_identities(new, said.lines)
    everything = sorted([*kept.rows, *new], key=lambda line: line.start_ms)
    for position, line in enumerate(everything):
        line.position = position
    there.delete()
    _put_behind(Segment.everything.filter(coming, session=session), len(everything))
    # Each kept line comes back under its own keys: to update thousands one by one would take many times as long.
    Segment.objects.bulk_create(everything, batch_size=BATCH)
    _drop_voices(session)
    voice_book().stored(session)
    return count_carried(session, kept, said, [line for line in everything if line.removed_at is None])


def _is_to_come(run: Run | None) -> Q:
    """Live lines of captures that are no recording of ``run`` yet, which did not hear them: they stay as they are."""
    heard = {recording["uuid"] for recording in run.inputs.get("recordings", ())} if run else set()
    return Q(tier=Tier.FINAL, capture__isnull=False) & ~Q(capture__in=heard)


def _put_behind(lines: SegmentQuerySet, count: int) -> None:
    """Moves ``lines`` behind the ``count`` that are about to be stored, by way of where none of them was."""
    ends: dict[str, int | None] = lines.aggregate(first=Min("position"), last=Max("position"))
    first, last = ends["first"], ends["last"]
    if first is None or last is None:
        return
    away = last + count + 1
    lines.update(position=F("position") + away)
    lines.update(position=F("position") - (away + first - count))


def _rows(
    session: Session, run: Run | None, lines: Sequence[Line], voices: Mapping[int, Voice]
) -> list[Segment]:
    """Returns the rows of ``lines``, in the order of their starts."""
    return [
        Segment(
            session=session,
            run=run,
            voice=voices.get(line.voice) if line.voice is not None else None,
            heard_voice=voices.get(line.voice) if line.voice is not None else None,
            start_ms=line.start_ms,
            end_ms=line.end_ms,
            text=line.text,
            words=[word.to_json() for word in line.words],
            kind=SegmentKind.SPEECH if line.heard else SegmentKind.UNHEARD,
        )
        for line in sorted(lines, key=lambda line: line.start_ms)
    ]


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
    return rows


def _drop_voices(session: Session) -> None:
    """Deletes the voices that no line has or was heard as, removed lines included.

    A voice that others were merged into stays as long as one of these does: they have their name from it.
    """
    lines = Segment.everything.filter(session=session).order_by()
    used = {pk for name in ("voice", "heard_voice") for pk in lines.values_list(name, flat=True).distinct()}
    used.discard(None)
    merged = Voice.objects.filter(pk__in=used, merged_into__isnull=False)
    roots = set(merged.values_list("merged_into", flat=True))
    Voice.objects.filter(session=session).exclude(pk__in=used | roots).delete()
