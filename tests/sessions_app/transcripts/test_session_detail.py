"""The page of a session: who may see it, what it shows in each state, and how much it asks of the database."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions_app.models import Run, State
from tests.sessions_app.transcripts.telling import tell

LINE = re.compile(r'id="line-([0-9a-f-]{36})"')


def page_of(client, session, **query):
    return client.get(reverse("session-detail", args=[session.uuid]), query)


def test_viewer_reads_the_first_block_and_finds_the_others_by_their_links(viewer_client, told):
    html = page_of(viewer_client, told).content.decode()
    uuids = [str(uuid) for uuid in told.segments.values_list("uuid", flat=True)]
    assert LINE.findall(html) == uuids[:60]
    assert html.count('class="block-link"') == 2
    assert "?part=2#block-1" in html


def test_outsider_gets_404(outsider_client, told):
    assert page_of(outsider_client, told).status_code == 404


def test_part_opens_that_block(viewer_client, told):
    html = page_of(viewer_client, told, part=3).content.decode()
    uuids = [str(uuid) for uuid in told.segments.values_list("uuid", flat=True)]
    assert LINE.findall(html) == uuids[120:]


@pytest.mark.parametrize("part", ["0", "99", "x", "-1", "²", "9" * 50])
def test_nonsense_part_still_opens_the_page(viewer_client, told, part):
    assert LINE.search(page_of(viewer_client, told, part=part).content.decode())


@pytest.mark.parametrize("moment", ["x", "-1", "²", "9" * 12, "9" * 5000])
def test_nonsense_moment_still_opens_the_page(viewer_client, told, moment):
    assert LINE.search(page_of(viewer_client, told, t=moment).content.decode())


@pytest.mark.slow
def test_long_session_asks_no_more_queries_than_a_short_one(viewer_client, session):
    tell(session, lines=130, voices=3)
    page_of(viewer_client, session)
    with CaptureQueriesContext(connection) as for_short:
        page_of(viewer_client, session)
    for rows in (session.segments, session.voices, session.runs):
        rows.all().delete()
    tell(session, lines=3000, voices=6)
    with CaptureQueriesContext(connection) as for_long:
        page_of(viewer_client, session)
    assert len(for_long) <= len(for_short) <= 40


def test_demo_text_is_never_shown_without_its_banner(viewer_client, told):
    assert "not a real transcription" not in page_of(viewer_client, told).content.decode()
    told.runs.update(asr_fallback=True)
    assert "not a real transcription" in page_of(viewer_client, told).content.decode()


def test_banner_stays_while_a_better_run_is_under_way(viewer_client, told):
    told.runs.update(asr_fallback=True)
    Run.objects.create(session=told, state=State.RUNNING)
    assert "not a real transcription" in page_of(viewer_client, told).content.decode()


def test_finished_run_without_lines_says_that_no_speech_was_found(viewer_client, session):
    Run.objects.create(session=session, state=State.DONE)
    assert "No speech was found" in page_of(viewer_client, session).content.decode()


def test_empty_session_says_what_will_appear(viewer_client, session):
    html = page_of(viewer_client, session).content.decode()
    assert "Once there is a recording" in html
    assert "No speech was found" not in html
