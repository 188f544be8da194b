"""Splitting a voice in which two people were heard as one: what is asked for, and what follows from it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.splitting import TELLING_MS
from sessions_app.errands.asking import start
from sessions_app.models import Errand, ErrandKind, Segment, Session, State, User, Voice
from sessions_app.transcripts.voices import voice_names
from speakers_app.decisions import drop_empty_voices, new_voice
from speakers_app.history import recording
from speakers_app.models import Change, Verb
from speakers_app.samples import Sample, samples_of

CHANGED = gettext_noop(
    "The lines of this voice were changed before it was split: moved, or the session was processed again. "
    "Point out the lines again."
)
OTHER_MODEL = gettext_noop(
    "The voices of this session were made with another model than the one in use now. "
    "Process the session again, then split the voice."
)
NO_AUDIO = gettext_noop(
    "This session has no audio any more to tell voices apart by. The lines can still be moved."
)


class CannotSplit(EngineError):
    """The voice can't be split; the message says why to people."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All lines of one voice, in their order, and which of them are said to be somebody else's.

    Attributes:
        session: that the voice is of.
        lines: of the voice, and of those merged into it.
        pointed_out: indexes in ``lines``.
    """

    session: Session
    lines: list[Segment]
    pointed_out: frozenset[int]

    @property
    def voices(self) -> set[int]:
        """The primary keys of the rows that the voice consists of."""
        return {line.voice_id for line in self.lines if line.voice_id is not None}

    @property
    def digest(self) -> str:
        """Changes when the lines do."""
        state = ";".join(
            f"{line.pk} {line.uuid} {line.voice_id} {line.start_ms} {line.end_ms}" for line in self.lines
        )
        return hashlib.sha256(state.encode()).hexdigest()


def ask_to_split(session: Session, lines: Collection[Segment], user: User | None) -> Errand:
    """Asks the workers to split the voice of ``lines``, which are somebody else's.

    Raises:
        CannotSplit: if the lines are of several voices or of none, if they are all that the voice says, or if the
            session has no audio.

    >>> ask_to_split(session, session.segments.all()[:1], owner)
    Traceback (most recent call last):
        ...
    speakers_app.splitting.CannotSplit: This session has no audio any more to tell voices apart by. The
    lines can still be moved.
    """
    whole = _whole(session, [line.pk for line in lines])
    if not session.audio_name:
        raise CannotSplit(NO_AUDIO)
    if len(whole.pointed_out) == len(whole.lines):
        raise CannotSplit("These are all lines of this voice. To say whose they are, choose “Said by…”.")
    inputs = {
        "voices": sorted(whole.voices),
        "pointed_out": [whole.lines[index].pk for index in sorted(whole.pointed_out)],
        "digest": whole.digest,
    }
    return start(ErrandKind.SPLIT, session.campaign, session, user, inputs)


def voice_to_split(task: Errand) -> Whole:
    """Returns the lines that ``task`` was asked for.

    Raises:
        CannotSplit: they are not what they were.
    """
    if task.session is None:
        raise CannotSplit(CHANGED)
    task.session.refresh_from_db(fields=["audio_name"])
    if not task.session.audio_name:
        raise CannotSplit(NO_AUDIO)
    try:
        whole = _whole(task.session, task.inputs["pointed_out"])
    except CannotSplit as error:
        raise CannotSplit(CHANGED) from error
    if whole.digest != task.inputs["digest"]:
        raise CannotSplit(CHANGED)
    return whole


def check_model(whole: Whole, model: str) -> None:
    """Makes sure that new vectors compare with those that the voice and its neighbours have.

    Raises:
        CannotSplit: they do not, because ``model`` made none of them.
    """
    models = Voice.objects.filter(session=whole.session).exclude(embedding_model="")
    known = set(models.order_by().values_list("embedding_model", flat=True))
    if known and model not in known:
        raise CannotSplit(OTHER_MODEL, detail=f"{', '.join(sorted(known))}; in use: {model}")


def apply(
    whole: Whole, found: Collection[int], vectors: NDArray[np.float32], model: str, user: User | None
) -> dict[str, Any]:
    """Moves the lines that are somebody else's to a voice of their own; both get vectors of their own lines.

    Args:
        whole: the voice as it is.
        found: indexes of the lines that move.
        vectors: one for each line, shape ``(lines, d)``.
        model: that made them.
        user: who asked for it.

    Returns:
        What pages tell of it.

    Raises:
        CannotSplit: the lines are not what they were.
    """
    session = whole.session
    moved = [whole.lines[index] for index in sorted(found)]
    kept = [index for index in range(len(whole.lines)) if index not in found]
    name = voice_names(session)[moved[0].voice_id or 0].name
    with recording(session.campaign, user, Verb.SPLIT, name, session) as change:
        if _whole(session, [line.pk for line in moved]).digest != whole.digest:
            raise CannotSplit(CHANGED)
        voice = new_voice(session)
        Segment.objects.filter(pk__in=[line.pk for line in moved]).update(voice=voice)
        _give_vector(voice.pk, sorted(found), whole, vectors, model)
        for row in {line.voice_id for line in moved if line.voice_id is not None}:
            rest = [index for index in kept if whole.lines[index].voice_id == row]
            _give_vector(row, rest, whole, vectors, model)
        drop_empty_voices(session)
    return {
        "change": str(change.uuid),
        "voice": voice.pk,
        "rest": whole.lines[kept[0]].voice_id,
        "moved": len(moved),
        "pointed_out": len(whole.pointed_out),
    }


def _give_vector(
    voice: int, indexes: list[int], whole: Whole, vectors: NDArray[np.float32], model: str
) -> None:
    """Gives a voice the mean of its lines' vectors, each weighing as much as it lasts; none where none can tell."""
    speech_ms, vector = 0, None
    lengths = np.array([whole.lines[index].end_ms - whole.lines[index].start_ms for index in indexes])
    if len(indexes):
        heard = np.linalg.norm(vectors[indexes], axis=1) > 0
        telling = heard & (lengths >= TELLING_MS)
        weights = lengths * (telling if telling.any() else heard)
        mean = weights @ vectors[indexes].astype(np.float64)
        if (length := np.linalg.norm(mean)) > 0:
            speech_ms = int(weights.sum())
            vector = [round(float(x), 6) for x in mean / length]
    Voice.objects.filter(pk=voice).update(
        embedding=vector, embedding_model=model if vector else "", speech_ms=speech_ms
    )


def _whole(session: Session, pointed_out: Collection[int]) -> Whole:
    """Returns the voice that says the lines with these primary keys.

    Raises:
        CannotSplit: if that is not one voice.
    """
    chosen = set(pointed_out)
    lines = Segment.objects.filter(session=session, pk__in=chosen).select_related("voice")
    roots = {line.voice and (line.voice.merged_into_id or line.voice_id) for line in lines}
    if len(roots) != 1 or None in roots:
        raise CannotSplit("Choose lines of one voice to split it; these are of several, or of nobody.")
    of_voice = Segment.objects.filter(
        Q(voice__in=roots) | Q(voice__merged_into__in=roots), session=session
    ).defer("words", "text")
    every = list(of_voice.order_by("position"))
    return Whole(session, every, frozenset(index for index, line in enumerate(every) if line.pk in chosen))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a voice was split, in the words of now.

    Attributes:
        change: what can be undone; None where it was undone, or is past undoing.
        name: of the voice that the lines went to; empty where it is no more.
        rest_name: of the voice that they were of.
        moved: how many lines went.
        only_pointed_out: whether no other line sounded like those that were pointed out.
        sample: in which the other voice is heard.
        rest_sample: in which the voice that was split is heard.
    """

    change: Change | None
    moved: int
    only_pointed_out: bool
    name: str = ""
    rest_name: str = ""
    sample: Sample | None = None
    rest_sample: Sample | None = None


def outcome(task: Errand) -> Outcome | None:
    """Returns how the splitting that ``task`` is ended; None while it did not end well."""
    if task.state != State.DONE or task.session is None:
        return None
    result = task.result
    voice, rest, moved = result["voice"], result["rest"], result["moved"]
    only_pointed_out = moved == result["pointed_out"]
    change = Change.objects.standing().filter(uuid=result["change"]).first()
    names = voice_names(task.session)
    if voice not in names or rest not in names:
        return Outcome(None, moved, only_pointed_out)
    samples = samples_of(task.session, {voice: voice, rest: rest}) if task.session.audio_name else {}
    return Outcome(
        change,
        moved,
        only_pointed_out,
        names[voice].name,
        names[rest].name,
        next(iter(samples.get(voice, ())), None),
        next(iter(samples.get(rest, ())), None),
    )
