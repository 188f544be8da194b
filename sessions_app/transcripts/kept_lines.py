"""Lines that people shaped, which live on as the rows they are when a Run stores what it heard.

>>> from sessions_app.models import Segment
>>> machine_words_of(Segment.objects.filter(session=session)) > 0
True
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.carrying import Parted, part, says_the_same
from engine.placing import LineBefore, Whose
from engine.retiming import StoredWord, retimed
from engine.values import Line, Word
from sessions_app.models import Run, Segment, Session, Tier, Voice
from sessions_app.models.transcript import SegmentQuerySet


@dataclass(frozen=True, slots=True)
class KeptLines:
    """The lines that people shaped, and what is heard in their place now.

    Attributes:
        rows: in the order of the transcript, removed ones as well.
        left: the new lines, less what belongs to these.
        edited: which of ``rows``, by index, said something else than the machine had heard before.
        given: by the index of a row, what the machine hears in it now, word by word, and as whose.
    """

    rows: tuple[Segment, ...]
    left: tuple[Line, ...]
    edited: frozenset[int]
    given: Mapping[int, Sequence[tuple[int | None, Word]]]

    @property
    def standing(self) -> list[Segment]:
        """Those that nobody removed."""
        return [row for row in self.rows if row.removed_at is None]

    def hear(self, run: Run | None, voices: Mapping[int, Voice]) -> None:
        """Sets beside the texts what is heard now, and gives the rows the voices of that; nothing is stored yet.

        A voice that a person gave a line stays its voice.

        Args:
            run: what heard it.
            voices: the rows of the voices that are heard now.
        """
        for row in self.rows:
            row.run, row.tier = run, Tier.BATCH
        for at, words in self.given.items():
            row = self.rows[at]
            _hear(row, [word.to_json() for _, word in words])
            (most, _), *_others = Counter(whose for whose, _ in words).most_common()
            if most is not None:
                was_moved = row.voice_id != row.heard_voice_id
                row.heard_voice = voices[most]
                if not was_moved:
                    row.voice = voices[most]


def kept_lines(
    session: Session,
    kept: SegmentQuerySet,
    others: SegmentQuerySet,
    lines: Sequence[Line],
    numbers: Mapping[int, int],
) -> KeptLines:
    """Returns the lines of ``session`` that people shaped, with what belongs to them of the lines that are heard now.

    Args:
        session: of which the lines are.
        kept: those that live on.
        others: those that make way for ``lines``.
        lines: what is heard now, in order.
        numbers: which number each voice of ``lines`` has in the session.
    """
    rows = tuple(kept)
    person = _persons(session)
    before = [*_rows_before(rows, person.by_row), *(_others_before(others, person.by_row) if rows else ())]
    whose = [None if line.voice is None else person.by_number(numbers[line.voice]) for line in lines]
    parted: Parted = part(before, lines, whose)
    return KeptLines(
        rows=rows,
        left=parted.left,
        edited=frozenset(at for at, row in enumerate(rows) if row.is_edited and row.text != row.heard_text),
        given={at: [(lines[line].voice, word) for line, word in words] for at, words in parted.given.items()},
    )


def machine_words_of(lines: SegmentQuerySet) -> int:
    """Returns how many words the machine heard in ``lines``, whatever people made of them since.

    Lines may be split, joined, written anew or removed: the words that were heard stay in them, and are as many.
    """
    rows = lines.values_list("heard_text", "heard_words", "words")
    return sum(len(_machine_words(*row)) for row in rows.iterator(chunk_size=1000))


def _machine_words(
    heard_text: str | None, heard_words: list[StoredWord], words: list[StoredWord]
) -> list[StoredWord]:
    """Returns what was heard in a line last: of one that was found right or removed that is kept beside its words."""
    return heard_words if heard_words or heard_text is not None else words


@dataclass(frozen=True, slots=True)
class _Persons:
    """Numbers that stand for the voices of one person, by row and by number: merged voices have the same."""

    by_row: Callable[[int | None], Whose]
    by_number: Callable[[int], Whose]


def _persons(session: Session) -> _Persons:
    rows = list(Voice.objects.filter(session=session).values_list("pk", "number", "merged_into__number"))
    by_row = {pk: number if root is None else root for pk, number, root in rows}
    by_number = {number: by_row[pk] for pk, number, _ in rows}
    return _Persons(
        by_row=lambda pk: None if pk is None else by_row[pk],
        by_number=lambda number: by_number.get(number, number),
    )


def _rows_before(rows: Sequence[Segment], whose: Callable[[int | None], Whose]) -> Iterator[LineBefore]:
    for row in rows:
        heard = _machine_words(row.heard_text, row.heard_words, row.words)
        written = row.words or retimed([], row.text, row.start_ms, row.end_ms)
        voices = frozenset({whose(row.heard_voice_id), whose(row.voice_id)})
        yield LineBefore(row.start_ms, row.end_ms, voices, heard, written, kept=True)


def _others_before(lines: SegmentQuerySet, whose: Callable[[int | None], Whose]) -> Iterator[LineBefore]:
    rows = lines.values_list("start_ms", "end_ms", "heard_voice", "voice", "words")
    for start_ms, end_ms, heard_voice, voice, words in rows.iterator(chunk_size=1000):
        yield LineBefore(start_ms, end_ms, frozenset({whose(heard_voice), whose(voice)}), words)


def _hear(row: Segment, words: list[StoredWord]) -> None:
    """Sets ``words`` as what the machine hears in ``row``, whose own text stays.

    Where that is what the line says, nothing more is to be said. Where it is neither that nor what was heard before,
    somebody should look; until they do, it stays so. A line that was removed as it was heard is what is heard in it
    now, if somebody wants it back.
    """
    text = " ".join(word[2] for word in words)
    agrees = says_the_same(text, row.text)
    if not row.is_edited and not row.reviewed:
        row.text, row.words = text, retimed(words, text, row.start_ms, row.end_ms)
    elif row.is_edited or not agrees:
        row.heard_anew = not agrees and (row.heard_anew or not says_the_same(text, row.machine_text))
        row.heard_text = text
    row.heard_words = words
