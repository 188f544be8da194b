import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calibration import unit
from engine.identity import Band, Known, decide, identify, log_odds
from engine.values import VoiceEmbedding
from tests.engine.voices import MODEL, OTHER_MODEL, calibration, find, voice


def person(key, *prints, expected=True):
    return Known(key, prints, expected)


ANNA = person(1, voice(0, 1, 0, 0, 0))
BERT = person(2, voice(0, 0, 1, 0, 0))


def bands(matches):
    return [(match.voice, match.band, match.key) for match in matches]


def test_each_voice_gets_its_person():
    matches = identify([voice(0, 0.1, 1, 0, 0), voice(1, 1, 0.1, 0, 0)], [ANNA, BERT], find_calibration=find)
    assert bands(matches) == [(0, Band.ASSIGNED, 2), (1, Band.ASSIGNED, 1)]
    assert matches[0].score > 0.99
    assert (matches[0].runner_up, matches[1].runner_up) == (1, 2)


def test_visitor_stays_unknown_and_it_is_said_who_came_closest():
    (match,) = identify([voice(0, 0.1, 0, 1, 0)], [BERT, ANNA], find_calibration=find)
    assert (match.band, match.key, match.runner_up) == (Band.UNKNOWN, None, 1)
    assert match.score == match.runner_up_score < 0.01


def test_one_person_is_not_two_voices():
    matches = identify([voice(0, 1, 0.8, 0, 0), voice(1, 1, 0, 0, 0)], [ANNA], find_calibration=find)
    assert bands(matches) == [(0, Band.UNKNOWN, None), (1, Band.ASSIGNED, 1)]


def test_person_given_by_hand_is_not_given_again():
    (match,) = identify([voice(0, 1, 0, 0, 0)], [ANNA, BERT], taken={1}, find_calibration=find)
    assert match.band is Band.UNKNOWN
    assert match.runner_up == 2


def test_voice_between_two_people_is_only_suggested():
    (match,) = identify([voice(0, 1, 0.99, 0, 0)], [ANNA, BERT], find_calibration=find)
    assert (match.band, match.key, match.runner_up) == (Band.SUGGESTED, 1, 2)


def test_person_between_two_voices_is_only_suggested():
    matches = identify([voice(0, 1, 0.1, 0, 0), voice(1, 1, 0, 0.11, 0)], [ANNA], find_calibration=find)
    assert bands(matches) == [(0, Band.SUGGESTED, 1), (1, Band.UNKNOWN, None)]


def test_voice_hardly_heard_never_decides_and_takes_nobody_from_another():
    brief, long = voice(0, 1, 0, 0, 0, ms=4_000), voice(1, 1, 0.1, 0, 0)
    assert bands(identify([brief], [ANNA], find_calibration=find)) == [(0, Band.SUGGESTED, 1)]
    assert bands(identify([brief, long], [ANNA], find_calibration=find)) == [
        (0, Band.UNKNOWN, None),
        (1, Band.ASSIGNED, 1),
    ]


def test_person_who_is_not_expected_needs_more():
    heard = [voice(0, 1, 0.8, 0, 0)]
    expected, unexpected = person(1, *ANNA.prints), person(1, *ANNA.prints, expected=False)
    scores = [identify(heard, [one], find_calibration=find)[0].score for one in (expected, unexpected)]
    assert scores[0] > 0.95 > scores[1]


def test_vectors_of_different_models_never_meet():
    (match,) = identify([voice(0, 1, 0, 0, 0, model=OTHER_MODEL)], [ANNA], find_calibration=find)
    assert (match.band, match.score, match.runner_up) == (Band.UNKNOWN, 0.0, None)
    both = person(1, voice(0, 0, 1, 0, 0, model=OTHER_MODEL), *ANNA.prints)
    assert identify([voice(0, 1, 0, 0, 0)], [both], find_calibration=find)[0].band is Band.ASSIGNED


def test_model_without_calibration_only_suggests():
    anna = person(1, voice(0, 1, 0, 0, 0, model=OTHER_MODEL))
    (match,) = identify([voice(0, 1, 0, 0, 0, model=OTHER_MODEL)], [anna], find_calibration=find)
    assert (match.band, match.key) == (Band.SUGGESTED, 1)
    assert match.score == pytest.approx(1, abs=1e-3)


def test_one_way_of_speaking_suffices_and_several_prints_steady_each_other():
    dungeon_master = person(1, voice(0, 1, 0, 0, 0), voice(0, 0, 0, 1, 0))
    (as_the_witch,) = identify([voice(0, 0, 0, 1, 0)], [dungeon_master], find_calibration=find)
    assert as_the_witch.band is Band.ASSIGNED
    noisy = [voice(0, 1, 0, 0.8, 0), voice(0, 1, 0, -0.8, 0)]
    alone, together = (
        identify([voice(0, 1, 0, 0, 0)], [person(1, *prints)], find_calibration=find)[0].score
        for prints in (noisy[:1], noisy)
    )
    assert together > alone


def test_what_the_voices_of_a_session_share_is_taken_for_its_microphone():
    rng = np.random.default_rng(3)
    people = unit(rng.normal(size=(6, 64)).astype(np.float32))
    microphone = 1.5 * unit(rng.normal(size=64).astype(np.float32))

    def find_64(cohort):
        return lambda _: calibration(centre=np.zeros(64, np.float32), cohort=cohort)

    known = [person(key, voice(0, *people[key])) for key in range(6)]
    voices = [voice(key, *(people[key] + microphone)) for key in range(6)]
    with_it = identify(voices, known, find_calibration=find_64(2.0))
    assert [(m.key, m.band) for m in with_it] == [(key, Band.ASSIGNED) for key in range(6)]
    without = identify(voices, known, find_calibration=find_64(1e6))
    assert Band.ASSIGNED not in {match.band for match in without}
    beside = identify(voices[:1], known, beside=voices[1:], find_calibration=find_64(2.0))
    assert beside[0].band is Band.ASSIGNED
    assert identify(voices[:1], known, find_calibration=find_64(2.0))[0].band is not Band.ASSIGNED


def test_directions_of_microphones_do_not_count():
    shaken = voice(0, 1, 0, 0, 2)
    assert identify([shaken], [ANNA], find_calibration=find)[0].band is Band.UNKNOWN
    nuisance = np.array([[0, 0, 0, 1]], np.float32)
    (match,) = identify([shaken], [ANNA], find_calibration=lambda _: calibration(nuisance=nuisance))
    assert match.band is Band.ASSIGNED


vectors = st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4).filter(
    lambda v: max(map(abs, v)) > 0.1
)
models = st.sampled_from([MODEL, OTHER_MODEL])
embeddings = st.builds(
    lambda vector, model, ms: voice(0, *vector, model=model, ms=ms), vectors, models, st.integers(0, 90_000)
)


@given(
    st.lists(embeddings, max_size=5),
    st.lists(st.lists(embeddings, max_size=3), max_size=5),
    st.sets(st.integers(0, 4)),
)
def test_whatever_is_heard_nobody_is_two_voices_and_nothing_uncertain_is_assigned(heard, prints, taken):
    voices = [VoiceEmbedding(i, v.vector, v.model, v.speech_ms) for i, v in enumerate(heard)]
    known = [Known(key, tuple(kept)) for key, kept in enumerate(prints)]
    matches = identify(voices, known, taken=taken, find_calibration=find)
    assert [match.voice for match in matches] == [v.voice for v in voices]
    keys = [match.key for match in matches if match.key is not None]
    assert len(keys) == len(set(keys))
    assert not set(keys) & taken
    for match, heard_voice in zip(matches, voices, strict=True):
        assert 0 <= match.runner_up_score <= 1
        assert (match.key is None) == (match.band is Band.UNKNOWN)
        if match.band is Band.ASSIGNED:
            assert match.score >= 0.95
            assert heard_voice.speech_ms >= 5_000
            assert heard_voice.model == MODEL


def test_nobody_heard_and_nobody_known_are_no_error():
    assert identify([], [ANNA]) == ()
    assert bands(identify([voice(0, 1, 0, 0, 0)], [], find_calibration=find)) == [(0, Band.UNKNOWN, None)]


def test_sessions_must_fit_the_prints():
    with pytest.raises(ValueError, match="one for each print"):
        Known(1, ANNA.prints, sessions=(1, 2))


def test_sessions_that_are_too_few_do_not_fit_the_prints_either():
    two = (*ANNA.prints, *BERT.prints)
    with pytest.raises(ValueError, match="one for each print"):
        Known(1, two, sessions=(1,))
    assert Known(1, two, sessions=(1, 1)).expected


def logit(probability):
    return math.log(probability / (1 - probability))


def judged(*rows, find=find, **given):
    """Decides about voices (rows) of people (columns), who are numbered from 1."""
    voices = [voice(i, 1, 0, 0, 0, **given) for i in range(len(rows))]
    people = [person(1 + j) for j in range(len(rows[0]))]
    return decide(voices, people, np.array(rows), find)


def test_each_band_begins_at_its_probability():
    assign, suggest = logit(0.95), logit(0.4)
    for score, band in (
        (assign, Band.ASSIGNED),
        (assign - 1e-9, Band.SUGGESTED),
        (suggest, Band.SUGGESTED),
        (suggest - 1e-9, Band.UNKNOWN),
    ):
        (match,) = judged([score])
        assert match.band is band
        assert match.score == pytest.approx(1 / (1 + math.exp(-score)))


def test_a_model_without_calibration_suggests_from_a_cosine_of_a_half():
    for cosine, band in ((0.5, Band.SUGGESTED), (0.5 - 1e-9, Band.UNKNOWN), (0.9, Band.SUGGESTED)):
        (match,) = judged([logit(cosine)], find=lambda _: None)
        assert match.band is band


def test_an_assigned_voice_leads_by_the_margin_before_people_and_long_voices():
    assert judged([5.0, 3.0])[0].band is Band.ASSIGNED
    assert judged([5.0, 3.0 + 1e-9])[0].band is Band.SUGGESTED
    assert judged([5.0], [3.0])[0].band is Band.ASSIGNED
    assert judged([5.0], [3.0 + 1e-9])[0].band is Band.SUGGESTED
    assert judged([4.0], find=lambda _: calibration(margin=9.0))[0].band is Band.ASSIGNED


def test_a_voice_decides_from_the_speech_that_its_calibration_asks_for():
    assert judged([5.0], ms=5_000)[0].band is Band.ASSIGNED
    assert judged([5.0], ms=4_999)[0].band is Band.SUGGESTED


def test_the_score_of_who_comes_next_is_theirs():
    (match,) = judged([5.0, -1.0, 2.0])
    assert (match.key, match.runner_up) == (1, 3)
    assert match.runner_up_score == pytest.approx(1 / (1 + math.exp(-2.0)))


def test_extreme_odds_are_probabilities_too():
    assert judged([5_000.0])[0].score == 1
    assert judged([-5_000.0])[0].score == 0


def test_people_without_a_print_of_the_model_stand_in_nobodys_way():
    elsewhere = person(2, voice(0, 1, 0, 0, 0, model=OTHER_MODEL))
    (match,) = identify([voice(0, 1, 0, 0, 0)], [ANNA, elsewhere], find_calibration=find)
    assert (match.band, match.runner_up) == (Band.ASSIGNED, None)


@pytest.mark.parametrize("names", [(MODEL, "model-z"), (MODEL, "model-0")])
def test_vectors_of_models_with_other_sizes_are_kept_apart_throughout(names):
    here, there = names
    anna = person(1, voice(0, 1, 0, 0, 0, model=here), voice(0, 1, 0, model=there))
    bert = person(2, voice(0, 0, 1, 0, 0, model=here), voice(0, 0, 1, model=there))
    voices = [voice(0, 1, 0, 0, 0, model=here), voice(1, 0, 1, model=there)]
    beside = [voice(2, 0, 0, 1, 0, model=here), voice(3, 1, 1, model=there)]
    matches = identify(voices, [anna, bert], beside=beside, find_calibration=find)
    assert [match.key for match in matches] == [1, 2]


def test_names_of_models_are_compared_by_what_they_say():
    same = "".join(list(MODEL))  # another string that says the same
    heard, known = voice(0, 1, 0, 0, 0, model=same), person(1, *ANNA.prints)
    assert identify([heard], [known], find_calibration=find)[0].band is Band.ASSIGNED


def test_up_to_three_prints_steady_each_other():
    noise = 1.5 * np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    prints = [voice(0, 1, *each) for each in noise]
    odds = [
        log_odds([voice(0, 1, 0, 0, 0)], [], [person(1, *prints[:count])], [1], calibration())[0, 0]
        for count in (1, 2, 3, 4)
    ]
    assert odds[0] < odds[1] < odds[2]
    assert odds[3] == pytest.approx(odds[2], rel=1e-3)
