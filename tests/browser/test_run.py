"""A Run as seen on an open page whose news does not arrive: the test server has no sockets."""

from __future__ import annotations

import pytest

from sessions_app.models import Recording, Run, Stage, StageName, State
from tests.sessions_app.transcripts.telling import tell


@pytest.fixture
def running(transactional_db, session) -> Run:
    Recording.objects.create(session=session, original_name="evening.m4a", size=1, sha256="a" * 64)
    return Run.objects.create(session=session, state=State.RUNNING)


def test_first_transcript_appears_though_its_news_was_missed(open_page, running, session, viewer):
    page = open_page(viewer)
    page.goto(session.get_absolute_url())
    page.wait_for_selector(".run-card")
    assert page.query_selector("#transcript") is None
    running.delete()
    tell(session, lines=5, voices=2)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('run-changed'))")
    page.wait_for_selector("#transcript .line")


def test_fetch_of_the_pages_own_accord_fails_silently(open_page, running, session, viewer):
    page = open_page(viewer)
    page.goto(session.get_absolute_url())
    page.wait_for_selector(".run-card")
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('run-changed'))")
    page.wait_for_selector("#connection-lost")
    assert page.query_selector("#messages .message") is None


def test_technical_detail_fits_a_phone(open_page, running, session, editor):
    Stage.objects.create(
        run=running,
        name=StageName.TRANSCRIBE,
        state=State.FAILED,
        message="No.",
        detail='File "/srv/scribe/a_folder_with_a_long_name/working.py", line 47, in perform\n' + "^" * 90,
    )
    Run.objects.update(state=State.FAILED)
    page = open_page(editor, viewport={"width": 390, "height": 844})
    page.goto(session.get_absolute_url())
    page.click(".run-failure summary")
    page.wait_for_selector(".run-failure pre")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
