from engine.classification.clauses import clauses_of
from engine.classification.plain import CHARACTER, PERSON, PlainLine, plain_lines
from engine.classification.values import CastMember, SpokenLine
from engine.classification.words import tokens_of


def test_names_of_players_and_characters_make_way_for_marks():
    lines = [SpokenLine("Joris", "player", "Sanne, ik ben Brandaan de Boze, brandaans baas.", "Brandaan")]
    cast = [CastMember("Brandaan de Boze", "player", "Joris"), CastMember("Teun", "npc")]
    (line,) = plain_lines([*lines, SpokenLine("Sanne", "dm", "Teun lacht.")], cast)[:1]
    assert line.text == f"{PERSON}, ik ben {CHARACTER} de {CHARACTER}, brandaans baas."
    assert line.names_own_character


def test_names_of_npcs_stay_and_so_do_lines_without_names():
    lines = [SpokenLine("Sanne", "dm", "Teun lacht.")]
    (line,) = plain_lines(lines, [CastMember("Teun", "npc")])
    assert (line.text, line.is_dm, line.is_player, line.names_own_character) == (
        "Teun lacht.",
        True,
        False,
        False,
    )


def test_a_line_of_several_sentences_is_cut_at_them():
    text = "Dat raakt, negen schade. De balk valt met een klap naar beneden."
    clauses, places = clauses_of(
        [PlainLine("Ja.", ("ja",)), PlainLine(text, tuple(tokens_of(text)), speaker="Sanne")]
    )
    assert [clause.text for clause in clauses] == [
        "Dat raakt, negen schade.",
        "De balk valt met een klap naar beneden.",
    ]
    assert places == [1, 1]
    assert clauses[0].speaker == "Sanne"


def test_one_sentence_is_cut_at_its_clauses_and_short_ones_are_left_whole():
    text = "that hits for nine damage and the beam splinters over your head"
    clauses, _ = clauses_of([PlainLine(text, ()), PlainLine("Okay, sure. Yes.", ())])
    assert [clause.text for clause in clauses] == [
        "that hits for nine damage",
        "and the beam splinters over your head",
    ]
