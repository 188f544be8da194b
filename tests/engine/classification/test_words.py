import pytest

from engine.classification.words import tokens_of, word_groups


def found(language, text):
    groups = word_groups(language)
    counts = groups.counts(tokens_of(text))
    return {name for name, count in zip(groups.names, counts, strict=True) if count}


def test_drawn_out_letters_are_said_twice():
    assert tokens_of("Neeeeeee! Hahaha") == ["nee", "hahaha"]


def test_numbers_and_dice_are_tokens():
    assert tokens_of("Ik gooi 2d6, dus 17.") == ["ik", "gooi", "2d6", "dus", "17"]


@pytest.mark.parametrize(
    ("language", "text", "group"),
    [
        ("nl", "Gooi maar even een worp", "rules"),
        ("nl", "dat is een saving throw", "rules"),
        ("en", "roll a saving throw", "rules"),
        ("nl", "hahahaaa", "laughter"),
        ("en", "see you next time", "game"),
        ("nl", "wie wil er pizza", "table"),
        ("en", "the castle gate", "world"),
    ],
)
def test_words_phrases_and_beginnings_are_found(language, text, group):
    assert group in found(language, text)


def test_both_languages_have_the_same_groups_in_the_same_order():
    assert word_groups("nl").names == word_groups("en").names
