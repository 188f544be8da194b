"""What a search found, made ready to read: by session, with names of now and the lines around each hit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.clock import clock
from sessions_app.models import Segment, Session, Voice
from sessions_app.search.filters import Choices
from sessions_app.search.values import Found, Hit, Place
from sessions_app.transcripts.choice import is_number
from sessions_app.transcripts.labels import ShownLabel, shown_label
from sessions_app.transcripts.spoken_as import spoken_as
from sessions_app.voice_book import VoiceName, voice_book

LEAD_MS = 1000
"""How much earlier than a line its sound begins, so that nothing of its first word is missed."""
BESIDE = 200
"""Characters that are shown of the line before and the line after."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line's text, and whether it was searched for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """The line before a hit or after it."""

    voice: VoiceName | None
    text: str


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit as readers see it.

    Attributes:
        address: where the line stands in its transcript.
        from_ms: where its sound begins to be played.
        voice: None where it belongs to nobody.
        character: as whom it is spoken; empty where the speaker is nobody but themselves.
        before: the line before; None where there is none, or where it is shown already.
        after: the line after, likewise.
    """

    uuid: UUID
    address: str
    clock: str
    from_ms: int
    end_ms: int
    voice: VoiceName | None
    character: str
    label: ShownLabel | None
    pieces: tuple[Piece, ...]
    before: Beside | None
    after: Beside | None


@dataclass(frozen=True, slots=True)
class OfSession:
    """The hits of one session that are shown.

    Attributes:
        count: how many it has in all, in words.
        continued: whether the page before ended with hits of the same session.
        audio: address of its sound; empty where it has none.
    """

    session: Session
    hits: tuple[ShownHit, ...]
    count: str
    continued: bool
    audio: str


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits.

    Attributes:
        total: how many there are, in words; empty where nothing was found.
        notes: what was searched for beside what was typed, in words.
        following: where the next page begins, as it stands in its address; empty where this is the last.
        has_words: whether there was anything to look for.
    """

    groups: tuple[OfSession, ...]
    total: str
    notes: tuple[str, ...]
    following: str
    has_words: bool


def shown(found: Found, choices: Choices, after: Place | None = None) -> Results:
    """Returns what was found ready to read; as many queries for many hits as for one.

    Args:
        found: of the campaign that ``choices`` are of.
        choices: with its sessions.
        after: where the page began; None for the first.
    """
    sessions = {session.pk: session for session in choices.sessions}
    hits = [hit for hit in found.hits if hit.session in sessions]
    lines = _lines(hits)
    around = _around(lines.values())
    names = voice_book().names(
        Voice.objects.filter(session__in={hit.session for hit in hits}).defer("embedding")
    )
    groups: list[OfSession] = []
    for key, of_session in groupby((hit for hit in hits if hit.key in lines), key=lambda hit: hit.session):
        session = sessions[key]
        groups.append(
            OfSession(
                session=session,
                hits=_hits(session, list(of_session), lines, around, names),
                count=_hit_count(found, key),
                continued=not groups and after is not None and after.session_number == session.number,
                audio=reverse("session-audio", args=[session.uuid]) if session.audio_name else "",
            )
        )
    following = found.following
    return Results(
        groups=tuple(groups),
        total=_total(found),
        notes=(*_forgiven(found), *_known_as(found)),
        following=f"{following.session_number}.{following.position}.{following.start_ms}"
        if following
        else "",
        has_words=found.has_words,
    )


def place_of(value: str) -> Place | None:
    """Returns the place that an address means; None where nobody can mean it.

    >>> place_of("3.17.45000"), place_of("3.17"), place_of("3.-1.0")
    (Place(session_number=3, position=17, start_ms=45000), None, None)
    """
    parts = value.split(".")
    if len(parts) != 3 or not all(is_number(part, digits=9) for part in parts):
        return None
    number, position, start_ms = map(int, parts)
    return Place(number, position, start_ms)


def pieces(text: str, marks: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """Returns ``text`` in pieces, of which those in ``marks`` were searched for; together they are the text.

    >>> [(piece.text, piece.found) for piece in pieces("De trollen slapen.", [(3, 10)])]
    [('De ', False), ('trollen', True), (' slapen.', False)]
    """
    found: list[Piece] = []
    at = 0
    for start, end in marks:
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        if start > at:
            found.append(Piece(text[at:start], False))
        found.append(Piece(text[start:end], True))
        at = end
    if at < len(text) or not found:
        found.append(Piece(text[at:], False))
    return tuple(found)


def _lines(hits: Sequence[Hit]) -> dict[int, Segment]:
    """Returns the lines of ``hits`` by primary key; ``before_key`` and ``after_key`` name those beside them."""
    here = Segment.objects.filter(session=OuterRef("session")).exclude(text="")
    # The first condition alone lets the index go straight to the place; the second one leaves the line itself out.
    before = here.filter(position__lte=OuterRef("position")).filter(
        Q(position__lt=OuterRef("position")) | Q(start_ms__lt=OuterRef("start_ms"))
    )
    after = here.filter(position__gte=OuterRef("position")).filter(
        Q(position__gt=OuterRef("position")) | Q(start_ms__gt=OuterRef("start_ms"))
    )
    rows = Segment.objects.filter(pk__in=[hit.key for hit in hits]).annotate(
        before_key=Subquery(before.order_by("-position", "-start_ms").values("pk")[:1]),
        after_key=Subquery(after.order_by("position", "start_ms").values("pk")[:1]),
    )
    told = rows.select_related("character", "label_character").defer("words", "heard_words", "heard_text")
    return {line.pk: line for line in told}


def _around(lines: Iterable[Segment]) -> dict[int, tuple[int | None, str]]:
    """Returns voice and text of the lines beside ``lines``, by primary key."""
    keys = {key for line in lines for key in (line.before_key, line.after_key)} - {None}  # type: ignore[attr-defined]
    rows = Segment.objects.filter(pk__in=keys).values_list("pk", "voice_id", "text")
    return {key: (voice, text) for key, voice, text in rows}


def _hits(
    session: Session,
    hits: list[Hit],
    lines: dict[int, Segment],
    around: dict[int, tuple[int | None, str]],
    names: dict[int, VoiceName],
) -> tuple[ShownHit, ...]:
    """Returns the hits of one session; a line that is shown already is not repeated beside the next hit."""
    keys = {hit.key for hit in hits}
    befores: list[int | None] = [lines[hit.key].before_key for hit in hits]  # type: ignore[attr-defined]
    afters: list[int | None] = [lines[hit.key].after_key for hit in hits]  # type: ignore[attr-defined]
    repeated = [False, *(a is not None and a == b for a, b in zip(afters, befores[1:], strict=False))]

    def beside(key: int | None, *, from_end: bool) -> Beside | None:
        if key is None or key in keys or key not in around:
            return None
        voice, text = around[key]
        return Beside(names.get(voice) if voice is not None else None, _cut(text, from_end=from_end))

    return tuple(
        _hit(
            session,
            hit,
            lines[hit.key],
            names.get(lines[hit.key].voice_id or 0),
            None if again else beside(before, from_end=True),
            beside(after, from_end=False),
        )
        for hit, before, after, again in zip(hits, befores, afters, repeated, strict=True)
    )


def _hit(
    session: Session,
    hit: Hit,
    line: Segment,
    voice: VoiceName | None,
    before: Beside | None,
    after: Beside | None,
) -> ShownHit:
    return ShownHit(
        uuid=line.uuid,
        address=f"{session.get_absolute_url()}#line-{line.uuid}",
        clock=clock(line.start_ms),
        from_ms=max(line.start_ms - LEAD_MS, 0),
        end_ms=line.end_ms,
        voice=voice,
        character=spoken_as(line, voice.character if voice else ""),
        label=shown_label(line),
        pieces=pieces(hit.text, hit.marks),
        before=before,
        after=after,
    )


def _cut(text: str, *, from_end: bool) -> str:
    """Returns the end of a long text that stands before something, or the beginning of one that stands after it."""
    if len(text) <= BESIDE:
        return text
    if from_end:
        return f"… {text[-BESIDE:].partition(' ')[2]}"
    return f"{text[:BESIDE].rpartition(' ')[0]} …"


def _hit_count(found: Found, session: int) -> str:
    count = found.counts.get(session, 0)
    return ngettext("%(count)s line", "%(count)s lines", count) % {"count": number_format(count)}


def _total(found: Found) -> str:
    lines = sum(found.counts.values())
    if not found.hits:
        return ""
    if not found.counted_all:
        return _("More than %(count)s lines") % {"count": number_format(lines)}
    count = ngettext("%(count)s line", "%(count)s lines", lines) % {"count": number_format(lines)}
    sessions = ngettext("%(count)s session", "%(count)s sessions", len(found.counts))
    return _("%(lines)s in %(sessions)s") % {
        "lines": count,
        "sessions": sessions % {"count": number_format(len(found.counts))},
    }


def _forgiven(found: Found) -> list[str]:
    return [
        _("Nobody said “%(typed)s”. Shown is what is spelt nearly like it: %(words)s.")
        % {"typed": typed, "words": _listed(words)}
        for typed, words in found.forgiven
    ]


def _known_as(found: Found) -> list[str]:
    return [
        _("“%(typed)s” is also called %(names)s.") % {"typed": typed, "names": _listed(names)}
        for typed, names in found.known_as
    ]


def _listed(words: Iterable[str]) -> str:
    return str(get_text_list([f"“{word}”" for word in words], _("or")))
