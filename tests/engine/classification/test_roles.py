import numpy as np

from engine.classification.plain import PlainLine
from engine.classification.roles import with_roles
from engine.classification.values import KINDS


class Narrators:
    """Takes what starts with "The" for narration, and anything else for a player's."""

    def kinds(self, lines, language):
        found = np.full((len(lines), len(KINDS)), 0.02)
        for row, line in zip(found, lines, strict=True):
            row[KINDS.index("dm_narration" if line.text.startswith("The") else "character")] = 0.92
        return found


def said(speaker, text, **roles):
    return PlainLine(text, tuple(text.split()), speaker, **roles)


def evening(**roles):
    return [
        line
        for _ in range(10)
        for line in (said("Dana", "The door opens slowly.", **roles), said("Pim", "I look inside."))
    ]


def masters(lines):
    return {line.speaker for line in with_roles(lines, Narrators(), "en") if line.is_dm}


def test_who_narrates_is_the_game_master_and_the_others_play():
    found = with_roles(evening(), Narrators(), "en")
    assert {line.speaker for line in found if line.is_dm} == {"Dana"}
    assert {line.speaker for line in found if line.is_player} == {"Pim"}


def test_a_known_game_master_stays_and_makes_players_of_the_others():
    lines = [*evening(), said("Bo", "Hm.", is_dm=True)]
    assert masters(lines) == {"Bo"}


def test_a_known_player_is_never_taken_for_the_game_master():
    assert masters(evening(is_player=True)) == set()


def test_nobody_is_taken_for_the_game_master_on_little_ground():
    assert masters(evening()[:6]) == set()
    assert masters([line for line in evening() if line.speaker == "Dana"]) == set()
    both = [said(speaker, "The door opens slowly.") for speaker in ("Dana", "Pim") * 10]
    assert masters(both) == set()


def test_known_roles_stay_as_they_are():
    lines = [said("Dana", "I look.", is_dm=True), said("Pim", "The door.", is_player=True)]
    assert with_roles(lines, Narrators(), "en") == lines
