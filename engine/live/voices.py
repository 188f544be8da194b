"""Says who speaks while people speak: splits utterances into lines and numbers their voices; for the captioner.

Each utterance is grouped anew with the speech of the last minutes, as the built-in diarizer does with a whole
recording, so that the first seconds of an evening, which are ambiguous, are put right when more was heard.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

import numpy as np

from engine.alignment import align
from engine.calibration import calibration_for, unit
from engine.diarization import CropEncoder
from engine.diarization.voices import turns_of
from engine.diarization.windows import Labels
from engine.embedding import NETWORK_ID, VoiceEncoder
from engine.identity import Band, Known, Match, identify
from engine.live.grouping import Group, GroupConfig, Grouped, regroup
from engine.live.heard_voice import FULL_MS, SessionVoice, Sums, is_news
from engine.live.recent import RecentLine, RecentUtterance, set_in_a_row, windows_of
from engine.live.values import HeardVoice, Piece, Relabel
from engine.values import (
    Diarization,
    Line,
    PcmReader,
    Span,
    Utterance,
    Vector,
    VoiceEmbedding,
    Word,
)

PLAIN = GroupConfig(first_cosine=0.55, same_cosine=0.5, join_cosine=0.55, sharpness=20.0)
"""For encoders that embed whole crops only and are not calibrated, as pyannote's; nothing was measured with it."""


@dataclass(frozen=True, slots=True)
class LiveVoicesConfig:
    """How live speakers decide.

    Attributes:
        keep_ms: speech of so many milliseconds before now is grouped anew with each utterance.
        relabel_ms: a line that was spoken longer ago keeps its voice.
        new_voice_ms: a voice must be heard for so long to get a number.
        new_line_ms: at least one of its lines must be this long.
        crop_ms: a shorter line is not embedded as a whole.
        person_ms: a line must be this long to be a person's by itself.
        person_score: probability from which it is; as measured, no line of the wrong person reaches it.
        person_doubt: probability that the next person must not pass.
        same_score: probability from which a voice that the session had before is taken for one that is heard again.
        group: of the grouping; None for what suits the encoder.
    """

    keep_ms: int = 180_000
    relabel_ms: int = 120_000
    new_voice_ms: int = 2_000
    new_line_ms: int = 1_000
    crop_ms: int = 1_000
    person_ms: int = 1_500
    person_score: float = 0.97
    person_doubt: float = 0.2
    same_score: float = 0.6
    group: GroupConfig | None = None


@dataclass(slots=True)
class _Claim:
    """What was heard of a group that is no voice of the session yet."""

    sums: Sums = field(default_factory=Sums)
    speech_ms: int = 0
    longest_ms: int = 0
    voices: Counter[int] = field(default_factory=Counter)


class LiveVoices:
    """The voices of one session, shared by all its captures; may be called from several threads.

    Args:
        encoder: embeds crops; with the built-in voice encoder, windows are embedded many at once.
        heard: voices that the session has already.
        known: people with their voiceprints.
        free_number: returns a number that no voice of the session has; by default one more than the highest.
        config: thresholds.
    """

    def __init__(
        self,
        encoder: CropEncoder,
        *,
        heard: Sequence[HeardVoice] = (),
        known: Sequence[Known] = (),
        free_number: Callable[[], int] | None = None,
        config: LiveVoicesConfig | None = None,
    ) -> None:
        self._encoder = encoder
        self._config = config or LiveVoicesConfig()
        fast = isinstance(encoder, VoiceEncoder)
        self._group = self._config.group or (GroupConfig() if fast else PLAIN)
        windows_model = calibration_for(NETWORK_ID if fast else encoder.model_id)
        self._clean = windows_model.cleaned if windows_model else unit
        self._known = tuple(known)
        self._free_number = free_number
        self._recent: list[RecentUtterance] = []
        self._voices: dict[int, SessionVoice] = {}
        self._now_ms = 0
        self._into: dict[int, int] = {}
        self._lock = threading.RLock()
        for voice in heard:
            self._take_up(voice)

    def _take_up(self, heard: HeardVoice) -> None:
        voice = SessionVoice(heard.number, told=heard.embedding)
        if heard.embedding.model == self._encoder.model_id:
            weight = min(heard.embedding.speech_ms, 5 * FULL_MS)
            voice.crops.long = np.asarray(heard.embedding.vector, np.float64) * weight
            voice.crops.speech_ms = heard.embedding.speech_ms
        self._voices[heard.number] = voice

    def place(
        self, audio: PcmReader, utterance: UUID, words: Sequence[Word], *, now_ms: int | None = None
    ) -> tuple[Piece, ...]:
        """Returns the lines of a finished utterance with their voices.

        Args:
            audio: of the capture; words tell its milliseconds.
            utterance: names the utterance and its first line; the others' names follow from it.
            words: in time order; without words there are no lines.
            now_ms: when the utterance ended, by a clock that all captures of the session share; by default the
                capture's own.
        """
        if not words:
            return ()
        with self._lock:
            end_ms = max(word.end_ms for word in words)
            self._now_ms = max(self._now_ms, end_ms if now_ms is None else now_ms)
            self._settle()
            new = RecentUtterance(
                end_ms if now_ms is None else now_ms, windows_of(audio, words, self._encoder)
            )
            self._recent.append(new)
            grouped = self._regrouped()
            lines = self._split(new, words, grouped)
            for index, line in enumerate(lines):
                new.lines.append(
                    self._line(audio, utterance if not index else uuid5(utterance, str(index)), line)
                )
            self._assign(grouped)
            if self._find_people(new.lines):
                self._assign(self._regrouped())
            self._name_voices()
            for placed in new.lines:
                placed.told = placed.voice
            return tuple(
                Piece(kept.id, line.start_ms, line.end_ms, line.words, kept.voice)
                for kept, line in zip(new.lines, lines, strict=True)
            )

    def news(self) -> tuple[tuple[HeardVoice, ...], tuple[Relabel, ...]]:
        """Returns voices that changed and lines that turned out to be another voice's, since this was last asked."""
        with self._lock:
            lines = list(self._lines())
            voices = []
            for voice in self._voices.values():
                now = voice.embedding(lines, self._encoder.model_id)
                if now is not None and is_news(voice.told, now):
                    voice.told = now
                    voices.append(HeardVoice(voice.number, now))
            relabels = []
            for utterance in self._recent:
                if utterance.at_ms < self._now_ms - self._config.relabel_ms:
                    continue
                for line in utterance.lines:
                    if line.voice != line.told and not line.pinned:
                        line.told = line.voice
                        relabels.append(Relabel(line.id, line.voice))
            return tuple(voices), tuple(relabels)

    def know(self, known: Sequence[Known]) -> None:
        """Takes what is known of people now in place of what was known before."""
        with self._lock:
            self._known = tuple(known)
            keys = {person.key for person in known}
            for voice in self._voices.values():
                if voice.person not in keys:
                    voice.person = None
            for line in self._lines():
                if line.person not in keys:
                    line.person = None
            self._name_voices()

    def merge(self, voice: int, into: int) -> None:
        """Takes two voices for one from now on, because a person said so."""
        with self._lock:
            voice, into = self._number(voice), self._number(into)
            if voice != into:
                for line in self._lines():
                    if line.voice in (voice, into):
                        line.pinned = True
                self._join(voice, into, told=True)

    def pin(self, line: UUID, voice: int | None) -> None:
        """Leaves a line with the voice that a person gave it to."""
        with self._lock:
            number = None if voice is None else self._number(voice)
            if number is not None:
                self._voices.setdefault(number, SessionVoice(number))
            for one in self._lines():
                if one.id == line:
                    one.voice = one.told = number
                    one.pinned, one.person = True, None

    # What was heard

    def _lines(self) -> Iterator[RecentLine]:
        return (line for utterance in self._recent for line in utterance.lines)

    def _line(self, audio: PcmReader, name: UUID, line: Line) -> RecentLine:
        span = Span(line.start_ms, max(line.start_ms, line.end_ms))
        speech_ms = min(span.duration_ms, sum(max(0, word.end_ms - word.start_ms) for word in line.words))
        vector: Vector | None = None
        if speech_ms >= self._config.crop_ms:
            samples = audio.read(span.start_ms, span.end_ms)
            if len(samples) and np.any(samples):
                vector = self._encoder.embed(samples)
        return RecentLine(name, span, speech_ms, vector, None, None)

    def _settle(self) -> None:
        """Adds to the sums of its voice what is too old to be grouped anew."""
        while self._recent and self._recent[0].at_ms < self._now_ms - self._config.keep_ms:
            old = self._recent.pop(0)
            vectors, of_line = old.windows.coarse.vectors.read(), old.coarse_lines()
            for index, line in enumerate(old.lines):
                voice = self._voices.get(line.voice) if line.voice is not None else None
                if voice is None:
                    continue
                if line.vector is not None:
                    voice.crops.add(line.vector, line.speech_ms)
                mine = vectors[of_line == index].astype(np.float64)
                if len(mine):
                    group = Group(mine.sum(axis=0), len(mine), len(mine), voice.number)
                    if voice.windows is None:
                        voice.windows = group
                    else:
                        voice.windows.add(group)

    # Whose it is

    def _regrouped(self) -> Grouped:
        windows = set_in_a_row(self._recent)
        held = np.concatenate([self._held(utterance) for utterance in self._recent])
        size = windows.coarse.vectors.read().shape[1]
        anchors = []
        for voice in sorted(self._voices.values(), key=lambda one: (one.person is None, one.number)):
            if voice.windows is not None:
                anchors.append(voice.windows)
            elif (held == voice.number).any():
                anchors.append(Group(np.zeros(size), 0, 0, voice.number))
        return regroup(windows, anchors, held, self._group, self._clean, self._may_join)

    def _held(self, utterance: RecentUtterance) -> Labels:
        """Returns for each fine window the voice that it must go to, else -1."""
        held = np.full(len(utterance.windows.fine), -1, np.intp)
        of_line = utterance.fine_lines()
        for index, line in enumerate(utterance.lines):
            number = line.voice if line.pinned else self._voice_of(line.person)
            if number is not None:
                held[of_line == index] = number
        return held

    def _voice_of(self, person: int | None) -> int | None:
        if person is None:
            return None
        return next((v.number for v in self._voices.values() if v.person == person), None)

    def _may_join(self, one: int, two: int) -> bool:
        people = {self._voices[one].person, self._voices[two].person} - {None}
        return len(people) < 2

    def _split(self, new: RecentUtterance, words: Sequence[Word], grouped: Grouped) -> list[Line]:
        """Returns the utterance's lines; their voices are numbers of groups."""
        labels = grouped.labels[len(grouped.labels) - len(new.windows.fine) :]
        turns = tuple(turns_of(new.windows, labels))
        heard = Utterance(words[0].start_ms, max(word.end_ms for word in words), tuple(words))
        return align([heard], Diarization(turns, ()))

    def _find_people(self, lines: Sequence[RecentLine]) -> bool:
        """Finds lines that clearly are a known person's; returns whether one of them is with another voice."""
        moved = False
        for line in lines:
            if not self._known or line.vector is None or line.speech_ms < self._config.person_ms:
                continue
            match = self._person(line.vector, line.speech_ms)
            if match.key is None or not self._is_clear(match):
                continue
            line.person = match.key
            theirs = self._voice_of(match.key)
            if theirs is None:
                voice = None if line.voice is None else self._voices[line.voice]
                if voice is None or not self._may_be(voice, match.key):
                    voice = self._new_voice()
                voice.person, theirs = match.key, voice.number
            moved |= line.voice != theirs
        return moved

    def _person(self, vector: Vector, speech_ms: int) -> Match:
        """Returns who speaks a crop."""
        crop = VoiceEmbedding(0, tuple(vector.tolist()), self._encoder.model_id, speech_ms)
        (match,) = identify([crop], self._known, beside=self._embeddings())
        return match

    def _may_be(self, voice: SessionVoice, person: int) -> bool:
        """Tells whether all that was heard of a voice, which is nobody's yet, may be a person's."""
        if voice.person is not None:
            return False
        embedding = voice.embedding(list(self._lines()), self._encoder.model_id)
        if embedding is None:
            return True
        (match,) = identify([embedding], self._known, beside=self._embeddings())
        return match.key == person

    def _embeddings(self) -> list[VoiceEmbedding]:
        lines = list(self._lines())
        found = (voice.embedding(lines, self._encoder.model_id) for voice in self._voices.values())
        return [embedding for embedding in found if embedding is not None]

    def _assign(self, grouped: Grouped) -> None:
        """Gives each line of the last minutes to the voice of the group that most of it belongs to."""
        for gone, into in grouped.joined:
            self._join(gone, into)
        owners = self._owners(grouped)
        numbers = self._numbers(grouped, owners)
        for line, group in owners:
            if line.pinned:
                continue
            number = self._voice_of(line.person)
            if number is None and group is not None:
                number = numbers.get(group)
            if number is not None or line.told is None:
                line.voice = number

    def _owners(self, grouped: Grouped) -> list[tuple[RecentLine, int | None]]:
        """Returns each line with the group that most of its windows belong to."""
        owners: list[tuple[RecentLine, int | None]] = []
        first = 0
        for utterance in self._recent:
            of_line = utterance.fine_lines()
            labels = grouped.labels[first : first + len(of_line)]
            first += len(of_line)
            for index, line in enumerate(utterance.lines):
                mine = labels[of_line == index]
                owners.append((line, int(np.bincount(mine).argmax()) if len(mine) else None))
        return owners

    def _numbers(self, grouped: Grouped, owners: Sequence[tuple[RecentLine, int | None]]) -> dict[int, int]:
        """Returns the voice of each group that has or gets one."""
        numbers = {i: g.voice for i, g in enumerate(grouped.groups) if g.voice is not None}
        claims: dict[int, _Claim] = {}
        for line, group in owners:
            if group is None or group in numbers:
                continue
            claim = claims.setdefault(group, _Claim())
            claim.speech_ms += line.speech_ms
            claim.longest_ms = max(claim.longest_ms, line.speech_ms)
            if line.vector is not None:
                claim.sums.add(line.vector, line.speech_ms)
            if line.voice is not None and not line.pinned:
                claim.voices[line.voice] += line.speech_ms
        anchored = set(numbers.values())
        wishes = sorted(
            ((ms, -voice, group) for group, claim in claims.items() for voice, ms in claim.voices.items()),
            reverse=True,
        )
        for _, minus, group in wishes:
            if group not in numbers and -minus not in anchored and -minus not in numbers.values():
                numbers[group] = -minus
        for group, claim in sorted(claims.items()):
            if group not in numbers:
                number = self._found_again(claim, set(numbers.values()))
                if number is not None:
                    numbers[group] = number
        return numbers

    def _found_again(self, claim: _Claim, taken: set[int]) -> int | None:
        """Returns the voice of what was heard without one: a person's, one heard long ago, or a new one."""
        vector = claim.sums.vector()
        if vector is None:
            return None
        embedding = VoiceEmbedding(0, tuple(vector.tolist()), self._encoder.model_id, claim.sums.speech_ms)
        beside = self._embeddings()
        if self._known:
            match = self._person(vector, claim.sums.speech_ms)
            if match.key is not None and self._is_clear(match):
                number = self._voice_of(match.key)
                if number is None:
                    voice = self._new_voice()
                    voice.person, number = match.key, voice.number
                return number
        quiet = [
            v
            for v in self._voices.values()
            if v.windows is None and v.crops.speech_ms and v.number not in taken
        ]
        again = [
            Known(voice.number, (found,))
            for voice in quiet
            if (found := voice.embedding([], self._encoder.model_id))
        ]
        if again:
            others = [e for e in beside if e.voice not in {one.key for one in again}]
            (match,) = identify([embedding], again, beside=others)
            if self._is_same(match):
                return match.key
            if match.band is not Band.UNKNOWN and claim.speech_ms < 2 * self._config.new_voice_ms:
                return None
        if claim.speech_ms < self._config.new_voice_ms or claim.longest_ms < self._config.new_line_ms:
            return None
        return self._new_voice().number

    def _is_clear(self, match: Match) -> bool:
        """Tells whether a crop is one person's beyond doubt; of encoders that are not calibrated none ever is."""
        return (
            calibration_for(self._encoder.model_id) is not None
            and match.score >= self._config.person_score
            and match.runner_up_score <= self._config.person_doubt
        )

    def _is_same(self, match: Match) -> bool:
        return (
            match.key is not None
            and match.score >= self._config.same_score
            and match.runner_up_score < 1 - self._config.same_score
        )

    def _new_voice(self) -> SessionVoice:
        number = self._free_number() if self._free_number else max(self._voices, default=0) + 1
        self._voices[number] = SessionVoice(number)
        return self._voices[number]

    def _name_voices(self) -> None:
        """Finds whose the voices clearly are; nobody is two voices."""
        if not self._known:
            return
        for match in identify(self._embeddings(), self._known):
            if match.band is Band.ASSIGNED and self._voices[match.voice].person != match.key:
                for voice in self._voices.values():
                    if voice.person == match.key:
                        voice.person = None
                self._voices[match.voice].person = match.key

    def _number(self, voice: int) -> int:
        while voice in self._into:
            voice = self._into[voice]
        return voice

    def _join(self, voice: int, into: int, *, told: bool = False) -> None:
        """Makes a voice's lines and sums another's."""
        gone = self._voices.pop(voice, None)
        kept = self._voices.setdefault(into, SessionVoice(into))
        self._into[voice] = into
        for line in self._lines():
            if line.voice == voice:
                line.voice = into
                if told:
                    line.told = into
        if gone is None:
            return
        kept.crops.join(gone.crops)
        kept.person = gone.person if kept.person is None else kept.person
        if gone.windows is not None:
            if kept.windows is None:
                kept.windows = Group(gone.windows.total, gone.windows.clear, gone.windows.count, into)
            else:
                kept.windows.add(gone.windows)
