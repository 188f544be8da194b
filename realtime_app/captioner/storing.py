"""Makes finished utterances lines of the transcript: each exactly once, whoever captions, whatever is killed when.

A capture's ``captioned_to`` and the lines before it change in one transaction, and only if the former still is what the
captioner knew. So a captioner that lost its lease without knowing, or that comes back from a long stop, stores nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db import transaction
from django.db.models import F, Max

from engine.clock import SAMPLE_RATE
from engine.live.values import Final, Piece
from realtime_app.models import Capture, CaptureState
from realtime_app.models.capture import OPEN
from sessions_app.models import Campaign, Run, Segment, Session, Stage, StageName, State, Tier, Voice

WORTH_CAPTIONING = 60 * SAMPLE_RATE
"""A capture that is over and lacks captions of more than this is left to the Run that has begun with it."""

VoiceOf = Callable[[int], Voice]
"""Returns the row of a voice, making it if need be; called in the transaction that stores its line."""


class Superseded(Exception):
    """Somebody else captions the capture by now, or there is nothing left to caption: nothing was stored."""


def store_final(capture: Capture, final: Final, voice_of: VoiceOf) -> list[Segment]:
    """Stores the lines of ``final`` and moves ``capture.captioned_to`` on; returns the lines.

    Args:
        capture: as the captioner knows it; its ``captioned_to`` is what is relied upon.
        final: the next utterance of the capture.
        voice_of: returns the rows of its voices.

    Raises:
        Superseded: another captioner was there first, the capture is gone, or a Run has heard it.

    >>> from uuid import uuid4
    >>> from engine.values import Word
    >>> capture = Capture.objects.create(session=session)
    >>> piece = Piece(uuid4(), 0, 900, (Word(0, 400, "Roll", 0.9), Word(500, 900, "it.", 0.9)))
    >>> final = Final(piece.id, 0, 1_000, (piece,), settled=16_000)
    >>> [line] = store_final(capture, final, voice_of=session.voices.get)
    >>> line.text, line.position, capture.captioned_to
    ('Roll it.', 12, 16000)
    """
    with transaction.atomic():
        hold(capture.session)
        _move(capture, final.settled)
        if _is_over(capture):
            raise Superseded
        lines = [_line(capture, piece, voice_of) for piece in final.pieces]
        last = Segment.everything.filter(session=capture.session_id).aggregate(last=Max("position"))["last"]
        for position, line in enumerate(lines, start=0 if last is None else last + 1):
            line.position = position
        Segment.objects.bulk_create(lines)
        for line in lines:
            if line.voice_id is not None:
                talked = F("talk_ms") + (line.end_ms - line.start_ms)
                Voice.objects.filter(pk=line.voice_id).update(talk_ms=talked)
    capture.captioned_to = final.settled
    return lines


def store_silence(capture: Capture, settled: int) -> None:
    """Notes that all before sample ``settled`` is done without a further line.

    Raises:
        Superseded: as :func:`store_final`.
    """
    _move(capture, settled)
    capture.captioned_to = settled


def hold(session: Session) -> None:
    """Lets nobody else name voices, move lines or add lines until the transaction's end.

    The campaign first and the session after it, as whoever decides about voices and as the stage that stores a Run's
    lines; else they could wait for each other for ever, or undo what came in between.
    """
    Campaign.objects.select_for_update().only("pk").filter(pk=session.campaign_id).first()
    Session.objects.select_for_update().only("pk").filter(pk=session.pk).first()


def is_heard_by_a_run(capture: Capture) -> bool:
    """Tells whether a Run stores, or has stored, its own lines of what was captured.

    A Run does so holding the session (:func:`hold`) and only after its stage was marked as running: whoever holds the
    session and finds no such stage may add lines, which the Run will then replace.
    """
    stages = Stage.objects.filter(
        run__session=capture.session_id, name=StageName.STORE, state__in=(State.RUNNING, State.DONE)
    )
    return _names(capture, stages.values_list("run__inputs", flat=True))


def _is_over(capture: Capture) -> bool:
    """Tells whether no line of the capture may be added any more, as its row is now.

    One whose device came back after it had become a recording goes on: the next Run will hear all of it.
    """
    rows = Capture.objects.filter(pk=capture.pk).values_list("state", "recording__uuid")
    state, recording = rows.get()
    if state in OPEN:
        return False
    return (state == CaptureState.FINISHED and recording != capture.uuid) or is_heard_by_a_run(capture)


def is_in_a_run(capture: Capture) -> bool:
    """Tells whether a Run that is at work, or done, brings lines of what was captured."""
    runs = Run.objects.filter(session=capture.session_id).exclude(state__in=(State.FAILED, State.CANCELLED))
    return _names(capture, runs.values_list("inputs", flat=True))


def leave_to_run(capture: Capture) -> bool:
    """Notes that nothing more is captioned of what a Run brings anyway; False where captions are still worth having.

    They are while the Run has not come to its lines and only the end is missing; not where the Run will be done before.
    """
    if capture.is_open:
        return False
    is_long = capture.held - capture.captioned_to > WORTH_CAPTIONING
    if not (_is_over(capture) or (is_long and is_in_a_run(capture))):
        return False
    store_silence(capture, max(capture.held, capture.captioned_to))
    return True


def _names(capture: Capture, inputs: Collection[dict[str, list[dict[str, str]]]]) -> bool:
    own = str(capture.uuid)
    return any(recording["uuid"] == own for each in inputs for recording in each.get("recordings", ()))


def _move(capture: Capture, settled: int) -> None:
    rows = Capture.objects.filter(pk=capture.pk, captioned_to=capture.captioned_to, captioned=True)
    if not rows.exclude(state=CaptureState.DISCARDED).update(captioned_to=settled):
        raise Superseded


def _line(capture: Capture, piece: Piece, voice_of: VoiceOf) -> Segment:
    voice = None if piece.voice is None else voice_of(piece.voice)
    offset = capture.offset_ms
    return Segment(
        uuid=piece.id,
        session=capture.session,
        voice=voice,
        heard_voice=voice,
        start_ms=piece.start_ms + offset,
        end_ms=piece.end_ms + offset,
        text=piece.text,
        words=[
            [word.start_ms + offset, word.end_ms + offset, word.text, round(word.probability, 3)]
            for word in piece.words
        ],
        tier=Tier.FINAL,
        capture=capture.uuid,
    )
