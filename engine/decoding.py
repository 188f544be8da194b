"""Decodes windows through faster-whisper's model: several at once, each with second tries of its own.

faster-whisper's own batched pipeline drops the words after a window's last pair of timestamps and never tries
again at a higher temperature; its sequential pass can't decode windows together. This does both with the same
parts of the library (encode, generate, word alignment).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import AsrConfig
from engine.errors import ModelBroken
from engine.values import Language, PcmReader, Utterance, Word
from engine.windows import Window

Features = NDArray[np.float32]
"""Log-mel features of one window, shape ``(mels, 3000)``."""

WINDOW_S = 30.0
MS_PER_FRAME = 10
TIMESTAMP_MS = 20
BEST_OF = 5
LONGEST_OUTPUT = 448
TOKENS_AT_LEAST, TOKENS_PER_SECOND = 20, 16
"""Of a text that is decoded once: more tokens than anybody says."""

PREPEND = "\"'“¿([{-"
APPEND = "\"'.,!?:”)]}"
CPU_BATCHES = ((384, 8), (512, 5), (768, 3))
"""(width of the model up to, windows): tiny, base, small; larger ones take CPU_BATCH_OF_LARGE."""

CPU_BATCH_OF_LARGE = 1
GPU_BATCH = 8


@dataclass(frozen=True, slots=True)
class _Decoded:
    """The best text of one window and the figures it is judged by."""

    tokens: list[int]
    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float


class Decoder:
    """Decodes windows in one language with one loaded model.

    Args:
        model: a loaded ``faster_whisper.WhisperModel``.
        language: pinned for every window.
        hotwords: names, the most important first.
        config: beam, batch, temperatures and thresholds.

    Raises:
        ModelBroken: the model does not know the language.

    >>> from unittest.mock import Mock
    >>> english_only = Mock(model=Mock(is_multilingual=False))
    >>> Decoder(english_only, "nl", ["Mira"], AsrConfig())
    Traceback (most recent call last):
        ...
    engine.errors.ModelBroken: The speech model does not know this session's language (nl).
    """

    def __init__(self, model: Any, language: Language, hotwords: Sequence[str], config: AsrConfig) -> None:
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        known = model.hf_tokenizer.token_to_id(f"<|{language}|>") is not None
        if not known or (language != "en" and not model.model.is_multilingual):
            raise ModelBroken(
                "The speech model does not know this session's language (%(language)s).", language=language
            )
        self.language = language
        self._model = model
        self._config = config
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])
        self._prompt: list[int] = model.get_prompt(self._tokenizer, [], hotwords=self._fitting(hotwords))

    def decode(
        self, audio: PcmReader, windows: Sequence[Window], report: Callable[[int], None]
    ) -> Iterator[tuple[Window, list[Utterance]]]:
        """Yields each window with what is said in it, in order.

        Args:
            audio: the whole recording.
            windows: what to decode; read when their turn comes.
            report: told the milliseconds of sound that are done, as they are done.
        """
        waiting = list(windows)
        while waiting:
            batch, features, encoded = self._encode(waiting, audio, report)
            del waiting[: len(batch)]
            texts = self._generate(encoded, features)
            segments = self._align(encoded, texts, batch)
            for window, text, found in zip(batch, texts, segments, strict=True):
                report(window.duration_ms - window.duration_ms // 2)
                yield window, _utterances(window, text, found)

    def text(self, audio: PcmReader, window: Window) -> str:
        """Returns what is said in one window, decoded once and without the words' times; empty if in doubt.

        It costs what the first try costs, or less where that would go on in a loop: for drafts.
        """
        most = len(self._prompt) + TOKENS_AT_LEAST + window.duration_ms * TOKENS_PER_SECOND // 1000
        encoded = self._model.encode(self._features(window, audio))
        (found,) = self._at_temperature(encoded, 1, self._config.temperatures[0], min(most, LONGEST_OUTPUT))
        return "" if self._is_silence(found) or self._is_doubtful(found) else found.text

    def _fitting(self, hotwords: Sequence[str]) -> str | None:
        fitting: list[str] = []
        left = self._config.hotword_tokens
        for name in dict.fromkeys(name.strip() for name in hotwords if name.strip()):
            left -= len(self._tokenizer.encode(f" {name},"))
            if left < 0:
                break
            fitting.append(name)
        return ", ".join(fitting) or None

    def _features(self, window: Window, audio: PcmReader) -> Features:
        """Returns the window's log-mel features, ``(mels, 3000)``."""
        from faster_whisper.audio import pad_or_trim

        features: Features = pad_or_trim(self._model.feature_extractor(window.read(audio))[..., :-1])
        return features

    def _encode(
        self, waiting: Sequence[Window], audio: PcmReader, report: Callable[[int], None]
    ) -> tuple[list[Window], list[Features], Any]:
        """Returns the next batch of windows, their features and the encoder's output, ``(n, 1500, d)``.

        On a CPU the encoder gains nothing from a batch, and its attention takes much memory.
        """
        from faster_whisper.transcribe import get_ctranslate2_storage

        if self._model.model.device != "cpu":
            batch = list(waiting[: self._config.batch_size or GPU_BATCH])
            features = [self._features(window, audio) for window in batch]
            encoded = self._model.encode(np.stack(features))
            report(sum(window.duration_ms // 2 for window in batch))
            return batch, features, encoded
        batch, features, outputs, size = [], [], [], 1
        for window in waiting:
            batch.append(window)
            features.append(self._features(window, audio))
            outputs.append(np.asarray(self._model.encode(features[-1])))
            report(window.duration_ms // 2)
            size = self._config.batch_size or _cpu_batch(outputs[0].shape[-1])
            if len(batch) == size:
                break
        return batch, features, get_ctranslate2_storage(np.concatenate(outputs))

    def _generate(self, encoded: Any, features: list[Features]) -> list[_Decoded]:
        first, *more = self._config.temperatures
        texts = self._at_temperature(encoded, len(features), first)
        for number, text in enumerate(texts):
            if more and self._is_doubtful(text):
                alone = self._model.encode(features[number])
                tries = [text]
                for temperature in more:
                    tries += self._at_temperature(alone, 1, temperature)
                    if not self._is_doubtful(tries[-1]):
                        break
                texts[number] = self._best(tries)
        return texts

    def _at_temperature(
        self, encoded: Any, count: int, temperature: float, longest: int = LONGEST_OUTPUT
    ) -> list[_Decoded]:
        from faster_whisper.transcribe import get_compression_ratio

        search: dict[str, Any] = {"beam_size": self._config.beam_size, "patience": 1}
        if temperature > 0:
            search = {"beam_size": 1, "num_hypotheses": BEST_OF, "sampling_topk": 0}
        results = self._model.model.generate(
            encoded,
            [self._prompt] * count,
            max_length=longest,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
            sampling_temperature=temperature or 1.0,
            **search,
        )
        texts = []
        for result in results:
            tokens = result.sequences_ids[0]
            text = self._tokenizer.decode(tokens).strip()
            texts.append(
                _Decoded(
                    tokens,
                    text,
                    result.scores[0] * len(tokens) / (len(tokens) + 1),
                    result.no_speech_prob,
                    get_compression_ratio(text),
                )
            )
        return texts

    def _is_silence(self, text: _Decoded) -> bool:
        return (
            text.no_speech_prob > self._config.no_speech_threshold
            and text.avg_logprob < self._config.log_prob_threshold
        )

    def _is_doubtful(self, text: _Decoded) -> bool:
        repetitive = text.compression_ratio > self._config.compression_ratio_threshold
        improbable = text.avg_logprob < self._config.log_prob_threshold
        return (repetitive or improbable) and not self._is_silence(text)

    def _best(self, tries: list[_Decoded]) -> _Decoded:
        """Returns the last try if it is good, else the most probable of those that do not repeat themselves."""
        if not self._is_doubtful(tries[-1]):
            return tries[-1]
        limit = self._config.compression_ratio_threshold
        return max([t for t in tries if t.compression_ratio <= limit] or tries, key=lambda t: t.avg_logprob)

    def _align(
        self, encoded: Any, texts: list[_Decoded], batch: Sequence[Window]
    ) -> list[list[dict[str, Any]]]:
        """Returns the segments of each window, with its words and their times in seconds of the window."""
        segments = [
            self._segments([] if self._is_silence(text) else text.tokens, number)
            for number, text in enumerate(texts)
        ]
        if any(segment["tokens"] for one in segments for segment in one):
            frames = [window.duration_ms // MS_PER_FRAME for window in batch]
            self._model.add_word_timestamps(segments, self._tokenizer, encoded, frames, PREPEND, APPEND, 0.0)
        return segments

    def _segments(self, tokens: list[int], number: int) -> list[dict[str, Any]]:
        """Splits ``tokens`` at their timestamps; what follows the last of them is a segment too.

        Times are those of windows laid end to end, 30 s apart, because faster-whisper shortens a long word only
        after a pause, which it sees in the time since the word before.
        """
        begin, offset_s = self._tokenizer.timestamp_begin, number * WINDOW_S
        segments: list[dict[str, Any]] = []
        seek, start_s, text = round(offset_s * 1000 / MS_PER_FRAME), offset_s, list[int]()
        for token in tokens:
            if token < begin:
                text.append(token)
                continue
            at_s = offset_s + (token - begin) * TIMESTAMP_MS / 1000
            if text:
                segments.append({"seek": seek, "start": start_s, "end": at_s, "tokens": text})
                text = []
            start_s = at_s
        if text or not segments:
            segments.append({"seek": seek, "start": start_s, "end": offset_s + WINDOW_S, "tokens": text})
        return segments


def _cpu_batch(width: int) -> int:
    """Returns how many windows to decode together, so that their keys and values stay under some 500 MB."""
    return next((size for limit, size in CPU_BATCHES if width <= limit), CPU_BATCH_OF_LARGE)


def _utterances(window: Window, text: _Decoded, segments: list[dict[str, Any]]) -> list[Utterance]:
    from faster_whisper.transcribe import get_compression_ratio

    utterances = []
    for segment in segments:
        words = []
        for word in segment.get("words", ()):
            if spoken := word["word"].strip():
                offset_s = segment["seek"] * MS_PER_FRAME / 1000
                start_ms, end_ms = window.restore(word["start"] - offset_s, word["end"] - offset_s)
                words.append(Word(start_ms, end_ms, spoken, float(word["probability"])))
        if words:
            ratio = get_compression_ratio(" ".join(word.text for word in words))
            utterances.append(
                Utterance(
                    words[0].start_ms,
                    words[-1].end_ms,
                    tuple(words),
                    avg_logprob=float(text.avg_logprob),
                    no_speech_prob=float(text.no_speech_prob),
                    compression_ratio=ratio,
                )
            )
    return utterances
