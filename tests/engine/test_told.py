"""What is told to people: English at once, and whole enough to be told again in another language."""

from __future__ import annotations

import json
import pickle

import pytest

from engine.errors import MediaRefused, ModelMissing
from engine.told import Told

TELLING = [
    Told("It is empty."),
    Told("It holds %(tracks)s tracks, 100 % of them loud.".replace("100 %", "100 %%"), tracks=3),
    Told("%(file)s: %(warning)s", file="a%(b)s.wav", warning=Told("It ends after %(read)s.", read="1:00")),
]


def test_is_english_where_nobody_asks_for_more():
    assert Told("It lasts %(hours)s hours.", hours=1.5) == "It lasts 1.5 hours."


def test_without_values_a_per_cent_sign_is_one():
    assert Told("50 %(loud)") == "50 %(loud)"


def test_missing_value_is_no_small_matter():
    with pytest.raises(KeyError):
        Told("It lasts %(hours)s hours.", hour=1)


@pytest.mark.parametrize("told", TELLING)
def test_is_the_same_after_it_was_kept(told):
    again = Told.from_json(json.loads(json.dumps(told.to_json())))
    assert (again, again.template, again.values) == (told, told.template, told.values)


@pytest.mark.parametrize("told", TELLING)
def test_is_the_same_in_another_process(told):
    again = pickle.loads(pickle.dumps(told))
    assert (again, again.template, again.values) == (told, told.template, told.values)


def test_errors_know_what_their_words_are_made_of():
    error = MediaRefused("The file holds %(tracks)s tracks.", tracks=70, detail="70 > 64")
    assert (str(error), error.message.values, error.detail) == (
        "The file holds 70 tracks.",
        {"tracks": 70},
        "70 > 64",
    )


def test_errors_pass_on_what_is_told_already():
    told = Told("There is no %(model)s.", model="tiny")
    assert ModelMissing(told).message.values == {"model": "tiny"}
