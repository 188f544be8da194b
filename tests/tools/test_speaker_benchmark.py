import json

import numpy as np
import pytest
import soundfile

from engine.identity import Band
from engine.values import Diarization, Turn
from tests.engine.voices import calibration, find, voice
from tools import calibrate_voices, speaker_benchmark
from tools.measure.evenings import Evening, Material, Spoken, cut
from tools.measure.microphones import Microphone, any_microphone, made_up_room
from tools.measure.naming import Heard, name_session, people_named
from tools.measure.sounds import by_person, single_speakers
from tools.measure.voice_bank import Half, meetings, read_bank, write_bank


def evening(*spoken, people=("anna", "bert"), visitor=None, seconds=40):
    truth = tuple(Spoken(*one) for one in spoken)
    return Evening("test", np.zeros(seconds * 16_000, np.float32), truth, people, visitor, 0)


def heard(what, *turns, voices):
    return Heard(what, Diarization(tuple(Turn(*turn) for turn in turns), voices))


FIRST = heard(
    evening((0, 10_000, "anna"), (10_000, 20_000, "bert")),
    (0, 10_000, 0),
    (10_000, 20_000, 1),
    voices=(voice(0, 1, 0, 0, 0), voice(1, 0, 1, 0, 0)),
)


def test_first_session_is_named_by_whom_each_voice_mostly_is():
    people = people_named(FIRST)
    assert {name: known.prints for name, known in people.items()} == {
        "anna": FIRST.diarization.embeddings[:1],
        "bert": FIRST.diarization.embeddings[1:],
    }


def test_right_wrong_and_missed_time_are_told_apart():
    later = heard(
        evening((0, 10_000, "bert"), (10_000, 20_000, "anna"), (20_000, 30_000, "anna")),
        (0, 9_000, 0),
        (9_700, 12_000, 0),
        (12_000, 20_000, 1),
        voices=(voice(0, 0, 1, 0, 0), voice(1, 1, 0, 0, 0)),
    )
    named = name_session(later, people_named(FIRST), find)
    assert named.spoken_ms == 30_000
    assert named.right_ms == 9_000 + 300 + 8_000
    assert named.wrong_ms == 2_000
    assert named.missed_ms == 700 + 10_000
    assert (named.best_ms, named.worst_ms) == (named.right_ms, named.wrong_ms)


def test_where_two_speak_at_once_either_name_is_right():
    later = heard(
        evening((0, 10_000, "anna"), (8_000, 18_000, "bert")),
        (0, 9_000, 0),
        (9_000, 18_000, 1),
        voices=(voice(0, 1, 0, 0, 0), voice(1, 0, 1, 0, 0)),
    )
    assert name_session(later, people_named(FIRST), find).wrong_ms == 0


@pytest.mark.parametrize(("vector", "named"), [((1, 0, 0, 0), True), ((0, 0, 1, 0), False)])
def test_visitor_with_a_name_is_counted(vector, named):
    later = heard(evening((0, 10_000, "vera"), visitor="vera"), (0, 10_000, 0), voices=(voice(0, *vector),))
    result = name_session(later, people_named(FIRST), find)
    assert result.visitor_named is named
    assert (result.matches[0].band is Band.ASSIGNED) is named


def test_microphone_keeps_length_and_time():
    rng = np.random.default_rng(1)
    click = np.zeros(16_000, np.float32)
    click[8_000:8_400] = rng.normal(size=400)
    for codec in (None, "libopus", "libmp3lame", "telephone"):
        recorded = Microphone(reverb=made_up_room(rng), wet=0.4, codec=codec).record(click)
        assert len(recorded) == len(click)
        assert abs(int(np.abs(recorded).argmax()) - 8_200) < 400
    assert len(any_microphone(rng, [], []).record(click)) == len(click)


def spoken(seconds, seed):
    """Returns something that a detector takes for nothing at all, and an encoder for a voice."""
    return (0.1 * np.random.default_rng(seed).normal(size=int(seconds * 16_000))).astype(np.float32)


def write(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / name, spoken(1, 1), 16_000)


def test_people_are_told_by_file_names_and_nothing_comes_twice(tmp_path):
    write(tmp_path / "librispeech-speakers", "a/12-1-0001.flac", "a/12-1-0002.flac", "b/7-2-0001.flac")
    write(tmp_path / "librispeech-with-text", "12-1-0001.flac", "9-1-0001.wav")
    write(tmp_path / "dutch", "rdh_1.wav", "call.wav")
    assert {p: len(paths) for p, paths in by_person(tmp_path / "librispeech-speakers").items()} == {
        "12": 2,
        "7": 1,
    }
    assert {p: len(paths) for p, paths in single_speakers(tmp_path).items()} == {
        "12": 2,
        "7": 1,
        "9": 1,
        "rdh": 1,
    }


def test_folder_without_a_group_is_refused_by_name(tmp_path):
    write(tmp_path / "librispeech-speakers", "12-1-0001.flac")
    with pytest.raises(FileNotFoundError, match="two people"):
        Material(tmp_path, 1)


def test_silence_makes_no_turns():
    assert cut("x", np.zeros(16_000, np.float32)) == []


def test_help_says_which_layout_another_folder_needs(capsys):
    with pytest.raises(SystemExit):
        speaker_benchmark.main(["--help"])
    told = capsys.readouterr().out
    assert all(name in told for name in ("librispeech-speakers", "librispeech-many", "noise", "--json"))


def made_up_bank(people, size=32, microphones=4, seed=0):
    """Returns a bank in which each microphone moves all voices the same way."""
    rng = np.random.default_rng(seed)
    moves = 0.5 * rng.normal(size=(microphones, 1, size))
    bank = {}
    for person in range(people):
        own = rng.normal(size=size)
        halves = []
        for _ in range(2):
            crops = own + moves + 0.2 * rng.normal(size=(microphones, 3, size))
            short = own + moves + 0.5 * rng.normal(size=(microphones, 2, size))
            halves.append(Half(crops.astype(np.float32), 4_000, short.astype(np.float32)))
        bank[f"p{person}"] = (halves[0], halves[1])
    return bank


@pytest.mark.slow
def test_calibration_is_learnt_measured_on_others_and_written(tmp_path, capsys):
    write_bank(tmp_path / "bank.npz", made_up_bank(30))
    write(tmp_path / "librispeech-many", *(f"p{i}-1-1.flac" for i in range(30)))
    arguments = ["--data", str(tmp_path), "--bank", str(tmp_path / "bank.npz"), "--meetings", "60"]
    out = tmp_path / "out.json"
    assert calibrate_voices.main([*arguments, "--directions", "3", "--out", str(out)]) == 0
    told = json.loads(out.read_text())
    assert told["made_from"]["people"] == 30
    assert told["measured"]["people_not_learnt_from"]["right"] > 0.9
    assert told["measured"]["people_not_learnt_from"]["wrong"] == 0
    assert len(told["nuisance"]) == 3
    assert "people_not_learnt_from" in capsys.readouterr().out


def test_too_few_people_calibrate_nothing(tmp_path):
    write_bank(tmp_path / "bank.npz", made_up_bank(5))
    write(tmp_path / "librispeech-many", *(f"p{i}-1-1.flac" for i in range(5)))
    with pytest.raises(SystemExit, match="15 are needed"):
        calibrate_voices.main(["--data", str(tmp_path), "--bank", str(tmp_path / "bank.npz")])


def test_bank_survives_its_file(tmp_path):
    before = made_up_bank(2)
    write_bank(tmp_path / "bank.npz", before)
    after = read_bank(tmp_path / "bank.npz")
    assert after.keys() == before.keys()
    assert np.array_equal(after["p1"][1].crops, before["p1"][1].crops)
    assert after["p0"][0].crop_ms == 4_000


def test_nobody_is_at_a_meeting_twice_and_visitors_are_not_in_the_prints():
    for meeting in meetings(made_up_bank(12), [f"p{i}" for i in range(12)], 30, np.random.default_rng(1)):
        names = [one.person for one in meeting.voices]
        assert len(set(names)) == len(names)
        assert meeting.same.sum(axis=1).max() <= 1


def test_another_calibration_can_be_measured(tmp_path):
    file = tmp_path / "other.json"
    file.write_text(json.dumps(calibration().to_json()))
    assert speaker_benchmark.calibration_in(file)("model-a").slope == 20.0
