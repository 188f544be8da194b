"""The search page: what it shows, and what it keeps from whom."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import Campaign, Character, Marker, MarkerKind, Segment
from sessions_app.views import search as view

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(house, viewer):
    """Asks the page as a viewer of the campaign and returns the answer's text."""
    client = Client()
    client.force_login(viewer)

    def ask(query: str = "", campaign: Campaign = house, **headers) -> str:
        answer = client.get(f"{reverse('campaign-search', args=[campaign.uuid])}?{query}", headers=headers)
        assert answer.status_code == 200
        ask.answer = answer
        return re.sub(r"\s+", " ", answer.content.decode())

    return ask


def test_hits_stand_in_their_sessions_with_the_lines_around_them(asking, evening, say):
    first, second = evening(title="The gate"), evening(title="The cave")
    say(first, "Before it.")
    hit = say(first, "A dragon sleeps.", voice=2)
    say(first, "After it.")
    say(second, "Two dragons.")
    page = asking("q=dragon").partition('id="found"')[2]
    assert "2 lines in 2 sessions" in page
    assert page.index("The cave") < page.index("Two <mark>dragons</mark>.") < page.index("The gate")
    assert "A <mark>dragon</mark> sleeps." in page
    assert page.index("Before it.") < page.index("A <mark>dragon</mark>") < page.index("After it.")
    assert f"{first.get_absolute_url()}#line-{hit.uuid}" in page
    assert "Speaker 2" in page


def test_lines_between_two_hits_are_shown_once(asking, evening, say):
    session = evening()
    for text in ("gold one", "between", "gold two", "gold three"):
        say(session, text)
    page = asking("q=gold")
    assert page.count("between") == 1
    assert page.count(">two") + page.count(" two") == 1


def test_typing_answers_with_the_hits_alone_and_the_address_to_share(asking, house, evening, say):
    say(evening(), "We reach Waterdeep.")
    page = asking("q=water&typing=1", HX_Request="true")
    assert "<html" not in page
    assert "<mark>Waterdeep</mark>" in page
    assert asking.answer["HX-Replace-Url"] == f"{reverse('campaign-search', args=[house.uuid])}?q=water"
    assert "Waterdeep" not in asking("q=water")


def test_more_hits_come_page_by_page(asking, evening, say, monkeypatch):
    monkeypatch.setattr(view, "A_PAGE", 2)
    session = evening(title="The gate")
    for number in range(5):
        say(session, f"gold {number}")
    page, seen = asking("q=gold"), []
    while True:
        seen += re.findall(r"</mark> (\d)", page)
        more = re.search(r'hx-get="[^"?]*\?([^"]*after=[^"]*)"', page)
        if not more:
            break
        page = asking(more[1].replace("&amp;", "&"), HX_Request="true")
        assert "The gate" not in page
    assert seen == ["0", "1", "2", "3", "4"]


def test_filters_are_in_the_address_and_each_can_be_dropped(asking, evening, say):
    one, two = evening(title="One"), evening(title="Two")
    say(one, "gold one", label="IC")
    say(two, "gold two", label="OOC")
    page = asking(f"q=gold&session={one.uuid}&show=story")
    assert "</mark> one" in page
    assert "</mark> two" not in page
    assert f'href="/campaigns/{one.campaign.uuid}/search/?q=gold&amp;session={one.uuid}"' in page
    assert f'value="{one.uuid}" checked' in page
    assert re.search(r'value="story" checked', page)


def test_markers_and_characters_are_searched_without_words(asking, house, evening, say):
    mira = Character.objects.create(party=house.party, name="Mira")
    session = evening()
    say(session, "spoken as Mira", character=mira)
    line = say(session, "worth remembering")
    Marker.objects.create(session=session, kind=MarkerKind.QUOTE, at_ms=line.start_ms + 10)
    assert "spoken as Mira" in asking(f"character={mira.uuid}")
    assert "worth remembering" in asking("marker=quote")


def test_what_is_typed_and_what_was_said_is_never_markup(asking, evening, say):
    say(evening(), "<script>alert('gold')</script>")
    page = asking("q=%3Cscript%3Egold%22%3E")
    assert "<script>alert" not in page
    assert "&lt;" in page
    assert 'value="&lt;script&gt;gold&quot;&gt;"' in page


def test_forgiven_words_and_other_names_are_told(asking, house, evening, say):
    Character.objects.create(party=house.party, name="Elara Moon", aliases=["Silver Fox"])
    session = evening()
    say(session, "A goblin and Elara Moon.")
    page = asking("q=golbin")
    assert "Nobody said “golbin”" in page
    assert "“goblin”" in page
    assert "“silver fox” is also called “Elara Moon”" in asking("q=silver+fox")


def test_nothing_found_says_what_helps(asking, evening, say):
    session = evening()
    say(session, "gold")
    assert "Nothing found" in asking("q=elephant")
    page = asking(f"q=gold&session={session.uuid}&show=story")
    assert "Search without the filters" in page


def test_signs_alone_are_told_from_words_that_nobody_said(asking, evening, say):
    say(evening(), "gold")
    assert "There is no word in that" in asking("q=%21%3F")
    assert "There is no word in that" in asking("q=%F0%9F%90%89&show=story")
    assert "There is no word in that" not in asking("q=elephant")


def test_an_empty_search_says_how_to_search_and_an_empty_campaign_what_comes_first(asking, evening, say):
    assert "Nothing to search yet" in asking()
    say(evening(), "gold")
    assert "Find anything that was said" in asking()


def test_who_comes_from_a_session_may_search_in_it_alone(asking, evening, say):
    one = evening(title="One")
    say(one, "gold")
    page = asking(f"q=gold&near={one.uuid}")
    assert "Only in “One”" in page


def test_nothing_that_stands_in_the_address_is_an_error(asking, evening, say):
    say(evening(), "gold")
    for query in (
        "q=gold&session=nonsense&speaker=%00&character=1&marker=x&show=x&from=2026-99-99&until=x&near=x&after=x",
        "q=gold&after=99999999999.1.1",
        "q=gold&after=-1.0.0",
        "q=%00&from=0001-01-01",
    ):
        asking(query)


def test_removed_lines_and_those_of_others_are_never_shown(asking, evening, say, outsider):
    session = evening()
    line = say(session, "gold removed")
    Segment.objects.filter(pk=line.pk).update(removed_at="2026-01-01T00:00Z")
    elsewhere = Campaign.objects.get(name="Elsewhere")
    say(evening(campaign=elsewhere), "gold elsewhere")
    assert "Nothing found" in asking("q=gold")
    assert "Nothing found" in asking("q=-silver")
    say(session, "gold that stays")
    assert "that stays" in asking("q=gold")
    assert "gold removed" not in asking("q=gold")
    assert "gold elsewhere" not in asking("q=gold")


def test_a_page_takes_as_many_queries_for_many_sessions_as_for_one(
    asking, evening, say, django_assert_max_num_queries
):
    for _ in range(8):
        session = evening()
        for number in range(4):
            say(session, f"gold {number}")
    with django_assert_max_num_queries(26):
        asking("q=gold")
