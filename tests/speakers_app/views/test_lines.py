"""What people do with chosen lines, as browsers ask for it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F
from django.db.models.functions import Round
from django.urls import reverse

from sessions_app.errands.asking import start
from sessions_app.models import Character, CharacterRole, Errand, ErrandKind, Segment, Session, State
from speakers_app import decisions
from speakers_app.models import Change, Speaker
from tests.sessions_app.transcripts.telling import tell

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _no_worker_to_wake(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture
def sounding(told) -> Session:
    told.audio_name = default_storage.save("sound.wav", ContentFile(b"sound"))
    told.save(update_fields=["audio_name"])
    return told


def uuids(session: Session, *positions: int) -> str:
    rows = session.segments.filter(position__in=positions)
    return " ".join(str(uuid) for uuid in rows.values_list("uuid", flat=True))


def post(client, address, session, /, *positions, **data):
    data.setdefault("lines", uuids(session, *positions))
    return client.post(reverse(address, args=[session.uuid]), data, headers=HTMX)


def number_at(session: Session, position: int) -> int:
    return session.segments.get(position=position).voice.number


def test_who_can_be_chosen(told, editor, editor_client):
    decisions.name_voice(told.voices.get(number=1), "Anna", editor)
    Speaker.objects.create(campaign=told.campaign, name="Bob")
    Character.objects.create(party=told.campaign.party, name="Kael", player_name="Joost")
    page = editor_client.get(reverse("lines-move", args=[told.uuid])).content.decode()
    for name in ("Anna", "Speaker 2", "Speaker 3", "Bob", "Joost", "Somebody else"):
        assert name in page
    assert page.index("Anna") < page.index("Bob")
    assert page.count(">Anna<") == 1


def test_as_whom_can_be_chosen(told, editor_client):
    party = told.campaign.party
    Character.objects.create(party=party, name="Old Bram", role=CharacterRole.NPC)
    Character.objects.create(party=party, name="Mira", player_name="Anna")
    page = editor_client.get(reverse("lines-speak-as", args=[told.uuid])).content.decode()
    assert page.index("As usual") < page.index("Mira") < page.index("Old Bram")


def test_lines_go_to_a_voice(told, editor, editor_client):
    to = told.voices.get(number=3)
    response = post(editor_client, "lines-move", told, 0, 1, voice=str(to.uuid))
    assert [number_at(told, position) for position in (0, 1, 2)] == [3, 3, 3]
    assert "2 lines are said by Speaker 3." in response.content.decode()
    assert response["HX-Trigger"] == "transcript-changed"
    change = Change.objects.get()
    assert change.user == editor
    assert reverse("change-undo", args=[change.uuid]) in response.content.decode()


def test_lines_go_to_a_voice_of_their_own(told, editor_client):
    response = post(editor_client, "lines-move", told, 0)
    assert number_at(told, 0) == 4
    assert "1 line is said by Speaker 4." in response.content.decode()


def test_lines_go_to_somebody_new_in_one_act(told, editor_client):
    post(editor_client, "lines-move", told, 0, 1, name="  Sofie  de Vries ")
    assert Speaker.objects.get().name == "Sofie de Vries"
    assert number_at(told, 1) == 4
    assert Change.objects.count() == 1


def test_name_of_somebody_who_is_heard_already_means_that_voice(told, editor, editor_client):
    decisions.name_voice(told.voices.get(number=2), "Tom", editor)
    post(editor_client, "lines-move", told, 0, name="tom")
    assert number_at(told, 0) == 2
    assert told.voices.count() == 3


def test_voice_that_lost_all_its_lines_is_no_longer_offered_to_read(told, editor_client):
    every = uuids(told, *[at for at, letter in enumerate("ATSATSAATS") if letter == "T"])
    post(editor_client, "lines-move", told, lines=every, voice=str(told.voices.get(number=1).uuid))
    page = editor_client.get(reverse("session-transcript", args=[told.uuid])).content.decode()
    assert 'data-voice="1"' in page
    assert 'data-voice="2"' not in page


def test_act_that_changes_nothing_offers_nothing_to_undo(told, editor_client):
    response = post(editor_client, "lines-move", told, 0, voice=str(told.voices.get(number=1).uuid))
    assert "theirs already" in response.content.decode()
    assert "HX-Trigger" not in response
    assert not Change.objects.exists()


def test_lines_are_spoken_as_a_character_and_as_usual_again(told, editor_client):
    mira = Character.objects.create(party=told.campaign.party, name="Mira")
    response = post(editor_client, "lines-speak-as", told, 2, 3, character=str(mira.uuid))
    assert "2 lines are spoken as Mira." in response.content.decode()
    assert told.segments.filter(character=mira).count() == 2
    page = editor_client.get(reverse("session-lines", args=[told.uuid, 0, 60])).content.decode()
    assert page.count('<span class="as">as Mira</span>') == 2
    response = post(editor_client, "lines-speak-as", told, 2)
    assert "1 line is spoken as usual." in response.content.decode()
    assert told.segments.filter(character=mira).count() == 1


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("lines-move", {"lines": ""}, "Choose lines first"),
        ("lines-move", {"lines": "nonsense"}, "not there any more"),
        ("lines-move", {"lines": str(uuid4())}, "processed again"),
        ("lines-move", {"voice": str(uuid4())}, "voice is not there"),
        ("lines-speak-as", {"character": str(uuid4())}, "not in the party"),
        ("voice-split", {}, "no audio"),
    ],
)
def test_refusal_says_why_and_changes_nothing(told, editor_client, name, data, why):
    response = post(editor_client, name, told, 0, **data)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert not Change.objects.exists()


def test_voice_and_lines_of_another_session_are_not_there(told, later, editor_client):
    response = post(editor_client, "lines-move", told, 0, voice=str(later.voices.first().uuid))
    assert response.status_code == 422
    response = post(editor_client, "lines-move", told, lines=uuids(later, 0))
    assert response.status_code == 422
    assert not Change.objects.exists()


def test_some_lines_that_are_gone_do_not_stop_the_others(told, editor_client):
    post(editor_client, "lines-move", told, lines=f"{uuids(told, 0)} {uuid4()}")
    assert number_at(told, 0) == 4


def test_viewer_changes_nothing(told, viewer_client):
    mira = Character.objects.create(party=told.campaign.party, name="Mira")
    for name, data in (
        ("lines-move", {}),
        ("lines-speak-as", {"character": str(mira.uuid)}),
        ("voice-split", {}),
    ):
        assert post(viewer_client, name, told, 0, **data).status_code == 403
    assert not Change.objects.exists()
    assert not Errand.objects.exists()
    assert not Segment.objects.exclude(character=None).exists()


def test_page_offers_choosing_to_editors_alone(told, editor_client, viewer_client):
    address = told.get_absolute_url()
    assert 'id="choosing"' in editor_client.get(address).content.decode()
    page = viewer_client.get(address).content.decode()
    assert "lines-move" not in page
    assert 'id="choosing"' not in page


def test_splitting_is_asked_for_and_followed(sounding, editor, editor_client):
    response = post(editor_client, "voice-split", sounding, 0)
    task = Errand.objects.get()
    assert (task.kind, task.user, task.session) == (ErrandKind.SPLIT, editor, sounding)
    address = reverse("voice-task", args=[task.uuid])
    page = response.content.decode()
    assert f'hx-get="{address}"' in page
    assert 'hx-trigger="every 1s"' in page
    Errand.objects.update(state=State.RUNNING, done=3, total=1200)
    assert 'max="1200" value="3"' in editor_client.get(address, headers=HTMX).content.decode()


def test_failed_splitting_is_told_and_tried_again(sounding, editor_client):
    task = start(ErrandKind.SPLIT, sounding.campaign, sounding, None, {})
    Errand.objects.update(state=State.FAILED, message="There is no <encoder>.")
    address = reverse("voice-task", args=[task.uuid])
    page = editor_client.get(address, headers=HTMX).content.decode()
    assert "There is no &lt;encoder&gt;." in page
    assert "every 1s" not in page
    assert "every 1s" in editor_client.post(address, headers=HTMX).content.decode()
    task.refresh_from_db()
    assert task.state == State.WAITING


def test_failure_that_trying_again_does_not_mend_offers_no_try(sounding, editor_client):
    task = start(ErrandKind.SPLIT, sounding.campaign, sounding, None, {})
    Errand.objects.update(state=State.FAILED, message="The lines changed.", retryable=False)
    page = editor_client.get(reverse("voice-task", args=[task.uuid]), headers=HTMX).content.decode()
    assert "Try again" not in page


def test_without_scripts_an_act_leads_back_to_the_page(told, editor_client):
    response = editor_client.post(
        reverse("lines-move", args=[told.uuid]), {"lines": uuids(told, 0)}, follow=True
    )
    assert response.redirect_chain == [(told.get_absolute_url(), 302)]
    assert "1 line is said by Speaker 4." in response.content.decode()


def labels_at(session: Session, *positions: int) -> list[tuple[str, str, str]]:
    rows = session.segments.filter(position__in=positions)
    return list(rows.values_list("label", "label_kind", "label_by"))


def test_lines_are_labelled(told, editor, editor_client):
    response = post(editor_client, "lines-label", told, 0, 1, label="OOC")
    assert labels_at(told, 0, 1, 2) == [("OOC", "ooc_other", "person")] * 2 + [("", "", "")]
    assert "2 lines: out of character." in response.content.decode()
    assert response["HX-Trigger"] == "transcript-changed"
    change = Change.objects.get()
    assert (change.user, str(change)) == (editor, "labelled lines: 2")
    assert reverse("change-undo", args=[change.uuid]) in response.content.decode()
    undone = editor_client.post(reverse("change-undo", args=[change.uuid]), headers=HTMX)
    assert "Undone: labelled 2 lines." in undone.content.decode()
    assert labels_at(told, 0, 1) == [("", "", "")] * 2


def test_kind_is_said_alone(told, editor_client):
    response = post(editor_client, "lines-label", told, 0, kind="rules")
    assert labels_at(told, 0) == [("OOC", "rules", "person")]
    assert "1 line: rules and dice." in response.content.decode()


def test_saying_a_label_again_changes_nothing(told, editor_client):
    post(editor_client, "lines-label", told, 0, label="IC")
    assert "That is so already." in post(editor_client, "lines-label", told, 0, label="IC").content.decode()
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    "said", [{}, {"label": "XX"}, {"kind": "song"}, {"label": "IC", "kind": "rules"}, {"label": "ic"}]
)
def test_nonsense_is_no_label(told, editor_client, said):
    response = post(editor_client, "lines-label", told, 0, **said)
    assert response.status_code == 422
    assert labels_at(told, 0) == [("", "", "")]


def test_lines_of_another_session_are_not_labelled(told, later, editor_client):
    response = post(editor_client, "lines-label", told, lines=uuids(later, 0), label="IC")
    assert response.status_code == 422
    assert labels_at(later, 0) == [("", "", "")]


@pytest.mark.slow
def test_thousands_of_lines_are_labelled_and_brought_back_in_few_queries(
    session, editor_client, django_assert_max_num_queries
):
    tell(session, lines=5700, voices=5)
    for kind, label in (("rules", "OOC"), ("npc", "IC")):
        half = session.segments.filter(position__lt=2000) if label == "IC" else session.segments
        half.update(label=label, label_kind=kind, label_by="builtin")
    session.segments.update(label_confidence=Round(F("position") / 5700.0, 2))
    fields = ("pk", "label", "label_kind", "label_by", "label_confidence")
    before = list(session.segments.values_list(*fields))
    every = " ".join(str(uuid) for uuid in session.segments.values_list("uuid", flat=True))
    with django_assert_max_num_queries(240):  # the versions of lines go in by dozens, as SQLite takes them
        post(editor_client, "lines-label", session, lines=every, label="MIXED")
    assert set(labels_at(session, *range(5700))) == {("MIXED", "npc", "person"), ("MIXED", "rules", "person")}
    with django_assert_max_num_queries(400):
        editor_client.post(reverse("change-undo", args=[Change.objects.get().uuid]), headers=HTMX)
    assert list(session.segments.values_list(*fields)) == before
