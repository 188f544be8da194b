"""The figures on the page of a session: a fold that fetches them, and a page of their own without scripts."""

import pytest
from django.urls import reverse

from sessions_app.models import Character
from sessions_app.transcripts.shown_figures import shown_figures
from tests.sessions_app.transcripts.telling import tell


@pytest.fixture
def told(session):
    tell(session, lines=60, voices=3)
    for label, first in (("IC", 0), ("OOC", 30), ("MIXED", 50)):
        session.segments.filter(position__gte=first).update(label=label)
    return session


def test_page_of_the_session_has_a_fold_that_counts_only_when_it_is_opened(viewer_client, told):
    page = viewer_client.get(told.get_absolute_url()).content.decode()
    address = reverse("session-figures", args=[told.uuid])
    assert f'hx-get="{address}"' in page
    assert f'<a href="{address}">' in page
    assert "figure-row" not in page


def test_session_without_lines_has_no_fold(viewer_client, session):
    assert "session-folds" in viewer_client.get(session.get_absolute_url()).content.decode()
    assert 'id="figures"' not in viewer_client.get(session.get_absolute_url()).content.decode()


def test_fold_holds_a_bar_for_everybody_in_the_colour_of_their_voice(viewer_client, told):
    address = reverse("session-figures", args=[told.uuid])
    answer = viewer_client.get(address, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "<html" not in text
    for number in (1, 2, 3):
        assert f'<li class="figure-row voice-{number}">' in text
        assert f"Speaker {number}</span>" in text
    assert "Unassigned</span>" in text


def test_longest_scenes_lead_to_where_they_start(viewer_client, told):
    text = viewer_client.get(reverse("session-figures", args=[told.uuid])).content.decode()
    shown = shown_figures(told).scenes[0]
    assert "<html" in text
    assert f'href="{shown.url}" data-jump="{shown.scene.start_ms}"' in text
    line = told.segments.get(start_ms=shown.scene.start_ms)
    there = viewer_client.get(shown.url, headers={"Accept": "text/html"})
    assert there.headers["Location"].endswith(f"#line-{line.uuid}")


def test_stretches_of_a_bar_are_as_long_as_the_talk_that_they_stand_for(told):
    found = shown_figures(told)
    longest = max(bar.tally.talk_ms for bar in found.speakers)
    for bar in found.speakers:
        assert sum(stretch.percent for stretch in bar.stretches) == pytest.approx(
            100 * bar.tally.talk_ms / longest, abs=0.1
        )
    assert [stretch.kind for stretch in found.whole.stretches] == ["story", "both", "table"]


def test_names_are_escaped(viewer_client, campaign, told):
    Character.objects.create(party=campaign.party, name="<b>Fakkel</b>", aliases=["fakkel"])
    text = viewer_client.get(reverse("session-figures", args=[told.uuid])).content.decode()
    assert "<b>Fakkel" not in text
    assert "&lt;b&gt;Fakkel&lt;/b&gt;" in text


def test_unlabelled_session_shows_plain_bars(viewer_client, told):
    told.segments.update(label="")
    text = viewer_client.get(reverse("session-figures", args=[told.uuid])).content.decode()
    assert "figures-legend" not in text
    assert 'class="none"' in text


def test_empty_session_says_what_figures_wait_for(viewer_client, session):
    text = viewer_client.get(reverse("session-figures", args=[session.uuid])).content.decode()
    assert "figure-row" not in text
    assert "once somebody has said something" in text
