"""One capture's captions: the same however the audio comes, whoever takes over when, with no word lost or doubled."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.live.config import DraftConfig, LiveConfig
from engine.live.recogniser import Recogniser
from engine.live.transcriber import LiveTranscriber
from engine.live.values import Draft, Final, Piece
from engine.values import PcmReader, Samples, Span, Utterance, Word
from tests.engine.live.fakes import FakeDetector, FakeRecogniser, speech, words_of

SOURCE = UUID("5a9ba1b6-6f5a-4ff9-a6d2-5f6c1a3f8f5e")
RATE = 16_000

layouts = st.lists(
    st.tuples(st.sampled_from([0, 40, 100, 200, 350, 600, 1500, 4000]), st.integers(1, 24)),
    min_size=1,
    max_size=6,
)


def transcriber(start: int = 0, config: LiveConfig | None = None) -> LiveTranscriber:
    return LiveTranscriber(SOURCE, start=start, config=config or LiveConfig(), detector=FakeDetector)


def lines(one: LiveTranscriber, recogniser: Recogniser | None = None) -> list[Final]:
    """Returns the lines that wait to be made."""
    found = []
    while (job := one.waiting(0.0)) is not None and job.final:
        result = one.perform(job, recogniser or FakeRecogniser())
        assert isinstance(result, Final)
        found.append(result)
    return found


def captioned(samples: Samples, sizes: Sequence[int] = (1600,)) -> list[Final]:
    one, found, number = transcriber(), [], 0
    while one.position < len(samples):
        size = sizes[number % len(sizes)]
        one.feed(samples[one.position : one.position + size])
        found += lines(one)
        number += 1
    one.finish()
    return [*found, *lines(one)]


def texts(finals: Sequence[Final]) -> list[str]:
    return [word.text for final in finals for piece in final.pieces for word in piece.words]


def test_pause_ends_an_utterance() -> None:
    first, second = captioned(speech([(500, 5), (900, 3)]))
    assert [word.text for word in first.pieces[0].words] == ["w1", "w2", "w3", "w4", "w5"]
    assert second.pieces[0].text == "w6 w7 w8"
    assert first.start_ms < 500 <= first.pieces[0].start_ms
    assert first.pieces[0].id == first.utterance != second.utterance


def test_one_short_word_is_an_utterance() -> None:
    assert texts(captioned(speech([(1000, 1), (2000, 1)]))) == ["w1", "w2"]


def test_speech_without_a_pause_is_cut_and_loses_nothing() -> None:
    samples = speech([(300, 400)])
    finals = captioned(samples)
    assert len(finals) >= 4
    assert all(final.end_ms - final.start_ms <= LiveConfig().endpoints.max_ms for final in finals)
    assert texts(finals) == words_of(samples)


@settings(deadline=None, max_examples=40)
@given(layouts, st.lists(st.integers(700, 40_000), min_size=1, max_size=6))
def test_blocks_of_any_size_give_the_same_lines(layout: list[tuple[int, int]], sizes: list[int]) -> None:
    samples = speech(layout)
    whole = captioned(samples, [len(samples)])
    assert captioned(samples, sizes) == whole
    assert texts(whole) == words_of(samples)


@settings(deadline=None, max_examples=40)
@given(layouts)
def test_lines_come_in_order_and_settle_what_is_before_them(layout: list[tuple[int, int]]) -> None:
    finals = captioned(speech(layout))
    settled = [final.settled for final in finals]
    assert settled == sorted(set(settled))
    assert all(final.settled >= final.end_ms * 16 for final in finals)
    starts = [word.start_ms for final in finals for piece in final.pieces for word in piece.words]
    assert starts == sorted(starts)


@settings(deadline=None, max_examples=40)
@given(layouts, st.integers(0, 200), st.booleans())
def test_taking_over_loses_and_doubles_nothing(
    layout: list[tuple[int, int]], blocks: int, from_silence: bool
) -> None:
    samples = speech(layout)
    one, stored, stored_to = transcriber(), list[Final](), 0
    for _ in range(blocks):
        if one.position >= len(samples):
            break
        one.feed(samples[one.position : one.position + 2_000])
        for final in lines(one):
            stored.append(final)
            stored_to = final.settled
        if from_silence:
            stored_to = max(stored_to, one.settled)
    other = transcriber(stored_to)
    assert other.position <= stored_to
    while other.position < len(samples):
        other.feed(samples[other.position : other.position + 5_000])
    other.finish()
    rest = lines(other)
    assert texts([*stored, *rest]) == words_of(samples)
    assert len({final.utterance for final in [*stored, *rest]}) == len(stored) + len(rest)


@settings(deadline=None, max_examples=40)
@given(layouts, st.integers(0, 200))
def test_who_takes_over_gives_the_same_names(layout: list[tuple[int, int]], killed_after: int) -> None:
    samples = speech(layout)
    whole = captioned(samples)
    stored = whole[: killed_after % (len(whole) + 1)]
    other = transcriber(stored[-1].settled if stored else 0)
    other.feed(samples[other.position :])
    other.finish()
    assert [final.utterance for final in lines(other)] == [final.utterance for final in whole[len(stored) :]]


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(layouts, st.integers(1_000, 20_000))
def test_firm_text_never_retracts(layout: list[tuple[int, int]], size: int) -> None:
    samples, one, firm = speech(layout), transcriber(), dict[UUID, str]()
    recogniser, now_s = FakeRecogniser(), 0.0
    for first in range(0, len(samples), size):
        one.feed(samples[first : first + size])
        now_s += 1.0
        while (job := one.waiting(now_s)) is not None:
            result = one.perform(job, recogniser)
            if isinstance(result, Draft):
                assert result.firm.startswith(firm.get(result.utterance, ""))
                firm[result.utterance] = result.firm
            if not job.final:
                break


def test_draft_has_the_name_of_its_line() -> None:
    one, recogniser = transcriber(), FakeRecogniser()
    one.feed(speech([(500, 6)]))
    job = one.waiting(0.0)
    assert job is not None
    assert not job.final
    draft = one.perform(job, recogniser)
    assert isinstance(draft, Draft)
    assert (draft.firm, draft.soft) == ("", "w1 w2 w3 w4 w5 w6")
    one.feed(np.zeros(RATE, np.float32))
    (final,) = lines(one)
    assert final.utterance == draft.utterance


def test_draft_waits_for_its_time_and_for_new_speech() -> None:
    one, recogniser = transcriber(config=LiveConfig(drafts=DraftConfig(every_ms=2_000))), FakeRecogniser()
    one.feed(speech([(500, 6)]))
    job = one.waiting(10.0)
    assert job is not None
    one.perform(job, recogniser)
    assert one.waiting(13.0) is None
    one.feed(speech([(0, 4)]))
    assert one.waiting(11.9) is None
    assert one.waiting(12.1) is not None


def test_draft_of_an_utterance_that_ended_meanwhile_is_not_shown() -> None:
    one = transcriber()
    one.feed(speech([(500, 6)]))
    job = one.waiting(0.0)
    assert job is not None
    one.feed(np.zeros(RATE, np.float32))
    assert one.perform(job, FakeRecogniser()) is None


def test_line_that_fails_is_to_be_made_again() -> None:
    class Broken(FakeRecogniser):
        def final(self, audio: PcmReader, span: Span, speech: Sequence[Span]) -> list[Utterance]:
            raise RuntimeError("no")

    one = transcriber()
    one.feed(speech([(500, 6), (1000, 1)]))
    job = one.waiting(0.0)
    assert job is not None
    assert job.final
    with pytest.raises(RuntimeError, match="no"):
        one.perform(job, Broken())
    assert one.settled < job.end
    assert texts(lines(one))[:6] == ["w1", "w2", "w3", "w4", "w5", "w6"]


def test_voices_make_the_lines() -> None:
    class Two:
        def place(self, audio: PcmReader, utterance: UUID, words: Sequence[Word]) -> tuple[Piece, ...]:
            assert words_of(audio.read(words[0].start_ms, words[-1].end_ms)) == [w.text for w in words]
            half = len(words) // 2
            return tuple(
                Piece(name, part[0].start_ms, part[-1].end_ms, tuple(part), voice)
                for name, part, voice in ((utterance, words[:half], 1), (SOURCE, words[half:], 2))
            )

    one = transcriber()
    one.feed(speech([(500, 4), (1000, 1)]))
    job = one.waiting(0.0)
    assert job is not None
    final = one.perform(job, FakeRecogniser(), Two())
    assert isinstance(final, Final)
    assert [(piece.text, piece.voice) for piece in final.pieces] == [("w1 w2", 1), ("w3 w4", 2)]


def test_gap_ends_an_utterance_and_keeps_the_time() -> None:
    one = transcriber()
    one.feed(speech([(500, 4)]))
    gap_end = 3 * 3600 * RATE + 7
    one.skip(gap_end)
    assert one.position == gap_end
    samples = speech([(500, 9)])
    one.feed(samples)
    one.finish()
    first, second = lines(one)
    assert first.settled == gap_end
    assert texts([first]) == ["w1", "w2", "w3", "w4"]
    assert second.pieces[0].start_ms == pytest.approx(3 * 3600_000 + 500, abs=1)
    assert one.done


def test_what_was_fed_can_not_be_skipped() -> None:
    one = transcriber()
    one.feed(np.zeros(RATE, np.float32))
    with pytest.raises(ValueError, match="heard already"):
        one.skip(RATE - 1)


def test_nothing_comes_after_the_end() -> None:
    one = transcriber()
    one.finish()
    one.finish()
    assert one.done
    with pytest.raises(RuntimeError, match="finished"):
        one.feed(np.zeros(1, np.float32))


def test_silence_takes_no_room_and_is_settled() -> None:
    one = transcriber()
    for _ in range(300):
        one.feed(np.zeros(RATE, np.float32))
        assert one.audio.held <= 6 * RATE
    assert one.waiting(0.0) is None
    assert one.settled > 299 * RATE


def test_what_waits_is_kept_and_says_how_late_it_is() -> None:
    one = transcriber()
    assert (one.behind_ms, one.full, one.active) == (0, False, False)
    for _ in range(8):
        one.feed(speech([(0, 60), (1000, 0)]))
    assert one.full
    assert one.active
    assert 70_000 < one.behind_ms < 90_000
    assert len(texts(lines(one))) == 8 * 60
    assert (one.behind_ms, one.full, one.active) == (0, False, False)
    assert one.audio.held <= 16 * RATE
