"""Guards against text that nobody said: language-neutral first, a short list of known phrases last.

Whisper's ways of making things up: text in silence, a few words in a loop, the credits of the subtitles that
it was trained on. A guard never judges by length: a single "ja" or "nee" is speech.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import mean

from engine.config import GuardConfig
from engine.levels import level_db, speech_level_db
from engine.values import Language, PcmReader, Span, Utterance, Word

PHRASES: dict[Language, tuple[str, ...]] = {
    "nl": (
        "ondertiteld door",
        "ondertiteling",
        "ondertitels ingediend door",
        "bedankt voor het kijken",
        "tot de volgende keer",
        "abonneer je op",
        "nl ondertiteling",
    ),
    "en": (
        "thanks for watching",
        "thank you for watching",
        "thank you very much for watching",
        "please subscribe",
        "subscribe to my channel",
        "subtitles by",
        "transcribed by",
        "captions by",
        "amara org",
        "see you in the next video",
    ),
}
"""What Whisper makes up in each language; English ones come in others too, as they do in what it was trained on."""

ISOLATED_MS = 2_000
LONGEST_PATTERN = 8
IMPROBABLE_WORD = 0.4
LOOP_COMPRESSION = 2.4
MIN_WORDS_FOR_RATE = 4


def believable(
    utterances: Sequence[Utterance],
    audio: PcmReader,
    speech: Sequence[Span],
    language: Language,
    config: GuardConfig,
) -> list[Utterance]:
    """Returns ``utterances`` without what was made up: loops shortened, lines dropped.

    Args:
        utterances: of one chunk, in time order.
        audio: the whole recording, read where a line is in doubt.
        speech: the chunk's detected speech.
        language: of the session, whose phrases are known.
        config: the limits.

    >>> from engine.fakes import FakeAudio
    >>> words = (Word(0, 500, "Thanks", 0.3), Word(500, 900, "for", 0.3), Word(900, 1_500, "watching!", 0.3))
    >>> believable([Utterance(0, 1_500, words)], FakeAudio.silence(2_000), [], "en", GuardConfig())
    []
    """
    unlooped = [_without_loops(utterance, config) for utterance in utterances]
    phrases = (*PHRASES[language], *PHRASES["en"])
    kept: list[Utterance] = []
    usual_db: float | None = None
    for number, utterance in enumerate(unlooped):
        if not utterance.words:
            continue
        if _voiced_share(utterance, speech) < config.min_voiced_share or _too_fast(utterance, config):
            continue
        weak = utterance.avg_logprob < config.weak_logprob
        credit = _is_phrase(utterance, phrases) and _is_isolated(number, unlooped)
        if weak or credit:
            usual_db = speech_level_db(audio, speech) if usual_db is None else usual_db
            if level_db(audio, utterance.start_ms, utterance.end_ms) < usual_db + config.quiet_db:
                continue
        kept.append(utterance)
    return kept


def _without_loops(utterance: Utterance, config: GuardConfig) -> Utterance:
    """Cuts a pattern that goes on for too long to its first occurrence, unless it was plainly spoken."""
    words = list(utterance.words)
    start = 0
    while start < len(words):
        size, repeats = _pattern(words, start)
        if repeats > config.max_repeats:
            stop = start + size * repeats
            if _is_made_up(utterance, words[start:stop], config):
                del words[start + size : stop]
        start += 1
    if len(words) == len(utterance.words):
        return utterance
    return replace(utterance, words=tuple(words), end_ms=words[-1].end_ms)


def _pattern(words: Sequence[Word], start: int) -> tuple[int, int]:
    """Returns the length of the shortest pattern that repeats from ``start`` on, and how often it comes."""
    texts = [_plain(word.text) for word in words[start:]]
    best = (1, 1)
    for size in range(1, min(LONGEST_PATTERN, len(texts) // 2) + 1):
        repeats = 1
        while texts[repeats * size : (repeats + 1) * size] == texts[:size]:
            repeats += 1
        if repeats * size > best[0] * best[1] and repeats > 1:
            best = (size, repeats)
    return best


def _is_made_up(utterance: Utterance, loop: Sequence[Word], config: GuardConfig) -> bool:
    seconds = max(1, loop[-1].end_ms - loop[0].start_ms) / 1000
    return (
        utterance.compression_ratio > LOOP_COMPRESSION
        or len(loop) / seconds > config.max_words_per_second
        or mean(word.probability for word in loop) < IMPROBABLE_WORD
    )


def _voiced_share(utterance: Utterance, speech: Sequence[Span]) -> float:
    length = max(1, utterance.end_ms - utterance.start_ms)
    voiced = sum(
        max(0, min(span.end_ms, utterance.end_ms) - max(span.start_ms, utterance.start_ms)) for span in speech
    )
    if not voiced and any(span.start_ms <= utterance.start_ms < span.end_ms for span in speech):
        return 1.0  # a word without length, placed in speech
    return voiced / length


def _too_fast(utterance: Utterance, config: GuardConfig) -> bool:
    seconds = max(1, utterance.end_ms - utterance.start_ms) / 1000
    count = len(utterance.words)
    return count >= MIN_WORDS_FOR_RATE and count / seconds > config.max_words_per_second


def _is_phrase(utterance: Utterance, phrases: Sequence[str]) -> bool:
    text = " ".join(filter(None, (_plain(word.text) for word in utterance.words)))
    return any(text.startswith(phrase) or text.endswith(phrase) for phrase in phrases)


def _is_isolated(number: int, utterances: Sequence[Utterance]) -> bool:
    here = utterances[number]
    before = utterances[number - 1].end_ms if number else None
    after = utterances[number + 1].start_ms if number + 1 < len(utterances) else None
    return (before is None or here.start_ms - before >= ISOLATED_MS) and (
        after is None or after - here.end_ms >= ISOLATED_MS
    )


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
