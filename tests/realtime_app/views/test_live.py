"""The live page and its parts, and what leads there."""

from __future__ import annotations

import pytest
from django.urls import reverse

from realtime_app.live.lines import SHOWN
from realtime_app.models import CaptureState
from sessions_app.models import Campaign, Run, Segment, Session, Stage, StageName, State, Voice
from speakers_app.decisions import name_voice
from tests.realtime_app.live.conftest import begin, say

pytestmark = pytest.mark.django_db


def page(client, session):
    return client.get(reverse("session-live", args=[session.uuid])).content.decode()


def lines(client, session, **query):
    answer = client.get(reverse("live-lines", args=[session.uuid]), query)
    return [line["position"] for line in answer.json()["lines"]]


def test_editor_can_record_and_viewer_cannot(editor_client, viewer_client, session):
    assert "<scribe-recorder" in page(editor_client, session)
    assert "<scribe-recorder" not in page(viewer_client, session)


def test_page_says_who_records_on_which_device(viewer_client, editor, session):
    begin(session, editor, label="Laptop of Eddie")
    html = page(viewer_client, session)
    assert "eddie · Laptop of Eddie" in html
    assert 'data-phase="recording"' in html


def test_page_begins_with_the_last_lines(viewer_client, session):
    for number in range(SHOWN + 2):
        say(session, f"Line {number}.")
    html = page(viewer_client, session)
    assert "Line 1." not in html
    assert "Line 2." in html
    assert f"Line {SHOWN + 1}." in html


def test_missed_lines_are_those_after_the_last_known(viewer_client, session):
    for number in range(6):
        say(session, str(number))
    assert lines(viewer_client, session, after=3) == [4, 5]
    assert lines(viewer_client, session, after=5) == []
    assert lines(viewer_client, session, before=2) == [0, 1]
    assert lines(viewer_client, session, last=2) == [4, 5]


@pytest.mark.parametrize("nonsense", ["-1", "x", "", "9" * 40, "٣"])
def test_nonsense_gives_the_last_lines(viewer_client, session, nonsense):
    say(session, "Hello.")
    assert lines(viewer_client, session, after=nonsense) == [0]


def test_state_says_how_far_processing_is(viewer_client, session):
    begin(session, state=CaptureState.FINISHED)
    run = Run.objects.create(session=session, state=State.RUNNING)
    Stage.objects.create(run=run, name=StageName.PREPARE, state=State.DONE)
    Stage.objects.create(run=run, name=StageName.DETECT, state=State.WAITING)
    html = viewer_client.get(reverse("live-state", args=[session.uuid])).content.decode()
    assert 'data-phase="processing"' in html
    assert 'value="50"' in html


def test_transcript_that_is_ready_is_led_to(viewer_client, session):
    begin(session, state=CaptureState.FINISHED)
    Run.objects.create(session=session, state=State.DONE)
    html = viewer_client.get(reverse("live-state", args=[session.uuid])).content.decode()
    assert "The transcript is ready." in html
    assert f'href="{session.get_absolute_url()}"' in html


def who(client, line):
    return client.get(reverse("live-who", args=[line.session.uuid, line.uuid])).content.decode()


def test_voice_can_be_named_or_merged_or_the_line_moved(editor_client, session):
    first, second = (Voice.objects.create(session=session, number=number, talk_ms=9) for number in (1, 2))
    html = who(editor_client, say(session, "Hello.", first))
    assert reverse("voice-name", args=[first.uuid]) in html
    assert reverse("voice-merge", args=[first.uuid]) in html
    assert f'name="into" value="{second.uuid}"' in html
    assert f'name="into" value="{first.uuid}"' not in html
    assert reverse("lines-move", args=[session.uuid]) in html


def test_line_of_a_merged_voice_asks_about_the_voice_it_is_part_of(editor_client, session):
    root = Voice.objects.create(session=session, number=1)
    merged = Voice.objects.create(session=session, number=2, merged_into=root)
    assert reverse("voice-name", args=[root.uuid]) in who(editor_client, say(session, "Hello.", merged))


def test_line_of_nobody_can_be_given_to_somebody(editor_client, session):
    html = who(editor_client, say(session, "Hm."))
    assert reverse("lines-move", args=[session.uuid]) in html
    assert "voice-name" not in html


def test_line_of_another_session_is_not_there(editor_client, session):
    elsewhere = Session.objects.create(campaign=session.campaign, number=2)
    line = say(elsewhere, "Hello.")
    assert editor_client.get(reverse("live-who", args=[session.uuid, line.uuid])).status_code == 404


def test_what_was_decided_last_can_be_undone(editor_client, editor, session):
    voice = Voice.objects.create(session=session, number=1)
    Segment.objects.filter(pk=say(session, "Hello.", voice).pk)
    change = name_voice(voice, "Anna", editor)
    html = editor_client.get(reverse("live-undo", args=[session.uuid])).content.decode()
    assert reverse("change-undo", args=[change.uuid]) in html


def test_recording_tonight_leads_to_the_recorder(editor_client, session):
    answer = editor_client.post(reverse("record-tonight", args=[session.campaign.uuid]))
    assert answer["Location"] == reverse("session-live", args=[session.uuid])


def test_session_page_leads_to_what_is_live(viewer_client, session):
    live = reverse("session-live", args=[session.uuid])
    assert live not in viewer_client.get(session.get_absolute_url()).content.decode()
    begin(session)
    assert live in viewer_client.get(session.get_absolute_url()).content.decode()


def test_campaign_page_leads_to_what_is_live_in_it(viewer_client, editor_client, session, outsider):
    def shown(client):
        return client.get(session.campaign.get_absolute_url()).content.decode()

    follow = f'class="button primary live-link" href="{reverse("session-live", args=[session.uuid])}"'
    record = '<button type="submit" class="button primary">Record tonight'
    begin(Session.objects.create(campaign=Campaign.objects.get(name="Elsewhere"), number=1))
    assert "live-link" not in shown(viewer_client)
    assert record in shown(editor_client)
    begin(session)
    assert follow in shown(viewer_client)
    assert follow in shown(editor_client)
    assert record not in shown(editor_client)


def test_session_page_offers_editors_to_record(editor_client, session):
    live = reverse("session-live", args=[session.uuid])
    assert (
        f'class="button primary" href="{live}"'
        in editor_client.get(session.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize("address", ["campaign-list", "campaign-detail"])
def test_campaigns_say_what_is_live(viewer_client, session, address):
    url = reverse(address, args=[session.campaign.uuid] if address == "campaign-detail" else [])
    live = reverse("session-live", args=[session.uuid])
    assert live not in viewer_client.get(url).content.decode()
    begin(session)
    assert live in viewer_client.get(url).content.decode()
