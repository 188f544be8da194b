"""Searching a campaign, whatever the database."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from sessions_app.models import Campaign, Character, Marker, MarkerKind, Segment, Session
from sessions_app.search import asking
from sessions_app.search.asking import search
from sessions_app.search.values import Filters
from sessions_app.transcripts.showing import Show

pytestmark = pytest.mark.django_db


def texts(campaign, typed, filters=asking.EVERY_LINE, **how) -> list[str]:
    return [hit.text for hit in search(campaign, typed, filters, **how).hits]


def marked(campaign, typed, **how) -> list[list[str]]:
    found = search(campaign, typed, **how).hits
    return [[hit.text[start:end] for start, end in hit.marks] for hit in found]


def test_words_are_found_by_their_other_forms(house, evening, say):
    say(evening("en"), "The goblins were running.")
    assert texts(house, "goblin run") == ["The goblins were running."]
    assert marked(house, "goblin run") == [["goblins", "running"]]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("zwaard", "zwaarden"),
        ("draken", "draak"),
        ("kasteel", "kastelen"),
        ("lopen", "gelopen"),
        ("gevochten", "gevochten"),
        ("huis", "huizen"),
        ("brief", "brieven"),
    ],
)
def test_dutch_words_are_found_by_their_other_forms(house, evening, say, typed, said):
    say(evening("nl"), f"Wij zien {said} hier.")
    assert marked(house, typed) == [[said]]
    assert search(house, typed).forgiven == ()
    assert texts(house, f'"{typed}"') == ([f"Wij zien {said} hier."] if typed == said else [])


def test_case_and_accents_make_no_difference(house, evening, say):
    say(evening("nl"), "Één CAFÉ, zei ze.")
    assert texts(house, "een cafe") == texts(house, "ÉÉN Café") == ["Één CAFÉ, zei ze."]
    assert marked(house, "cafe") == [["CAFÉ"]]


def test_a_phrase_is_words_in_their_order(house, evening, say):
    session = evening()
    say(session, "The old gate is shut.")
    say(session, "The gate is old.")
    assert texts(house, '"old gate"') == ["The old gate is shut."]
    assert texts(house, "old gate") == ["The old gate is shut.", "The gate is old."]
    assert texts(house, '"the old" -shut') == []
    assert texts(house, "“old gate”") == texts(house, "„old gate”") == ["The old gate is shut."]


def test_a_phrase_means_these_words_and_no_others(house, evening, say):
    say(evening(), "The goblins run.")
    assert texts(house, '"goblin"') == []
    assert texts(house, '"goblins"') == ["The goblins run."]


def test_words_with_a_minus_are_left_out(house, evening, say):
    session = evening()
    say(session, "A troll with a club.")
    say(session, "A troll with a sword.")
    assert texts(house, "troll -swords") == ["A troll with a club."]


def test_the_last_word_may_still_be_growing(house, evening, say):
    say(evening(), "We reach Waterdeep.")
    assert texts(house, "reach waterd") == []
    assert texts(house, "reach waterd", typing=True) == ["We reach Waterdeep."]
    assert texts(house, "waterd reach", typing=True) == []
    assert marked(house, "waterd", typing=True) == [["Waterdeep"]]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("golbin", "goblin"), ("gobln", "goblin"), ("watredeeep", "waterdeep"), ("dragn", "dragon")],
)
def test_small_errors_are_forgiven_and_told(house, evening, say, typed, meant):
    say(evening(), "goblin Waterdeep dragon")
    found = search(house, typed)
    assert len(found.hits) == 1
    assert found.forgiven == ((typed, (meant,)),)


@pytest.mark.parametrize("typed", ["orx", "elephant", "1243"])
def test_great_errors_short_words_and_numbers_are_not_forgiven(house, evening, say, typed):
    say(evening(), "orc 1234 dragon")
    assert search(house, typed).hits == ()
    assert search(house, typed).forgiven == ()


def test_a_word_that_is_there_is_not_bent(house, evening, say):
    session = evening()
    say(session, "gate")
    say(session, "gait")
    found = search(house, "gate")
    assert [hit.text for hit in found.hits] == ["gate"]
    assert found.forgiven == ()


def test_words_of_other_campaigns_are_neither_found_nor_told(house, evening, say, owner):
    other = Campaign.objects.create(name="Other")
    say(evening(campaign=other), "The secret is a goblin.")
    say(evening(), "Nothing here.")
    assert search(house, "goblin").hits == ()
    found = search(house, "golbin")
    assert (found.hits, found.forgiven) == ((), ())


def test_who_types_a_name_finds_the_others_of_the_same_character(house, evening, say):
    Character.objects.create(party=house.party, name="Elara Moon", aliases=["Silver Fox", "El"])
    session = evening()
    for text in ("Elara Moon waits.", "The Silver Fox runs.", "El laughs.", "A moon, a fox."):
        say(session, text)
    found = search(house, "silver fox")
    assert [hit.text for hit in found.hits] == ["Elara Moon waits.", "The Silver Fox runs.", "El laughs."]
    assert found.known_as == (("silver fox", ("Elara Moon", "El")),)
    assert marked(house, "el") == [["Elara Moon"], ["Silver Fox"], ["El"]]
    Character.objects.update(name="Mirth")
    assert search(house, "silver fox").known_as == (("silver fox", ("Mirth", "El")),)


def test_latest_session_first_and_within_it_as_it_was_said(house, evening, say):
    first, second = evening(), evening()
    for session in (second, first):
        for text in ("gold one", "gold two"):
            say(session, text)
    hits = search(house, "gold").hits
    assert [(hit.session, hit.text) for hit in hits] == [
        (second.pk, "gold one"), (second.pk, "gold two"), (first.pk, "gold one"), (first.pk, "gold two"),
    ]  # fmt: skip
    found = search(house, "gold", limit=1)
    assert (found.counts, found.counted_all) == ({first.pk: 2, second.pk: 2}, True)


@pytest.mark.parametrize("few", [1000, 0])
@pytest.mark.parametrize("typed", ["gold", ""])
def test_pages_hold_every_hit_once(house, evening, say, monkeypatch, few, typed):
    monkeypatch.setattr(asking, "FEW", few)
    for _ in range(3):
        session = evening()
        for number in range(7):
            say(session, f"gold {number}")
    whole = Filters(since=date(2026, 1, 1))
    expected = [hit.key for hit in search(house, typed, whole, limit=100).hits]
    assert len(expected) == 21
    found, after = [], None
    while True:
        page = search(house, typed, whole, limit=4, after=after)
        found += [hit.key for hit in page.hits]
        after = page.following
        if after is None:
            break
    assert found == expected


def test_common_words_are_counted_in_the_sessions_that_were_looked_at(house, evening, say, monkeypatch):
    monkeypatch.setattr(asking, "FEW", 3)
    sessions = [evening() for _ in range(4)]
    for session in sessions:
        for _ in range(4):
            say(session, "the")
    found = search(house, "the", limit=3)
    assert (found.counts, found.counted_all) == ({sessions[3].pk: 4}, False)
    found = search(house, "the", limit=4)
    assert (len(found.counts), found.counted_all) == (3, False)
    assert search(house, "the", limit=20).counted_all
    found = search(house, "the", limit=3, after=found.following)
    assert (found.counts, found.counted_all) == (
        {sessions[3].pk: 4, sessions[2].pk: 4, sessions[1].pk: 4},
        False,
    )


def test_filters_let_through_what_passes_them_all(house, evening, say):
    one, two = evening(date=date(2026, 3, 1)), evening(date=date(2026, 4, 1))
    say(one, "gold a", voice=1, label="IC")
    b = say(one, "gold b", voice=2, label="OOC")
    say(two, "gold c", voice=1, label="OOC")
    say(two, "gold d", voice=2)
    anna = frozenset({one.voices.get(number=1).pk, two.voices.get(number=1).pk})
    assert texts(house, "gold", Filters(sessions=frozenset({one.pk}))) == ["gold a", "gold b"]
    assert texts(house, "gold", Filters(since=date(2026, 3, 2))) == ["gold c", "gold d"]
    assert texts(house, "gold", Filters(until=date(2026, 3, 2))) == ["gold a", "gold b"]
    assert texts(house, "gold", Filters(voices=anna)) == ["gold c", "gold a"]
    assert texts(house, "gold", Filters(show=Show.TABLE)) == ["gold c", "gold b"]
    assert texts(house, "gold", Filters(voices=anna, show=Show.STORY)) == ["gold a"]
    Marker.objects.create(session=one, kind=MarkerKind.QUOTE, at_ms=b.start_ms + 2900)
    assert texts(house, "", Filters(markers=frozenset({"quote"}))) == ["gold b"]
    assert texts(house, "", Filters(markers=frozenset({"loot"}))) == []


def test_lines_of_a_character_are_those_that_pages_show_as_spoken_by_them(house, evening, say):
    elara = Character.objects.create(party=house.party, name="Elara")
    kael = Character.objects.create(party=house.party, name="Kael")
    session = evening()
    say(session, "said", character=elara, label="OOC")
    say(session, "found", label="IC", label_character=elara)
    say(session, "found but table talk", label="OOC", label_character=elara)
    say(session, "said to be another", character=kael, label="IC", label_character=elara)
    assert texts(house, "", Filters(character=elara.pk)) == ["said", "found"]
    assert texts(house, "", Filters(character=10**6)) == []


def test_the_index_follows_whatever_happens_to_lines_at_once(house, evening, say):
    session = evening()
    line = say(session, "An owl.")
    line.text = "An eagle."
    line.save()
    assert (texts(house, "owl"), texts(house, "eagle")) == ([], ["An eagle."])
    Segment.objects.filter(pk=line.pk).update(text="A hawk.")
    assert (texts(house, "eagle"), texts(house, "hawk")) == ([], ["A hawk."])
    Segment.objects.filter(pk=line.pk).update(removed_at=timezone.now())
    assert texts(house, "hawk") == []
    Segment.everything.filter(pk=line.pk).update(removed_at=None)
    assert texts(house, "hawk") == ["A hawk."]
    Segment.objects.bulk_create(
        Segment(session=session, position=9, start_ms=n, end_ms=n + 1, text=f"A heron {n}.") for n in range(3)
    )
    assert len(texts(house, "heron")) == 3
    Segment.objects.filter(position=9).delete()
    assert texts(house, "heron") == []
    session.delete()
    assert texts(house, "hawk") == []


def test_words_have_the_forms_of_the_languages_that_are_spoken_in_the_campaign(house, evening, say):
    session = evening("en")
    say(session, "De zwaarden.")
    assert texts(house, "zwaard") == []
    Session.objects.filter(pk=session.pk).update(language="nl")
    assert texts(house, "zwaard") == ["De zwaarden."]
    Session.objects.filter(pk=session.pk).update(language="ja")
    assert texts(house, "zwaard") == []


def test_a_session_that_moves_to_another_campaign_takes_its_lines_along(house, evening, say):
    session = evening()
    say(session, "gold")
    other = Campaign.objects.create(name="Other")
    Session.objects.filter(pk=session.pk).update(campaign=other)
    assert texts(house, "gold") == []
    assert texts(other, "gold") == ["gold"]


def test_letters_and_accents_apart_are_the_same_as_together(house, evening, say):
    say(evening("nl"), "E\u0301e\u0301n oerwoud.")
    assert marked(house, "één") == [["E\u0301e\u0301n"]]


def test_lines_without_words_are_never_found(house, evening, say):
    session = evening()
    say(session, "")
    say(session, "gold")
    assert texts(house, "", Filters(sessions=frozenset({session.pk}))) == ["gold"]


@pytest.mark.parametrize("typed", ["", "  ", '"', '""', "-", '-"', "!?", "…", "🐉", "*", "()", "\x00", "- -"])
def test_what_asks_for_nothing_finds_nothing_and_says_so(house, evening, say, typed):
    say(evening(), "gold")
    found = search(house, typed)
    assert (found.hits, found.has_words) == ((), False)
    assert search(house, "silver").has_words


@pytest.mark.parametrize("few", [1000, 0])
def test_words_to_leave_out_alone_find_all_other_lines(house, evening, say, monkeypatch, few):
    monkeypatch.setattr(asking, "FEW", few)
    one, two = evening(), evening()
    for session in (one, two):
        say(session, "gold pieces")
        say(session, "silver pieces")
    say(two, "gold", label="OOC")
    say(two, "copper", label="OOC")
    assert texts(house, "-gold") == ["silver pieces", "copper", "silver pieces"]
    assert texts(house, "-gold -silver") == ["copper"]
    assert texts(house, "-gold", Filters(show=Show.TABLE)) == ["copper"]
    assert texts(house, "-gold", Filters(sessions=frozenset({one.pk}))) == ["silver pieces"]


@pytest.mark.parametrize(
    "typed",
    [
        'gold"',
        "gold*",
        "gold ^ (",
        "'gold'",
        "gold\x00",
        "gold 🐉",
        "{gold}",
        "gold:*",
        "gold & | !",
        "%gold_",
        "gold\\",
    ],
)
def test_signs_around_words_mean_nothing(house, evening, say, typed):
    say(evening(), "gold")
    say(evening(), "silver")
    assert texts(house, typed) == ["gold"]
    assert texts(house, typed, typing=True) == ["gold"]


@pytest.mark.parametrize(
    "typed", ["gold OR silver", "gold AND NOT silver", "words: gold", "gold NEAR silver"]
)
def test_words_of_the_database_s_language_are_words_like_others(house, evening, say, typed):
    say(evening(), "gold")
    say(evening(), "silver")
    said = "Words near: not and/or gold, silver."
    say(evening(), said)
    assert texts(house, typed) == [said]


def test_of_endless_questions_the_beginning_is_read(house, evening, say):
    said = "g'old gold"
    say(evening(), said)
    assert texts(house, "g'old gold " * 500) == [said]


def test_a_search_takes_few_queries(house, evening, say, django_assert_max_num_queries):
    for _ in range(12):
        session = evening()
        for number in range(4):
            say(session, f"gold {number}")
    with django_assert_max_num_queries(8):
        assert len(search(house, "gold").hits) == 48


def test_indexing_anew_finds_the_same(house, evening, say):
    from sessions_app.search.backend import backend
    from sessions_app.search.reindexing import reindex

    session = evening("nl")
    said = [say(session, f"Zwaarden {number}").text for number in range(5)]
    say(session, "weg", removed_at=timezone.now())
    assert texts(house, "zwaard") == said
    backend().forget()
    assert texts(house, "zwaard") == []
    told = []
    reindex(backend(), lambda done, total: told.append((done, total)))
    assert texts(house, "zwaard") == said
    assert texts(house, "zwarden") == said  # spelt nearly like a word that is known again
    assert texts(house, "weg") == []
    assert told[-1] == (6, 6)
