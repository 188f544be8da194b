import asyncio
import contextlib
import json
from types import SimpleNamespace

import numpy as np
import pytest

from tools import live_benchmark
from tools.measure import live_audio, live_baselines
from tools.measure.figures import Figure
from tools.measure.live_audio import Evening, TrueWord, evening, wordless
from tools.measure.live_client import Follower, Played, Sending, TimedTape, differing
from tools.measure.live_engine import caption
from tools.measure.live_figures import delays, losses, slope_per_hour, wrong_speakers
from tools.measure.live_outages import _without, mid_sentence
from tools.measure.live_shown import Shown, ShownDraft, ShownUtterance, ShownWord
from tools.measure.live_wire import Wire


def spoken(*texts, voice="Anna", every_ms=1000, length_ms=800, start_ms=0):
    return tuple(
        TrueWord(start_ms + n * every_ms, start_ms + n * every_ms + length_ms, text, voice)
        for n, text in enumerate(texts)
    )


def heard(words, voice=1):
    return [ShownWord(word.start_ms, word.end_ms, word.text, voice) for word in words]


def shown(*lines):
    """Returns what was shown, each line of one utterance."""
    utterances = [ShownUtterance(at_s=words[-1].end_ms / 1000 + 1, words=words) for words in lines]
    return Shown(utterances, [(w[0].start_ms, w[-1].end_ms, [one.text for one in w]) for w in lines])


def told(*turns):
    return Evening("en", np.zeros(16_000 * 20, np.int16), turns)


TURN = spoken("The", "gate", "opens")


def test_a_line_is_as_late_as_it_comes_after_its_last_word():
    one = ShownUtterance([ShownDraft(1.0, "", "The"), ShownDraft(2.0, "The", "gate")], 3.8, heard(TURN))
    found = delays(Shown([one]), told(TURN))
    assert found.final == pytest.approx([1.0])
    assert found.draft == pytest.approx([1.0])
    assert found.word_first == pytest.approx([0.2, 0.2, 1.0])
    assert found.word_firm == pytest.approx([1.2, 2.0, 1.0])
    assert found.word_final == pytest.approx([3.0, 2.0, 1.0])
    assert found.edits == 0


def test_words_that_are_taken_back_are_edits():
    one = ShownUtterance(
        [ShownDraft(1.0, "", "The cat"), ShownDraft(2.0, "", "The gate often")], 3.8, heard(TURN)
    )
    found = delays(Shown([one]), told(TURN))
    assert (found.edits, found.shown) == (2, 3)


def test_the_truth_says_when_a_word_ended_not_the_line():
    late = [ShownWord(w.start_ms + 300, w.end_ms + 300, w.text) for w in TURN]
    found = delays(Shown([ShownUtterance([], 3.8, late)]), told(TURN))
    assert found.final == pytest.approx([1.0])


def test_words_that_the_model_never_hears_are_not_lost():
    batch = heard(TURN[:1])
    loss = losses(shown(heard(TURN[:1])), batch, told(TURN))
    assert (loss.words, loss.turns, loss.words_fewer) == (0, 0, 0)


def test_a_turn_that_is_not_there_live_is_lost():
    other = spoken("Who", "wants", "coffee", start_ms=8000)
    loss = losses(shown(heard(TURN)), heard(TURN + other), told(TURN, other))
    assert (loss.words, loss.turns) == (3, 1)


def test_a_word_heard_otherwise_is_the_models_doing():
    misheard = [*heard(TURN[:2]), ShownWord(2000, 2800, "often")]
    loss = losses(shown(misheard), heard(TURN), told(TURN))
    assert (loss.words, loss.words_fewer) == (0, 1)


def test_the_same_line_twice_is_doubled_and_two_people_at_once_are_not():
    assert losses(shown(heard(TURN), heard(TURN)), [], told(TURN)).doubled == 1
    other = spoken("I", "cast", "fireball", voice="Tom")
    assert losses(shown(heard(TURN), heard(other)), [], told(TURN)).doubled == 0


def test_voices_are_matched_to_people_as_fits_best():
    anna, tom = spoken("a", "b", "c"), spoken("d", "e", voice="Tom", start_ms=5000)
    truth = told(anna, tom)
    right = shown(heard(anna, 7), heard(tom, 3))
    assert wrong_speakers(right, truth) == 0
    wrong = shown(heard(anna, 7), heard(tom[:1], 7), heard(tom[1:], 3))
    assert wrong_speakers(wrong, truth) == pytest.approx(0.2)
    assert wrong_speakers(shown(heard(anna, None)), truth) is None


def test_growth_is_the_slope_over_an_hour():
    assert slope_per_hour([0, 1800, 3600], [100, 101, 102]) == pytest.approx(2)
    assert slope_per_hour([1.0], [5.0]) == 0


@pytest.mark.slow
def test_an_evening_has_its_length_and_ends_with_a_whole_turn():
    one = evening(1.0)
    assert one.duration_ms <= 60_000
    assert one.turns[-1][-1].end_ms <= one.duration_ms
    assert one.turns[0][0].voice
    assert all(turn for turn in one.turns)
    assert evening(1.0, seed=1).words != one.words


def test_a_recording_without_truth_is_measured_without(tmp_path):
    import soundfile

    soundfile.write(tmp_path / "a.wav", np.zeros(48_000, np.int16), 16_000)
    one = evening(0.1, "nl", [tmp_path / "a.wav"])
    assert (one.language, one.turns, one.duration_ms) == ("nl", (), 6_000)


def test_a_recording_brings_its_own_truth(tmp_path):
    import soundfile

    soundfile.write(tmp_path / "a.wav", np.zeros(48_000, np.int16), 16_000)
    words = [{"text": "Ja", "start_ms": 100, "end_ms": 300, "voice": "Daan"}]
    (tmp_path / "a.json").write_text(json.dumps({"language": "nl", "words": words}))
    one = evening(0.1, "en", [tmp_path / "a.wav"])
    assert one.language == "nl"
    assert [turn[0].start_ms for turn in one.turns] == [100, 4_600]


def test_wordless_sounds_have_their_length_and_none_is_all_noise(monkeypatch, tmp_path):
    monkeypatch.setattr(live_audio, "NOISES", tmp_path / "none")
    sounds = dict(wordless(3.0))
    assert {len(sound) for sound in sounds.values()} == {48_000}
    assert not sounds["silence"].any()
    assert all(np.abs(sound).max() > 300 for name, sound in sounds.items() if name not in ("silence", "room"))


def test_outages_come_in_mid_sentence():
    later = spoken("I", "stay", start_ms=10_000)
    assert mid_sentence(told(TURN, later), 9.0) == pytest.approx(10.9)
    assert mid_sentence(told(), 9.0) == 9.0


def test_turns_that_were_not_wholly_recorded_can_not_be_lost():
    later = spoken("I", "stay", start_ms=10_000)
    assert _without(told(TURN, later), [(11 * 16_000, 12 * 16_000)]).turns == (TURN,)


class StubModels:
    """Hears what the test says, at no cost."""

    def __init__(self, words):
        from engine.live.config import LiveConfig

        self.config = LiveConfig()
        self.words = words
        self.encoder = None

    def recogniser(self, language):
        from engine.values import Utterance, Word

        def final(audio, span, speech):
            inside = [w for w in self.words if span.start_ms <= w.start_ms < span.end_ms]
            words = tuple(Word(w.start_ms, w.end_ms, w.text, 0.9) for w in inside)
            return [Utterance(words[0].start_ms, words[-1].end_ms, words)] if words else []

        def draft(audio, span):
            return [w.text for w in self.words if span.start_ms <= w.start_ms < span.end_ms]

        return SimpleNamespace(final=final, draft=draft)


@pytest.mark.slow
def test_the_engine_is_paced_at_real_time_without_waiting():
    truth = evening(0.3)
    (found,) = caption(StubModels(truth.words), [truth], voices=False)
    measured = delays(found, truth)
    assert [word.text for word in found.words] == [word.text for word in truth.words]
    assert min(measured.final) > 0.2  # no line can come before its pause is heard
    assert losses(found, heard(truth.words), truth).words == 0


@pytest.mark.slow
def test_two_captures_share_one_clock():
    truths = [evening(0.2), evening(0.2, seed=1)]
    models = StubModels([*truths[0].words])
    assert len(caption(models, truths, voices=False)) == 2


def test_local_agreement_commits_what_two_passes_hear(monkeypatch):
    truth = told(TURN)

    def transcribe(models, language, sound, first_s, last_s):
        words = [w for w in TURN if first_s * 1000 <= w.start_ms and w.end_ms <= last_s * 1000]
        return [live_baselines._Heard(w.start_ms / 1000, w.end_ms / 1000, w.text) for w in words], 0.01

    monkeypatch.setattr(live_baselines, "_transcribe", transcribe)
    found = live_baselines.local_agreement(None, truth)
    assert [word.text for word in found.words] == ["The", "gate", "opens"]
    assert found.utterances[0].at_s == pytest.approx(
        2.01
    )  # heard in the first second, agreed upon in the next
    plain = live_baselines.every(None, truth, 5.0)
    assert [word.text for word in plain.words] == ["The", "gate", "opens"]
    assert plain.utterances[0].at_s == pytest.approx(5.01)


def test_waits_for_acknowledgements_are_noted(tmp_path):
    tape = TimedTape(tmp_path / "t")
    tape.add(np.zeros(1600, np.int16))
    tape.add(np.zeros(1600, np.int16))
    tape.hold(1600)
    assert len(tape.waits) == 1
    tape.hold(3200)
    assert [wait >= 0 for _, wait in tape.waits] == [True, True]


def test_what_is_played_is_played_whole():
    samples = np.arange(4000, dtype=np.int16)
    assert (np.concatenate(list(Played(samples).blocks())) == samples).all()


def test_differing_samples_are_counted():
    one = np.array([1, 2, 3, 4], np.int16)
    assert differing(one, one) == 0
    assert differing(one, one[:3]) == 1
    assert differing(one, np.array([1, 9, 3, 4, 5], np.int16)) == 2


def test_a_reload_is_a_gap_in_what_is_expected(tmp_path):
    site = SimpleNamespace(ask=lambda what, **_: {"token": "t"}, url="http://localhost:1")
    sending = Sending(site, "s", np.ones(32_000, np.int16), tmp_path / "t")
    sending.tape.add(np.ones(1600, np.int16))
    sending.tape.began -= 1.0
    sending.reload()
    ((first, end),) = sending.gaps
    assert first == 1600
    assert end == pytest.approx(17_600, abs=1600)
    assert not sending.expected()[first:end].any()
    assert sending.tape.next == end


def test_a_follower_puts_messages_and_stored_lines_together():
    site = SimpleNamespace(port=1, login={"Cookie": ""}, url="http://localhost:1")
    follower = Follower(site, "s")
    draft = {"type": "caption.draft", "capture": "c", "id": "u", "firm": "", "soft": "The"}
    final = {"type": "caption.final", "capture": "c", "id": "u", "lines": [{"id": "u"}]}
    follower.heard = [(11.0, draft), (12.0, final), (13.0, {"type": "captures.changed"})]
    lines = [
        {"id": "u", "capture": "c", "voice": 1, "words": [[0, 800, "The", 0.9]]},
        {"id": "v", "capture": "c", "voice": 1, "words": [[5000, 5800, "gate", 0.9]]},
        {"id": "w", "capture": "other", "voice": 1, "words": [[0, 800, "Nee", 0.9]]},
    ]
    found = follower.shown("c", 10.0, lines)
    assert [word.text for word in found.words] == ["The", "gate"]
    assert [one.at_s for one in found.utterances] == [2.0, None]
    assert [draft.at_s for draft in found.utterances[0].drafts] == [1.0]
    assert len(found.lines) == 2


async def test_a_wire_passes_on_is_cut_and_is_mended():
    async def echo(reader, writer):
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Wire(server.sockets[0].getsockname()[1]) as wire:
        port = int(wire.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"one")
        assert await reader.read(3) == b"one"
        wire.cut()
        with contextlib.suppress(ConnectionError):
            assert await reader.read(3) == b""
        writer.close()
        wire.mend()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"two")
        assert await reader.read(3) == b"two"
        wire.deaden()
        writer.write(b"three")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await reader.read(5)
        wire.mend()
        with contextlib.suppress(ConnectionError):
            assert await reader.read(5) == b""
        writer.close()


def test_only_runs_what_was_named_and_a_missed_target_fails(tmp_path, monkeypatch):
    for name in live_benchmark.PARTS:
        monkeypatch.setitem(live_benchmark.PARTS, name, lambda *_: pytest.fail("not asked for"))
    seen = []

    def noise(settings, folder):
        seen.append(settings)
        yield Figure("live.noise_lines_per_hour", 3, at_most=0)

    monkeypatch.setitem(live_benchmark.PARTS, "noise", noise)
    monkeypatch.setattr(live_benchmark, "_keep_to_cores", lambda count: None)
    monkeypatch.setattr(live_benchmark.signal, "signal", lambda *_: None)
    file = tmp_path / "live.json"
    assert live_benchmark.main(["--only", "noise", "--json", str(file), "--minutes", "2"]) == 1
    written = json.loads(file.read_text())
    assert written["live.noise_lines_per_hour"] == 3
    assert "live.load.noise" in written
    assert seen[0].minutes == 2
