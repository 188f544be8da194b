"""Gives each word its voice and sets the words as lines; called once the recogniser and the diarizer are done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.turn_index import TurnIndex
from engine.values import Diarization, Line, Utterance, Word

SENTENCE_ENDS = (".", "?", "!", "…")
CLAUSE_ENDS = (",", ";", ":", "-", "–", "—")  # noqa: RUF001
CLOSERS = "\"'”’»)]"  # noqa: RUF001 (typographic quotes are what recognisers write)


@dataclass(frozen=True, slots=True)
class AlignConfig:
    """Where a line may change its speaker and where it ends.

    The costs of a change are in words: a change within a sentence happens only where more than ``change_within`` words
    of evidence speak for it, which moves a change by at most one word to the end of a sentence.

    Attributes:
        change_at_end: cost of a change between sentences, or over a pause.
        change_at_clause: cost of a change behind a comma.
        change_within: cost of a change between any two other words.
        reach_ms: a word that no turn covers belongs to the nearest turn within this, else to nobody.
        clear_pause_ms: over a pause this long, a change is as likely as between sentences.
        break_ms: over a pause this long, a line ends even where the voice goes on.
        long_ms: a line that is at least this long ends with its sentence.
        long_words: the same, counted in words.
        max_ms: no line of more than one word is longer than this.
        max_words: no line has more words than this.
    """

    change_at_end: float = 0.2
    change_at_clause: float = 1.25
    change_within: float = 1.5
    reach_ms: int = 1_500
    clear_pause_ms: int = 500
    break_ms: int = 1_500
    long_ms: int = 15_000
    long_words: int = 35
    max_ms: int = 30_000
    max_words: int = 60

    def __post_init__(self) -> None:
        if not 0 <= self.change_at_end <= self.change_at_clause <= self.change_within:
            raise ValueError("a change must cost less at the end of a sentence than within it")
        if min(self.reach_ms, self.clear_pause_ms, self.break_ms) < 0:
            raise ValueError("pauses must not be negative")
        if not (0 < self.long_ms <= self.max_ms and 0 < self.long_words <= self.max_words):
            raise ValueError("a long line must not be longer than the longest")


def align(
    utterances: Sequence[Utterance], diarization: Diarization, config: AlignConfig | None = None
) -> list[Line]:
    """Returns the lines of the transcript in time order; every word is in exactly one, in its order.

    Args:
        utterances: what the recogniser heard, in any order; those marked as not heard become lines without words.
        diarization: whose turns give the words their voices.
        config: costs and lengths.

    >>> from engine.values import Diarization, Turn, Utterance, Word
    >>> heard = Utterance(0, 3_000, (Word(0, 900, "Ready?", 0.9), Word(2_000, 2_900, "Yes.", 0.9)))
    >>> turns = (Turn(0, 1_000, 0), Turn(1_900, 3_000, 1))
    >>> [(line.voice, line.text) for line in align([heard], Diarization(turns, ()))]
    [(0, 'Ready?'), (1, 'Yes.')]
    """
    config = config or AlignConfig()
    turns = TurnIndex(diarization.turns)
    lines: list[Line] = []
    words: list[Word] = []
    for utterance in sorted(utterances, key=lambda u: (u.start_ms, u.end_ms)):
        if utterance.heard:
            words.extend(utterance.words)
            continue
        lines.extend(_lines(words, turns, config))
        words = []
        voice = turns.loudest(utterance.start_ms, utterance.end_ms, config.reach_ms)
        lines.append(Line(utterance.start_ms, utterance.end_ms, voice, (), heard=False))
    lines.extend(_lines(words, turns, config))
    return sorted(lines, key=lambda line: (line.start_ms, line.end_ms))


def _lines(words: Sequence[Word], turns: TurnIndex, config: AlignConfig) -> Iterator[Line]:
    """Yields the lines of words between which nothing was left unheard."""
    voices = _voices(words, turns, config)
    first = 0
    for i in range(1, len(words) + 1):
        ends = (
            i == len(words) or voices[i] != voices[first] or _pause(words[i - 1], words[i]) >= config.break_ms
        )
        if ends:
            for part in _set(words[first:i], config):
                start_ms, end_ms = min(w.start_ms for w in part), max(w.end_ms for w in part)
                yield Line(start_ms, end_ms, voices[first], tuple(part))
            first = i


def _voices(words: Sequence[Word], turns: TurnIndex, config: AlignConfig) -> list[int | None]:
    """Returns the voice of each word: the cheapest sequence by Viterbi's algorithm, None where no turn is near."""
    found = [turns.evidence(word, config.reach_ms) for word in words]
    voices: list[int | None] = [None] * len(words)
    first = 0
    for i in range(len(words) + 1):
        if i < len(words) and found[i]:
            continue
        for j, voice in enumerate(_cheapest(words[first:i], found[first:i], config), start=first):
            voices[j] = voice
        first = i + 1
    return voices


def _cheapest(words: Sequence[Word], found: Sequence[dict[int, float]], config: AlignConfig) -> Iterator[int]:
    states = sorted({voice for evidence in found for voice in evidence})
    gain = dict.fromkeys(states, 0.0)
    came_from: list[dict[int, int]] = []
    for i, evidence in enumerate(found):
        best = max(states, key=lambda voice: gain[voice])
        cost = _change_cost(words[i - 1], words[i], config) if i else 0.0
        origin = {voice: voice if gain[voice] >= gain[best] - cost else best for voice in states}
        gain = {voice: max(gain[voice], gain[best] - cost) + evidence.get(voice, 0.0) for voice in states}
        came_from.append(origin)
    if not found:
        return
    path = [max(states, key=lambda voice: gain[voice])]
    for origin in reversed(came_from[1:]):
        path.append(origin[path[-1]])
    yield from reversed(path)


def _change_cost(before: Word, after: Word, config: AlignConfig) -> float:
    if ends_sentence(before) or _pause(before, after) >= config.clear_pause_ms:
        return config.change_at_end
    return config.change_at_clause if ends_clause(before) else config.change_within


def ends_sentence(word: Word) -> bool:
    """Returns whether the word closes a sentence, quotes and brackets behind the stop included."""
    return word.text.rstrip(CLOSERS).endswith(SENTENCE_ENDS)


def ends_clause(word: Word) -> bool:
    """Returns whether the word is followed by a comma, dash or the like."""
    return word.text.rstrip(CLOSERS).endswith(CLAUSE_ENDS)


def _pause(before: Word, after: Word) -> int:
    return after.start_ms - before.end_ms


def _set(words: Sequence[Word], config: AlignConfig) -> Iterator[Sequence[Word]]:
    """Yields the words of one voice as lines that end with a sentence where they can."""
    first = 0
    for i in range(1, len(words) + 1):
        while i > first + 1 and _length(words[first:i], config, config.max_ms, config.max_words) > 1:
            cut = first + _best_cut(words[first : i - 1])
            yield words[first:cut]
            first = cut
        line = words[first:i]
        long = _length(line, config, config.long_ms, config.long_words) >= 1
        if long and i < len(words) and ends_sentence(line[-1]):
            yield line
            first = i
    if first < len(words):
        yield words[first:]


def _length(words: Sequence[Word], config: AlignConfig, full_ms: int, full_words: int) -> float:
    """Returns how long the words are as a share of a full line, by time or by count, whichever is more."""
    return max((words[-1].end_ms - words[0].start_ms) / full_ms, len(words) / full_words)


def _best_cut(words: Sequence[Word]) -> int:
    """Returns how many words to set on a line that is too long: up to the last sentence, clause or widest pause."""
    earliest = max(1, len(words) // 3)
    for ends in (ends_sentence, ends_clause):
        for count in range(len(words), earliest - 1, -1):
            if ends(words[count - 1]):
                return count
    candidates = range(earliest, len(words))
    return max(candidates, key=lambda n: (_pause(words[n - 1], words[n]), n), default=len(words))
