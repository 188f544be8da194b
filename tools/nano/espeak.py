"""Synthetic speech with true word and phoneme times, from espeak-ng's shared library through ctypes.

The library and its data come from the `espeakng-loader` wheel, so no system package is needed.
"""

import ctypes
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import espeakng_loader
import numpy as np
from scipy.signal import resample_poly

SAMPLE_RATE = 16_000

_RETRIEVAL = 1
_PHONEME_EVENTS = 1
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_WORD, _PHONEME = 1, 7
_LIST_END = 0


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("uid", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("string", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


# Kind of event, sample, place in the text, name of the phoneme.
_Reported = tuple[int, int, int, str]


@dataclass(frozen=True, slots=True)
class Sound:
    """One phoneme or word with its place in the audio, in samples at 16 kHz."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """One synthesised sentence.

    Attributes:
        audio: float32 samples at 16 kHz, cut to the speech, peak at most 1.
        words: the whitespace-separated words of the text, punctuation included.
        phonemes: the sounds in order, pauses left out.
    """

    audio: np.ndarray
    words: tuple[Sound, ...]
    phonemes: tuple[Sound, ...]


class Espeak:
    """The one engine of this process; espeak-ng keeps its state in globals."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._rate = self._library.espeak_Initialize(
            _RETRIEVAL, 0, str(espeakng_loader.get_data_path()).encode(), _PHONEME_EVENTS
        )
        if self._rate <= 0:
            raise RuntimeError("espeak-ng did not start")
        self._pieces: list[np.ndarray] = []
        self._events: list[_Reported] = []
        self._callback = _Callback(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)

    def _receive(self, wave: Any, count: int, events: Any) -> int:
        if count > 0:
            self._pieces.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while events[index].type != _LIST_END:
            event = events[index]
            if event.type in (_WORD, _PHONEME):
                name = event.string.decode("utf-8", "replace") if event.type == _PHONEME else ""
                self._events.append((event.type, event.sample, event.text_position, name))
            index += 1
        return 0

    def speak(
        self, text: str, voice: str, *, speed: int = 165, pitch: int = 50, pitch_range: int = 50
    ) -> Spoken:
        """Synthesise one sentence.

        Args:
            text: words separated by single spaces.
            voice: espeak-ng's name of language and variant, such as `nl+pablo`.
            speed: words a minute.
            pitch: 0 to 99.
            pitch_range: 0 to 99, how lively the intonation is.

        Raises:
            ValueError: espeak-ng does not know the voice.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng knows no voice {voice!r}")
        for parameter, value in ((_RATE, speed), (_PITCH, pitch), (_RANGE, pitch_range)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pieces, self._events = [], []
        raw = text.encode()
        # The breath of some voices is random: the same sentence sounds the same in every run.
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(zlib.crc32(raw)))
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        audio = np.concatenate(self._pieces).astype(np.float32) / 32768
        return _cut(text, audio, self._events, self._rate)


@cache
def engine() -> Espeak:
    """The shared engine, started at the first use."""
    return Espeak()


def _cut(text: str, audio: np.ndarray, events: list[_Reported], rate: int) -> Spoken:
    audio = resample_poly(audio, 320, 441).astype(np.float32) if rate == 22_050 else audio
    scale = SAMPLE_RATE / rate
    loud = np.flatnonzero(np.abs(audio) > 2e-3)
    first, last = (int(loud[0]), int(loud[-1]) + 1) if loud.size else (0, len(audio))

    def place(sample: int) -> int:
        return int(min(max(sample * scale - first, 0), last - first))

    phonemes = tuple(_phonemes(events, place, last - first))
    words = tuple(_words(text, events, place, phonemes, last - first))
    return Spoken(audio[first:last], words, phonemes)


def _phonemes(events: list[_Reported], place: Callable[[int], int], length: int) -> Iterator[Sound]:
    sounds = [(place(sample), name) for kind, sample, _, name in events if kind == _PHONEME]
    for index, (start, name) in enumerate(sounds):
        end = sounds[index + 1][0] if index + 1 < len(sounds) else length
        if name and not name.startswith("_") and end > start:
            yield Sound(name, start, end)


def _words(
    text: str,
    events: list[_Reported],
    place: Callable[[int], int],
    phonemes: tuple[Sound, ...],
    length: int,
) -> Iterator[Sound]:
    """One Sound for each word of the text.

    espeak-ng reads some pairs ("was the") as one word and reports only the first; such a span is shared by letters.
    """
    starts = {position - 1: place(at) for kind, at, position, _ in reversed(events) if kind == _WORD}
    offset = 0
    groups: list[tuple[int, list[str]]] = []
    for word in text.split(" "):
        inside = [at for at in starts if offset <= at < offset + len(word)]
        if inside or not groups:
            groups.append((starts[min(inside)] if inside else 0, [word]))
        else:
            groups[-1][1].append(word)
        offset += len(word) + 1
    for index, (start, words) in enumerate(groups):
        end = groups[index + 1][0] if index + 1 < len(groups) else length
        spoken = max((sound.end for sound in phonemes if start <= sound.start < end), default=end)
        yield from _shared(words, start, min(spoken, end))


def _shared(words: list[str], start: int, end: int) -> Iterator[Sound]:
    total, done = sum(map(len, words)), 0
    for word in words:
        span = end - start
        yield Sound(word, start + span * done // total, start + span * (done + len(word)) // total)
        done += len(word)
