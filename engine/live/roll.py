"""The voices of a session and the lines of its last minutes, with who is known: what live speakers remember."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.diarization.windows import Labels
from engine.identity import Band, FindCalibration, Known, Match, identify
from engine.live.grouping import Group
from engine.live.heard_voice import FULL_MS, SessionVoice
from engine.live.recent import RecentLine, RecentUtterance
from engine.live.values import HeardVoice
from engine.live.voices_config import LiveVoicesConfig
from engine.values import Vector, VoiceEmbedding


class Roll:
    """Remembers voices and lines, and whose they are.

    Args:
        model: id of the encoder that makes embeddings.
        known: people with their voiceprints.
        free_number: returns a number that no voice of the session has; None for one more than the highest.
        config: thresholds.
        find_calibration: returns the calibration of a model.

    >>> roll = Roll("fake-encoder", (), None, LiveVoicesConfig(), lambda model: None)
    >>> one, two = roll.new_voice(), roll.new_voice()
    >>> roll.join(two, into=one)
    >>> roll.number(two), roll.new_voice()
    (1, 3)
    """

    def __init__(
        self,
        model: str,
        known: Sequence[Known],
        free_number: Callable[[], int] | None,
        config: LiveVoicesConfig,
        find_calibration: FindCalibration,
    ) -> None:
        self.model = model
        self.known = tuple(known)
        self.voices: dict[int, SessionVoice] = {}
        self.recent: list[RecentUtterance] = []
        self._free_number = free_number
        self._config = config
        self._find_calibration = find_calibration
        self._into: dict[int, int] = {}

    def lines(self) -> Iterator[RecentLine]:
        """Yields the lines of the last minutes in the order in which they were heard."""
        return (line for utterance in self.recent for line in utterance.lines)

    def take_up(self, heard: HeardVoice) -> None:
        """Remembers a voice that the session has already."""
        voice = SessionVoice(heard.number, told=heard.embedding, is_old=True)
        if heard.embedding.model == self.model:
            weight = min(heard.embedding.speech_ms, 5 * FULL_MS)
            voice.crops.long = np.asarray(heard.embedding.vector, np.float64) * weight
            voice.crops.speech_ms = heard.embedding.speech_ms
        self.voices[heard.number] = voice

    def new_voice(self, person: int | None = None) -> int:
        """Makes a voice and returns its number."""
        number = self._free_number() if self._free_number else max([0, *self.voices, *self._into]) + 1
        self.voices[number] = SessionVoice(number, person=person)
        return number

    def settle(self, before_ms: int) -> None:
        """Adds to the sums of its voice what was heard too long ago to be grouped anew."""
        while self.recent and self.recent[0].at_ms < before_ms:
            old = self.recent.pop(0)
            vectors, of_line = old.windows.coarse.vectors.read(), old.coarse_lines()
            for index, line in enumerate(old.lines):
                if line.voice is not None:
                    self.voices[line.voice].add(line, vectors[of_line == index])

    def join(self, voice: int, into: int) -> None:
        """Makes a voice's lines and sums another's, from now on."""
        gone = self.voices.pop(voice, None)
        kept = self.voices.setdefault(into, SessionVoice(into))
        self._into[voice] = into
        for line in self.lines():
            if line.voice == voice:
                line.voice = into
        if gone is not None:
            kept.join(gone)

    def number(self, voice: int) -> int:
        """Returns the voice that a number means by now."""
        while voice in self._into:
            voice = self._into[voice]
        return voice

    def held(self, utterance: RecentUtterance) -> Labels:
        """Returns for each fine window the voice that it must go to, else -1."""
        held = np.full(len(utterance.windows.fine), -1, np.intp)
        of_line = utterance.fine_lines()
        for index, line in enumerate(utterance.lines):
            number = line.voice if line.pinned else self.voice_of(line.person)
            if number is not None:
                held[of_line == index] = number
        return held

    def anchors(self, held: Labels, size: int) -> list[Group]:
        """Returns a group for each voice of which something is certain; those of known people first."""
        anchors = []
        for voice in sorted(self.voices.values(), key=lambda one: (one.person is None, one.number)):
            if voice.windows is not None:
                anchors.append(voice.windows)
            elif (held == voice.number).any():
                anchors.append(Group(np.zeros(size), 0, 0, voice.number))
        return anchors

    def may_join(self, one: int, two: int) -> bool:
        """Tells whether two voices may turn out to be one: not if they are two known people."""
        return len({self.voices[one].person, self.voices[two].person} - {None}) < 2

    # Whose a voice is

    def embeddings(self) -> list[VoiceEmbedding]:
        """Returns the embeddings of all voices of which a crop was heard."""
        lines = list(self.lines())
        found = (voice.embedding(lines, self.model) for voice in self.voices.values())
        return [embedding for embedding in found if embedding is not None]

    def voice_of(self, person: int | None) -> int | None:
        """Returns the voice that is a person's."""
        if person is None:
            return None
        return next((v.number for v in self.voices.values() if v.person == person), None)

    def know(self, known: Sequence[Known]) -> None:
        """Takes people in place of those who were known before."""
        self.known = tuple(known)
        keys = {person.key for person in known}
        for voice in self.voices.values():
            voice.person = voice.person if voice.person in keys else None
        for line in self.lines():
            line.person = line.person if line.person in keys else None
        self.name_voices()

    def person(self, vector: Vector, speech_ms: int) -> int | None:
        """Returns the known person whose a crop is beyond doubt; of encoders without calibration none ever is."""
        if not self.known or speech_ms < self._config.person_ms or self._find_calibration(self.model) is None:
            return None
        match = self._match(vector, speech_ms, self.known, self.embeddings())
        clear = (
            match.score >= self._config.person_score and match.runner_up_score <= self._config.person_doubt
        )
        return match.key if clear else None

    def find_people(self, lines: Sequence[RecentLine]) -> bool:
        """Finds lines that clearly are a known person's; returns whether one of them is with another voice."""
        moved = False
        for line in lines:
            person = None if line.vector is None else self.person(line.vector, line.speech_ms)
            if person is None:
                continue
            line.person = person
            number = self.voice_of(person)
            if number is None and line.voice is not None and self._may_be(self.voices[line.voice], person):
                number = line.voice
                self.voices[number].person = person
            moved |= line.voice != (number or self.new_voice(person))
        return moved

    def _may_be(self, voice: SessionVoice, person: int) -> bool:
        """Tells whether all that was heard of a voice, which is nobody's yet, may be a person's."""
        if voice.person is not None:
            return False
        all_heard = self.embeddings()
        mine = [one for one in all_heard if one.voice == voice.number]
        return all(match.key == person for match in self._matches(mine, self.known, all_heard))

    def name_voices(self) -> None:
        """Finds whose the voices clearly are; nobody is two voices."""
        if not self.known:
            return
        for match in self._matches(self.embeddings(), self.known, ()):
            if match.band is Band.ASSIGNED and self.voices[match.voice].person != match.key:
                for voice in self.voices.values():
                    if voice.person == match.key:
                        voice.person = None
                self.voices[match.voice].person = match.key

    def heard_before(self, vector: Vector, speech_ms: int, taken: set[int]) -> tuple[int | None, bool]:
        """Returns the voice from an earlier part of the session whose a crop is, and whether it might be one.

        Only of voices that were not heard in the last minutes nor before them, by these ears: others are told by
        their windows.
        """
        quiet = self._quiet(taken)
        if not quiet:
            return None, False
        match = self._match(vector, speech_ms, quiet, self.embeddings())
        return (match.key, True) if self._is_same(match) else (None, match.band is not Band.UNKNOWN)

    def join_heard_again(self) -> None:
        """Joins new voices that turn out to be some of an earlier part of the session, now that more was heard."""
        quiet = self._quiet({line.voice for line in self.lines() if line.voice is not None})
        names = {one.key for one in quiet}
        for voice in self.embeddings():
            if not quiet or voice.voice in names or self.voices[voice.voice].is_old:
                continue
            match = self._match(np.array(voice.vector, np.float32), voice.speech_ms, quiet, self.embeddings())
            if self._is_same(match) and match.key is not None and self.may_join(voice.voice, match.key):
                self.join(voice.voice, match.key)
                quiet = [one for one in quiet if one.key != match.key]

    def _quiet(self, taken: set[int]) -> list[Known]:
        """Returns the voices of an earlier part of the session that were not heard again yet, as if people."""
        return [
            Known(voice.number, (found,))
            for voice in self.voices.values()
            if voice.windows is None
            and voice.number not in taken
            and (found := voice.embedding([], self.model)) is not None
        ]

    def _is_same(self, match: Match) -> bool:
        least = self._config.same_score
        return match.key is not None and match.score >= least and match.runner_up_score < 1 - least

    def _match(
        self, vector: Vector, speech_ms: int, people: Sequence[Known], beside: Sequence[VoiceEmbedding]
    ) -> Match:
        crop = VoiceEmbedding(0, tuple(vector.tolist()), self.model, speech_ms)
        (match,) = self._matches([crop], people, beside)
        return match

    def _matches(
        self, voices: Sequence[VoiceEmbedding], people: Sequence[Known], beside: Sequence[VoiceEmbedding]
    ) -> tuple[Match, ...]:
        return identify(voices, people, beside=beside, find_calibration=self._find_calibration)
