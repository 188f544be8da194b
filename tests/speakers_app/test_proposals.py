"""Proposals: who a voice probably is, from made-up transcripts in both languages, and silence where nothing tells."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.models import Character, CharacterRole, Segment, Session, Voice
from sessions_app.transcripts.talk import count_talk
from speakers_app import decisions
from speakers_app.labelling import labelling
from speakers_app.models import Assignment, How, Speaker
from speakers_app.proposals import PROPOSE_FROM, Proposals, how_proposed, propose
from speakers_app.spoken_names import SpokenLine, callable_names, mentions

pytestmark = pytest.mark.django_db

LINE_MS = 4_000


@pytest.fixture
def party(campaign):
    def character(name: str, player: str, role: str = CharacterRole.PLAYER, aliases: tuple[str, ...] = ()):
        return Character.objects.create(
            party=campaign.party, name=name, player_name=player, role=role, aliases=list(aliases)
        )

    character("Dungeon Master", "Eva", CharacterRole.DM)
    character("Mira de Wijze", "Anna", aliases=("Mi",))
    character("Borin", "Tom")
    return campaign.party


def play(session: Session, *lines: tuple[int, str] | tuple[int, str, int]) -> Session:
    """Stores lines of (voice, text) one after another; a third figure is how many milliseconds one lasts."""
    voices = {
        number: Voice.objects.get_or_create(session=session, number=number, defaults={"speech_ms": 9000})[0]
        for number in {line[0] for line in lines}
    }
    at_ms = 0
    for position, (number, text, *length) in enumerate(lines):
        length_ms = length[0] if length else LINE_MS
        Segment.objects.create(
            session=session,
            voice=voices[number],
            position=position,
            start_ms=at_ms,
            end_ms=at_ms + length_ms - 500,
            text=text,
        )
        at_ms += length_ms
    count_talk(session)
    return session


def proposals(session: Session) -> Proposals:
    return propose(session, labelling(session))


def who(session: Session) -> dict[int, str]:
    return {each.card.voice.number: each.person.name for each in proposals(session).found}


def suggest(session, number, name, score, runner_up=None, runner_up_score=None):
    campaign = session.campaign
    Assignment.objects.create(
        voice=session.voices.get(number=number),
        speaker=Speaker.objects.get_or_create(campaign=campaign, name=name)[0],
        how=How.ROSTER,
        suggested=True,
        score=score,
        runner_up=Speaker.objects.get_or_create(campaign=campaign, name=runner_up)[0] if runner_up else None,
        runner_up_score=runner_up_score,
    )


ENGLISH = [
    (1, "You all stand before the gate."),
    (1, "Mira, what do you do?"),
    (2, "I listen at the door."),
    (1, "And Borin?"),
    (3, "I draw my axe."),
    (1, "You hear nothing. Mira, do you go in?"),
    (2, "Yes, carefully."),
    (1, "Borin, roll perception for me."),
    (3, "That's a twelve."),
    (1, "What do you say, Mira?"),
    (2, "Nothing at all."),
    (1, "Okay, Borin, where are you standing?"),
    (3, "In the back."),
]
DUTCH = [
    (1, "Jullie staan voor de poort."),
    (1, "Mira, wat doe jij?"),
    (2, "Ik luister aan de deur."),
    (1, "En Borin?"),
    (3, "Ik trek mijn bijl."),
    (1, "Je hoort niets. Mira, ga je naar binnen?"),
    (2, "Ja, voorzichtig."),
    (1, "Borin, gooi even waarneming voor me."),
    (3, "Dat is een twaalf."),
    (1, "Wat zeg je dan, Mira?"),
    (2, "Helemaal niets."),
    (1, "Oké, Borin, waar sta jij?"),
    (3, "Achteraan."),
]


@pytest.mark.parametrize("lines", [ENGLISH, DUTCH], ids=["english", "dutch"])
def test_who_answers_to_a_name_is_its_player(lines, session, party):
    assert who(play(session, *lines)) == {2: "Anna", 3: "Tom"}


def test_reason_names_the_person_and_the_moment(session, party):
    found = proposals(play(session, *ENGLISH)).found
    reasons = {each.person.name: each.reasons for each in found}
    assert reasons["Anna"] == ("answers 3 times when Anna (Mira de Wijze) is spoken to, first at 0:08",)


def test_voice_of_which_nothing_is_known_is_left_without_a_proposal(session, party):
    shown = proposals(play(session, *ENGLISH))
    assert [card.voice.number for card in shown.without] == [1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hi everybody, I\N{RIGHT SINGLE QUOTATION MARK}m Tom, and I brought crisps.", "Tom"),
        ("My name is Anna.", "Anna"),
        ("So I play Borin again tonight.", "Tom"),
        ("Hoi, ik ben Tom.", "Tom"),
        ("Ik heet Anna en ik speel vanavond mee.", "Anna"),
        ("Ik speel Mira de Wijze, een elf.", "Anna"),
        ("Mijn personage heet Borin.", "Tom"),
    ],
)
def test_who_says_their_own_name_is_that_person(text, name, session, party):
    assert who(play(session, (1, "Welcome."), (2, text), (1, "Right."))) == {2: name}


@pytest.mark.parametrize(
    "text",
    [
        "I'm Tom's brother.",
        "Ik ben Tom niet.",
        "I am not Tom.",
        "If I am Tom, then who are you?",
        "Als ik ben Tom, wie ben jij?",
        "Ik ben Toms broer.",
        "Tom is late again.",
        "I'm tired.",
    ],
)
def test_other_words_around_a_name_are_no_introduction(text, session, party):
    assert who(play(session, (1, "Welcome."), (2, text), (1, "Right."))) == {}


def test_single_answer_proves_nothing(session, party):
    assert who(play(session, *ENGLISH[:4])) == {}


def test_answers_of_several_voices_prove_nothing(session, party):
    lines = [(1, "Mira, what do you do?"), (2, "Well."), (1, "Mira, what do you do?"), (3, "Well.")] * 3
    assert who(play(session, *lines)) == {}


def test_who_talks_after_everybody_does_not_answer_to_a_name(session, party):
    """Voice 1 takes every second turn, and so every turn after a name is said."""
    lines = [
        (2, "Mira, come here."),
        (1, "The wind howls."),
        (3, "Hm."),
        (1, "It rains."),
        (2, "Well."),
        (1, "Yes."),
    ]
    assert 1 not in who(play(session, *lines * 4))


def test_answer_that_comes_too_late_is_none(session, party):
    lines = [(1, "Mira, what do you do?"), (1, "And so on.", 9_000), (2, "Well.")] * 4
    assert who(play(session, *lines)) == {}


def test_who_speaks_to_somebody_is_not_that_person(session, party):
    lines = [(2, "Mira, are you there?"), (1, "Yes."), (1, "Mira, are you there?"), (2, "Yes.")] * 3
    assert who(play(session, *lines)) == {}


def test_names_in_a_tale_are_nobody_spoken_to(session, party):
    lines = [
        (1, "Mira, Borin and the others walk on."),
        (2, "Fine."),
        (1, "Mira, who is tired, sits down."),
        (2, "Ok."),
    ]
    assert who(play(session, *lines * 4)) == {}


def test_name_that_two_people_share_tells_nothing(campaign, session, party):
    Character.objects.create(party=party, name="Mira", player_name="Sofie")
    lines = [line for line in ENGLISH if line[0] != 3]
    assert who(play(session, *lines)) == {}


LEADING = [
    (1, "The road is long.", 60_000),
    (2, "Yes.", 30_000),
    (3, "No.", 30_000),
    (1, "And dark.", 60_000),
]


def test_who_talks_most_is_proposed_as_the_dungeon_master_with_modest_confidence(session, party):
    [found] = proposals(play(session, *LEADING)).found
    assert (found.card.voice.number, found.person.name) == (1, "Eva")
    assert found.percent <= 75
    assert found.reasons == ("talks most (67 %), as who leads the game usually does",)


def test_talk_time_proves_nothing_at_a_small_table_or_after_a_minute(session, party):
    assert who(play(session, *[line for line in LEADING if line[0] != 3])) == {}


def test_even_talk_proves_nothing(session, party):
    assert who(play(session, *[(number, "Well.", 60_000) for number in (1, 2, 3)], (1, "So.", 5_000))) == {}


def test_sound_is_proposed_with_its_score(session, party):
    play(session, (1, "Hello."), (2, "Hello."))
    suggest(session, 2, "Anna", 0.8, "Tom", 0.3)
    [found] = proposals(session).found
    assert (found.card.voice.number, found.person.name, found.reasons) == (
        2,
        "Anna",
        ("sounds like Anna, 80 %",),
    )


def test_sound_and_names_together_are_surer_than_either(session, party):
    play(session, *ENGLISH)
    alone = {each.person.name: each.probability for each in proposals(session).found}
    suggest(session, 2, "Anna", 0.7)
    together = {each.person.name: each for each in proposals(session).found}
    assert together["Anna"].probability > max(alone["Anna"], 0.7)
    assert len(together["Anna"].reasons) == 2


def test_sound_and_names_that_disagree_leave_no_idea(session, party):
    play(session, *ENGLISH)
    suggest(session, 2, "Tom", 0.6)
    assert 2 not in who(session)


def test_nobody_is_proposed_twice_nor_who_is_found_already(session, party, editor):
    play(session, *ENGLISH)
    decisions.name_voice(session.voices.get(number=1), "Anna", editor)
    assert who(session) == {3: "Tom"}


def test_empty_session_has_no_proposals(session, party):
    assert proposals(session) == Proposals((), ())


def test_confirmed_proposal_says_how_it_came_about(session, party):
    play(session, *ENGLISH)
    suggest(session, 2, "Anna", 0.7)
    two, three = session.voices.get(number=2), session.voices.get(number=3)
    assert how_proposed(session, {two: "anna", three: "Tom"}) == {
        two: ("anna", How.ROSTER),
        three: ("Tom", How.PARTY),
    }


def test_names_are_understood_in_parts_but_titles_are_no_names():
    assert callable_names([["Anna", "Lady Mira of the Vale"]]).keys() == {
        "anna",
        "lady mira of the vale",
        "mira",
        "vale",
    }


def test_unpunctuated_text_is_understood():
    said = mentions(
        [SpokenLine(1, 0, 900, "mira what do you do"), SpokenLine(2, 1000, 1900, "i wait")], {"mira": 0}
    )
    assert said[2, 0].answers == [1000]


@pytest.mark.parametrize("text", ["Will you come along?", "Mark my words.", "Grace is a virtue, you know."])
def test_names_that_are_words_as_well_are_not_found_everywhere(text):
    names = {"will": 0, "mark": 1, "grace": 2}
    said = mentions([SpokenLine(1, 0, 900, text), SpokenLine(2, 1000, 1900, "Yes.")], names)
    assert said == {}


WORDS = ("Mira,", "Borin", "Tom", "what do you do?", "ik ben", "I am", "and", "wat doe jij?", ".", "yes")


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(1, 4), st.lists(st.sampled_from(WORDS), max_size=6)), max_size=25))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_talk_gives_each_voice_and_each_person_at_most_once_and_the_same_again(session, party, talk):
    Segment.objects.filter(session=session).delete()
    session.voices.all().delete()
    play(session, *[(number, " ".join(words) or "hm") for number, words in talk])
    found = proposals(session)
    assert found == proposals(session)
    names = [each.person.name for each in found.found]
    numbers = [each.card.voice.number for each in found.found]
    assert len(set(names)) == len(names)
    assert len(set(numbers)) == len(numbers)
    assert all(PROPOSE_FROM <= each.probability < 1 for each in found.found)
