"""Firm words: those of two drafts in a row, and for good."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.live.agreement import Agreement, plain

texts = st.lists(st.sampled_from(["the", "The", "gate", "gate,", "gate.", "opens", "-", "now?"]), max_size=8)


def test_first_draft_is_soft() -> None:
    assert Agreement().add(["The", "gate"]) == ("", "The gate")


def test_what_two_drafts_say_is_firm() -> None:
    heard = Agreement()
    heard.add(["The", "gate", "is"])
    assert heard.add(["The", "gate", "opens"]) == ("The gate", "opens")


def test_case_and_punctuation_make_no_difference() -> None:
    heard = Agreement()
    heard.add(["the", "gate."])
    assert heard.add(["The", "gate", "opens."]) == ("The gate", "opens.")


def test_firm_text_does_not_end_a_sentence_that_goes_on() -> None:
    heard = Agreement()
    heard.add(["The", "gate."])
    assert heard.add(["The", "gate."])[0] == "The gate"
    heard.add(["The", "gate", "opens"])
    assert heard.add(["The", "gate", "opens", "now."])[0] == "The gate opens"


def test_sentence_that_ends_keeps_its_end_before_the_next() -> None:
    heard = Agreement()
    heard.add(["The", "gate."])
    heard.add(["The", "gate.", "It"])
    assert heard.add(["The", "gate.", "It", "opens."])[0] == "The gate. It"


def test_firm_word_heard_otherwise_later_stays_and_what_follows_is_not_lost() -> None:
    heard = Agreement()
    heard.add(["The", "gate", "opens"])
    heard.add(["The", "gate", "opens", "now"])
    assert heard.add(["A", "gate", "opens", "now", "and"]) == ("The gate opens now", "and")


@given(st.lists(texts, max_size=12))
def test_firm_text_only_grows(drafts: list[list[str]]) -> None:
    heard, before = Agreement(), ""
    for draft in drafts:
        firm, _ = heard.add(draft)
        assert firm.startswith(before)
        assert [plain(word) for word in firm.split()][: len(before.split())] == [
            plain(word) for word in before.split()
        ]
        before = firm


@given(texts)
def test_a_draft_that_comes_again_is_firm_as_a_whole(draft: list[str]) -> None:
    heard = Agreement()
    heard.add(draft)
    firm, soft = heard.add(draft)
    assert soft == ""
    assert [plain(word) for word in firm.split()] == [plain(word) for word in draft]


def test_words_that_agree_behind_one_that_does_not_are_not_firm():
    heard = Agreement()
    heard.add(["zebras", "sleep"])
    assert heard.add(["apples", "sleep"]) == ("", "apples sleep")
    assert heard.add(["zebras", "sleep"]) == ("", "zebras sleep")


def test_a_sentence_ends_as_the_latest_draft_ends_it():
    heard = Agreement()
    heard.add(["One,", "two", "three", "four"])
    assert heard.add(["One,", "two", "three", "five"]) == ("One, two three", "five")
    assert heard.add(["One,", "two", "three.", "Five", "six"]) == ("One, two three. Five", "six")


def test_a_sentence_ends_as_before_where_a_draft_hears_its_words_otherwise():
    heard = Agreement()
    heard.add(["Hello,", "there.", "Now"])
    assert heard.add(["Hello,", "there.", "Then"]) == ("Hello, there", "Then")
    assert heard.add(["Oh", "hello", "there", "Then", "we"]) == ("Hello, there. Then", "we")


def test_what_is_new_is_found_behind_words_that_a_draft_hears_otherwise():
    heard = Agreement()
    heard.add(["a", "b", "c", "d"])
    assert heard.add(["a", "b", "c", "d"]) == ("a b c d", "")
    assert heard.add(["a", "x", "y", "c", "d", "e"]) == ("a b c d", "e")
    assert heard.add(["v", "w", "x", "y", "a", "b", "q", "r", "e"]) == ("a b c d e", "")
