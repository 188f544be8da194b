import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alignment import AlignConfig, align
from engine.values import Diarization, Turn, Utterance, Word


def said(text, start_ms=0, each_ms=300):
    """An utterance whose words follow each other without pause."""
    words = tuple(
        Word(start_ms + i * each_ms, start_ms + (i + 1) * each_ms, word, 0.9)
        for i, word in enumerate(text.split())
    )
    return Utterance(start_ms, words[-1].end_ms, words)


def diarized(*turns):
    return Diarization(tuple(Turn(*turn) for turn in turns), ())


def play(lines):
    return [(line.voice, line.text) for line in lines]


def test_line_changes_where_the_speaker_changes():
    lines = align([said("Open the door. No, wait for me.")], diarized((0, 900, 0), (900, 2100, 1)))
    assert play(lines) == [(0, "Open the door."), (1, "No, wait for me.")]


def test_single_word_within_a_sentence_keeps_its_speaker():
    lines = align([said("I open the old door slowly.")], diarized((0, 600, 0), (600, 900, 1), (900, 1800, 0)))
    assert play(lines) == [(0, "I open the old door slowly.")]


def test_single_word_that_is_a_sentence_has_its_own_speaker():
    lines = align(
        [said("Shall we go? Yes. Then pack your things.")],
        diarized((0, 900, 0), (900, 1200, 1), (1200, 2400, 0)),
    )
    assert play(lines) == [(0, "Shall we go?"), (1, "Yes."), (0, "Then pack your things.")]


@pytest.mark.parametrize("boundary_ms", [600, 1200])
def test_change_moves_by_one_word_to_the_end_of_the_sentence(boundary_ms):
    lines = align(
        [said("Open the door. No, wait for me.")], diarized((0, boundary_ms, 0), (boundary_ms, 2100, 1))
    )
    assert play(lines) == [(0, "Open the door."), (1, "No, wait for me.")]


def test_long_interruption_within_a_sentence_is_a_line():
    lines = align(
        [said("so we walk to the listen everybody the pizza is here old tower")],
        diarized((0, 1500, 0), (1500, 3300, 1), (3300, 3900, 0)),
    )
    assert play(lines) == [
        (0, "so we walk to the"),
        (1, "listen everybody the pizza is here"),
        (0, "old tower"),
    ]


def test_utterances_of_one_voice_flow_into_one_line():
    lines = align([said("The rain"), said("falls.", 700)], diarized((0, 1000, 0)))
    assert play(lines) == [(0, "The rain falls.")]


def test_long_pause_ends_a_line():
    lines = align([said("The rain."), said("It falls.", 4000)], diarized((0, 4600, 0)))
    assert play(lines) == [(0, "The rain."), (0, "It falls.")]


def test_long_speech_is_set_in_lines_that_end_with_a_sentence():
    speech = " ".join(["One two three four five six seven eight nine ten."] * 12)
    lines = align([said(speech)], diarized((0, 36_000, 0)))
    assert len(lines) == 3
    assert all(line.text.endswith(".") for line in lines)


def test_long_speech_without_stops_is_cut_at_its_widest_pause():
    before, after = said(" ".join(["word"] * 40)), said(" ".join(["word"] * 40), 12_400)
    lines = align([before, after], diarized((0, 25_000, 0)))
    assert [len(line.words) for line in lines] == [40, 40]


def test_word_that_no_turn_covers_goes_to_the_nearest_in_reach():
    lines = align([said("Hello there.", 1000)], diarized((2000, 3000, 4)))
    assert [line.voice for line in lines] == [4]


def test_word_far_from_every_turn_has_no_voice():
    lines = align([said("Hello there.", 60_000)], diarized((0, 1000, 0)))
    assert [line.voice for line in lines] == [None]


def test_speech_without_words_is_a_line_of_its_own():
    silent = Utterance(700, 1500, (), heard=False)
    lines = align([said("Go on."), silent, said("Thanks.", 1500)], diarized((0, 700, 0), (700, 1500, 1)))
    assert [(line.voice, line.text, line.heard) for line in lines] == [
        (0, "Go on.", True),
        (1, "", False),
        (1, "Thanks.", True),
    ]


def test_overlapping_turns_give_a_word_to_the_voice_that_covers_it_most():
    lines = align([said("Yes indeed my friend.")], diarized((0, 1200, 0), (0, 500, 1)))
    assert play(lines) == [(0, "Yes indeed my friend.")]


def test_no_words_give_no_lines():
    assert align([], diarized((0, 1000, 0))) == []


@pytest.mark.parametrize(
    "nonsense",
    [{"change_at_end": 2.0}, {"reach_ms": -1}, {"long_ms": 40_000}, {"long_words": 0}],
)
def test_config_refuses_nonsense(nonsense):
    with pytest.raises(ValueError, match=r"."):
        AlignConfig(**nonsense)


@st.composite
def spoken(draw):
    utterances, at, number = [], 0, 0
    for _ in range(draw(st.integers(0, 8))):
        words = []
        at = max(0, at + draw(st.integers(-500, 4000)))
        start = at
        for _ in range(draw(st.integers(0, 40))):
            length = draw(st.integers(0, 2500))
            ending = draw(st.sampled_from(["", "", "", ".", ",", "?!", "…”"]))
            words.append(Word(at, at + length, f"w{number}{ending}", 0.5))
            number += 1
            at += length + draw(st.integers(0, 300))
        utterances.append(Utterance(start, at, tuple(words), heard=bool(words)))
    return utterances


turns = st.lists(
    st.tuples(st.integers(0, 60_000), st.integers(1, 9000), st.integers(0, 5)).map(
        lambda t: Turn(t[0], t[0] + t[1], t[2])
    ),
    max_size=30,
).map(lambda found: Diarization(tuple(sorted(found)), ()))


@pytest.mark.slow
@given(spoken(), turns)
def test_every_word_is_in_exactly_one_line(utterances, diarization):
    lines = align(utterances, diarization)
    heard = [word for line in lines for word in line.words]
    assert sorted(heard) == sorted(word for u in utterances for word in u.words)
    assert sum(not line.heard for line in lines) == sum(not u.heard for u in utterances)


@pytest.mark.slow
@given(spoken(), turns)
def test_lines_keep_within_their_lengths_and_in_order(utterances, diarization):
    config = AlignConfig()
    lines = align(utterances, diarization, config)
    assert lines == sorted(lines, key=lambda line: (line.start_ms, line.end_ms))
    for line in lines:
        assert line.start_ms <= line.end_ms
        assert len(line.words) <= config.max_words
        assert line.voice is None or line.voice in diarization.voices
        if len(line.words) > 1:
            assert line.words[-1].end_ms - line.words[0].start_ms <= config.max_ms


@pytest.mark.parametrize(
    "sensible",
    [
        {"change_at_end": 0.0},
        {"change_at_clause": 0.2},
        {"change_within": 1.25},
        {"reach_ms": 0, "clear_pause_ms": 0, "break_ms": 0},
        {"long_ms": 30_000},
        {"long_ms": 1, "max_ms": 1},
        {"long_words": 60},
        {"long_words": 1, "max_words": 1},
    ],
)
def test_config_takes_its_bounds(sensible):
    assert AlignConfig(**sensible)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"change_at_end": -0.1},
        {"change_at_clause": 0.1},
        {"change_within": 1.2},
        {"clear_pause_ms": -1},
        {"break_ms": -1},
        {"long_ms": 0},
        {"long_ms": 30_001},
        {"long_words": 61},
    ],
)
def test_config_refuses_what_lies_beyond_its_bounds(nonsense):
    with pytest.raises(ValueError, match=r"must"):
        AlignConfig(**nonsense)


def test_words_beside_one_that_is_nobodys_keep_their_voices():
    apart = [said("Hello."), said("what", 60_000), said("Yes.", 120_000)]
    lines = align(apart, diarized((0, 300, 0), (120_000, 120_300, 1)))
    assert play(lines) == [(0, "Hello."), (None, "what"), (1, "Yes.")]


@pytest.mark.parametrize(
    ("pause_ms", "expected"),
    [(500, [(0, "we open"), (1, "stop"), (0, "the door")]), (499, [(0, "we open stop the door")])],
)
def test_over_a_clear_pause_one_word_suffices_for_a_change(pause_ms, expected):
    second, third = 600 + pause_ms, 900 + 2 * pause_ms
    lines = align(
        [said("we open"), said("stop", second), said("the door", third)],
        diarized((0, 600, 0), (second, second + 300, 1), (third, third + 600, 0)),
    )
    assert play(lines) == expected


@pytest.mark.parametrize(("before", "count"), [("wait,", 2), ("wait", 1)])
def test_behind_a_comma_a_change_costs_less_than_elsewhere(before, count):
    words = (
        Word(0, 300, "we", 1),
        Word(300, 600, before, 1),
        Word(600, 900, "no", 1),
        Word(900, 1_000, "but", 1),
    )
    assert len(align([Utterance(0, 1_000, words)], diarized((0, 600, 0), (600, 1_000, 1)))) == count


def sizes(lines):
    return [len(line.words) for line in lines]


def spoken_words(count, each_ms=300, **marked):
    """Words, of which some end with a mark: ``w20="."`` puts a stop behind the twentieth."""
    return said(" ".join("word" + marked.get(f"w{n}", "") for n in range(1, count + 1)), each_ms=each_ms)


def one_voice(utterance):
    return align([utterance], diarized((0, utterance.end_ms, 0)))


def test_a_line_is_full_at_its_greatest_length_and_not_before():
    assert sizes(one_voice(spoken_words(60))) == [60]
    assert sizes(one_voice(spoken_words(61))) == [59, 2]
    assert sizes(one_voice(spoken_words(50, each_ms=600))) == [50]
    longer = said(" ".join(["word"] * 49), each_ms=600)
    last = Word(29_400, 30_001, "word", 0.9)
    assert len(one_voice(Utterance(0, 30_001, (*longer.words, last)))) == 2


def test_a_full_line_ends_with_a_sentence_that_is_not_in_its_first_third():
    assert sizes(one_voice(spoken_words(61, w20="."))) == [20, 41]
    assert sizes(one_voice(spoken_words(61, w21="."))) == [21, 40]
    assert sizes(one_voice(spoken_words(61, w19="."))) == [59, 2]
    assert sizes(one_voice(spoken_words(61, w25=".", w30=",", w34="."))) == [34, 27]
    assert sizes(one_voice(spoken_words(61, w25=",", w30=","))) == [30, 31]


def test_the_word_that_is_too_much_for_a_line_does_not_end_it():
    assert sizes(one_voice(spoken_words(61, w61=","))) == [59, 2]


def test_a_long_line_ends_with_its_sentence_and_a_short_one_does_not():
    assert sizes(one_voice(spoken_words(50, w34=".", w40="."))) == [40, 10]
    assert sizes(one_voice(spoken_words(50, w35=".", w40="."))) == [35, 15]
    assert sizes(one_voice(spoken_words(30, each_ms=600, w24=".", w28="."))) == [28, 2]
    assert sizes(one_voice(spoken_words(30, each_ms=600, w25=".", w28="."))) == [25, 5]


def test_words_that_are_longer_than_a_line_have_one_each():
    assert sizes(one_voice(spoken_words(3, each_ms=20_000))) == [1, 1, 1]
    assert sizes(one_voice(spoken_words(2, each_ms=40_000))) == [1, 1]
    short, long = Word(0, 300, "so", 0.9), Word(300, 40_300, "looong", 0.9)
    assert sizes(one_voice(Utterance(0, 40_300, (short, long)))) == [1, 1]
