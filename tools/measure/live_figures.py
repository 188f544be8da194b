"""Figures of what was shown, against the truth: delays, edits, wrong speakers, and what was lost or doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from tools.measure.figures import Figure
from tools.measure.live_audio import Evening, TrueWord
from tools.measure.live_shown import Shown, ShownUtterance, ShownWord

HEARD = 0.5
"""A turn counts as heard by the batch pass if so much of it was."""
KEPT = 0.5
"""Such a turn is lost live if less than so much of what the batch pass heard is there."""
SLACK_MS = 400
"""Times of words may be so wrong."""
OVERLAP = 0.5
"""Lines of one capture that share so much of the shorter one's time, and of its text, are one line twice."""


@dataclass(slots=True)
class Delays:
    """Seconds from when something was spoken to when it was shown.

    Attributes:
        final: from the end of an utterance's last word to its lines.
        word_final: from each word's end to the line that holds it.
        word_firm: from each word's end to when it stood firm, in a draft or in its line.
        word_first: from each word's end to when it was first shown, as it stayed.
        draft: from the beginning of an utterance to the first that is shown of it.
        at: when each of ``final`` was shown, for growth.
        edits: words that were shown and taken back.
        shown: words of all lines.
    """

    final: list[float] = field(default_factory=list)
    word_final: list[float] = field(default_factory=list)
    word_firm: list[float] = field(default_factory=list)
    word_first: list[float] = field(default_factory=list)
    draft: list[float] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    edits: int = 0
    shown: int = 0

    def add(self, other: Delays) -> None:
        """Takes in those of another capture."""
        for name in ("final", "word_final", "word_firm", "word_first", "draft", "at"):
            getattr(self, name).extend(getattr(other, name))
        self.edits += other.edits
        self.shown += other.shown

    @property
    def worst_s(self) -> float:
        """The slowest of all: a line after its utterance, or a word after it was spoken."""
        return max([*self.final, *self.word_first], default=0.0)


def plain(text: str) -> str:
    """Returns a word as it is compared: small letters, no marks."""
    return re.sub(r"[^\w']", "", text.lower())


def delays(shown: Shown, truth: Evening) -> Delays:
    """Returns the delays of everything that was shown of one capture."""
    spoken, found = truth.words, Delays()
    for one in shown.utterances:
        if one.at_s is None or not one.words:
            continue
        ends = _true_ends(one.words, spoken)
        starts_ms = [w.start_ms for w in spoken if _inside(w, one.words)]
        start_ms = min(starts_ms, default=one.words[0].start_ms)
        first_s = min([draft.at_s for draft in one.drafts if draft.firm or draft.soft] + [one.at_s])
        found.draft.append(first_s - start_ms / 1000)
        found.final.append(one.at_s - max(ends) / 1000)
        found.at.append(one.at_s)
        for end_ms, (first, firm) in zip(ends, _appearances(one), strict=True):
            found.word_final.append(one.at_s - end_ms / 1000)
            found.word_first.append(first - end_ms / 1000)
            found.word_firm.append(firm - end_ms / 1000)
        found.edits += _edits(one)
        found.shown += len(one.words)
    return found


def _inside(word: TrueWord, words: Sequence[ShownWord]) -> bool:
    middle = (word.start_ms + word.end_ms) // 2
    return words[0].start_ms - SLACK_MS // 2 <= middle <= words[-1].end_ms + SLACK_MS // 2


def _true_ends(words: Sequence[ShownWord], spoken: Sequence[TrueWord]) -> list[int]:
    """Returns when each word really ended: the same word of the truth nearby, or what the line says."""
    near = [w for w in spoken if w.end_ms > words[0].start_ms - 2000 and w.start_ms < words[-1].end_ms + 2000]
    ends = [word.end_ms for word in words]
    match = SequenceMatcher(
        None, [plain(w.text) for w in words], [plain(w.text) for w in near], autojunk=False
    )
    for block in match.get_matching_blocks():
        for i in range(block.size):
            true = near[block.b + i]
            if abs(true.end_ms - words[block.a + i].end_ms) < 2000:
                ends[block.a + i] = true.end_ms
    return ends


def _appearances(one: ShownUtterance) -> list[tuple[float, float]]:
    """Returns when each word of the lines was first shown so that it stayed, and when it stood firm."""
    assert one.at_s is not None
    final = [plain(word.text) for word in one.words]
    first, firm = [one.at_s] * len(final), [one.at_s] * len(final)
    for draft in reversed(one.drafts):  # back from the line: a word that vanished on the way appeared later
        sure = draft.firm.split()
        words = [plain(word) for word in sure + draft.soft.split()]
        match = SequenceMatcher(None, final, words, autojunk=False)
        for block in match.get_matching_blocks():
            for i in range(block.size):
                first[block.a + i] = min(first[block.a + i], draft.at_s)
                if block.b + i < len(sure):
                    firm[block.a + i] = min(firm[block.a + i], draft.at_s)
    return list(zip(first, firm, strict=True))


def _edits(one: ShownUtterance) -> int:
    texts = [f"{draft.firm} {draft.soft}".split() for draft in one.drafts]
    texts.append([word.text for word in one.words])
    edits = 0
    for before, after in pairwise(texts):
        old, new = [plain(word) for word in before], [plain(word) for word in after]
        kept = sum(
            block.size for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        )
        edits += len(old) - kept
    return edits


def wrong_speakers(shown: Shown, truth: Evening) -> float | None:
    """Returns the share of words under another person's voice, voices and people matched as fits best."""
    pairs: list[tuple[int, str, int]] = []
    spoken = [word for word in truth.words if word.voice]
    for word in shown.words:
        middle = (word.start_ms + word.end_ms) // 2
        there = [true for true in spoken if true.start_ms <= middle <= true.end_ms]
        if there and word.voice is not None:
            pairs.append((word.voice, there[0].voice, 1))
    if not pairs:
        return None
    voices, people = sorted({p[0] for p in pairs}), sorted({p[1] for p in pairs})
    table = np.zeros((len(voices), len(people)))
    for voice, person, count in pairs:
        table[voices.index(voice), people.index(person)] += count
    rows, columns = linear_sum_assignment(-table)
    return 1.0 - float(table[rows, columns].sum() / table.sum())


@dataclass(frozen=True, slots=True)
class Losses:
    """What is missing or twice, by utterance of the truth and against the batch pass.

    Attributes:
        words: words that the batch pass heard, of turns that are lost live.
        turns: such turns.
        doubled: lines that are there twice.
        words_fewer: words of the truth that the batch pass heard and live did not, less the reverse: the model's doing.
        heard: words of the truth that the batch pass heard.
    """

    words: int
    turns: int
    doubled: int
    words_fewer: int
    heard: int


def losses(lines: Shown, batch: Sequence[ShownWord], truth: Evening) -> Losses:
    """Compares what is there in the end with the batch pass over the same sound."""
    live, whole = lines.words, list(batch)
    words = turns = fewer = heard = 0
    for turn in truth.turns:
        there, expected = _matched(turn, live), _matched(turn, whole)
        heard += expected
        fewer += expected - there
        if expected >= HEARD * len(turn) and there < KEPT * expected:
            turns += 1
            words += expected - there
    return Losses(words, turns, _doubled(lines), fewer, heard)


def _matched(turn: Sequence[TrueWord], words: Sequence[ShownWord]) -> int:
    near = [
        plain(word.text)
        for word in words
        if turn[0].start_ms - SLACK_MS <= (word.start_ms + word.end_ms) // 2 <= turn[-1].end_ms + SLACK_MS
    ]
    match = SequenceMatcher(None, [plain(word.text) for word in turn], near, autojunk=False)
    return sum(block.size for block in match.get_matching_blocks())


def _doubled(shown: Shown) -> int:
    lines = sorted(shown.lines)
    doubled = 0
    for i, (start, end, words) in enumerate(lines):
        for other_start, other_end, other in lines[i + 1 :]:
            if other_start >= end:
                break
            shared = min(end, other_end) - other_start
            shorter = max(1, min(end - start, other_end - other_start))
            same = SequenceMatcher(None, [plain(w) for w in words], [plain(w) for w in other], autojunk=False)
            if shared >= OVERLAP * shorter and same.ratio() >= OVERLAP:
                doubled += 1
    return doubled


def percentile(values: Sequence[float], share: float) -> float:
    """Returns the value below which so many percent lie; 0 of none."""
    return float(np.percentile(values, share)) if values else 0.0


def delay_figures(prefix: str, found: Delays, *, targets: bool) -> Iterator[Figure]:
    """Yields the figures of delays under keys that begin with ``prefix``."""
    most = {"final_p95_s": 1.5, "draft_median_s": 1.2, "worst_s": 5.0} if targets else {}
    figures = {
        "final_median_s": percentile(found.final, 50),
        "final_p95_s": percentile(found.final, 95),
        "draft_median_s": percentile(found.draft, 50),
        "draft_p95_s": percentile(found.draft, 95),
        "firm_word_median_s": percentile(found.word_firm, 50),
        "firm_word_p95_s": percentile(found.word_firm, 95),
        "first_word_median_s": percentile(found.word_first, 50),
        "first_word_p95_s": percentile(found.word_first, 95),
        "final_word_median_s": percentile(found.word_final, 50),
        "final_word_p95_s": percentile(found.word_final, 95),
        "worst_s": found.worst_s,
    }
    for name, value in figures.items():
        yield Figure(f"{prefix}.{name}", value, "s", at_most=most.get(name))
    yield Figure(f"{prefix}.edits_per_word", found.edits / max(1, found.shown), "")
    yield Figure(f"{prefix}.utterances", len(found.final))


def slope_per_hour(at_s: Sequence[float], values: Sequence[float]) -> float:
    """Returns how much ``values`` grow in an hour, by the line that fits best; 0 for fewer than two."""
    if len(at_s) < 2 or max(at_s) == min(at_s):
        return 0.0
    return float(np.polyfit(np.asarray(at_s), np.asarray(values), 1)[0]) * 3600
