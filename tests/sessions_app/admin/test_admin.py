"""The administration: every model has a quick list, and the two actions work."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions_app.models import (
    Campaign,
    Character,
    Clip,
    Errand,
    ErrandKind,
    Invitation,
    LearntLabels,
    Marker,
    Membership,
    Recording,
    Run,
    Segment,
    Session,
    Stage,
    StageName,
    StageResult,
    State,
    Task,
    Upload,
    User,
    Voice,
)

MODELS = list(apps.get_app_config("sessions_app").get_models())
names = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)


@pytest.fixture
def operator_client(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin", password="x"))
    return client


def _fill(campaign: Campaign, owner: User, number: int) -> Session:
    session = Session.objects.create(campaign=campaign, number=number)
    recording = Recording.objects.create(
        session=session,
        file="a.flac",
        original_name="a.flac",
        size=1,
        sha256=str(number) * 64,
        duration_ms=1000,
    )
    Upload.objects.create(session=session, user=owner, original_name="a.flac", length=1, recording=recording)
    run = Run.objects.create(session=session, requested_by=owner)
    stage = Stage.objects.create(run=run, name=StageName.PREPARE)
    Task.objects.create(stage=stage)
    StageResult.objects.create(session=session, stage=StageName.PREPARE, fingerprint="f", payload={"a": 1})
    voice = Voice.objects.create(session=session, number=1, embedding=[0.123456789], embedding_model="ge2e")
    line = Segment.objects.create(
        session=session, voice=voice, position=0, start_ms=0, end_ms=1, text="Hello"
    )
    Segment.history.model.objects.create(
        id=line.pk,
        uuid=line.uuid,
        of_session=session,
        start_ms=0,
        end_ms=1,
        text="Hello",
        history_date=timezone.now(),
        history_user=owner,
    )
    Character.objects.create(party=campaign.party, name="Mira", aliases=["Mi"])
    Invitation.objects.create(campaign=campaign, created_by=owner)
    Marker.objects.create(session=session, user=owner, at_ms=1000, text="A")
    Clip.objects.create(session=session, user=owner, title="A", start_ms=0, end_ms=1000)
    Errand.objects.create(campaign=campaign, session=session, kind=ErrandKind.CLIPS, message="Too little.")
    LearntLabels.objects.get_or_create(campaign=campaign, language="nl", defaults={"lines": [{"text": "A"}]})
    return session


def test_every_model_is_there():
    assert [model for model in MODELS if model not in admin.site._registry] == []


@pytest.mark.slow
@names
def test_list_is_quick(model, operator_client, campaign, owner, django_assert_max_num_queries):
    for number in range(1, 8):
        _fill(campaign, owner, number)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    with django_assert_max_num_queries(10):
        response = operator_client.get(address, {"q": "a"})
    assert response.status_code == 200
    assert operator_client.get(address).status_code == 200


@names
def test_row_opens(model, operator_client, campaign, owner):
    _fill(campaign, owner, 1)
    row = model.objects.first()
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
    assert operator_client.get(address).status_code == 200


def test_vector_of_a_voice_is_never_shown(operator_client, campaign, owner):
    _fill(campaign, owner, 1)
    address = reverse("admin:sessions_app_voice_change", args=[Voice.objects.get().pk])
    page = operator_client.get(address).content.decode()
    assert "ge2e" in page
    assert "0.1234" not in page


@pytest.mark.parametrize(
    "model", [Recording, Run, Stage, Task, StageResult, Voice, Segment, Errand, LearntLabels]
)
def test_what_workers_make_is_only_read(model, operator_client, campaign, owner):
    _fill(campaign, owner, 1)
    address = reverse(f"admin:sessions_app_{model._meta.model_name}_change", args=[model.objects.first().pk])
    assert operator_client.post(address, {}).status_code == 403
    assert operator_client.get(reverse(f"admin:sessions_app_{model._meta.model_name}_add")).status_code == 403


def test_campaign_made_here_has_a_party(operator_client):
    data = {"name": "New", "language": "nl", "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    operator_client.post(reverse("admin:sessions_app_campaign_add"), data)
    assert Campaign.objects.get().party


def test_aliases_are_written_with_commas(operator_client, campaign, owner):
    _fill(campaign, owner, 1)
    character = Character.objects.get()
    data = {"party": campaign.party.pk, "name": "Mira", "role": "player", "aliases": "Mi, the Wise"}
    operator_client.post(reverse("admin:sessions_app_character_change", args=[character.pk]), data)
    character.refresh_from_db()
    assert character.aliases == ["Mi", "the Wise"]


def _act(client: Client, model: str, action: str, *rows) -> str:
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(reverse(f"admin:sessions_app_{model}_changelist"), data, follow=True).content.decode()


@pytest.mark.parametrize("model", ["session", "run"])
def test_process_again_starts_a_run(model, operator_client, campaign, owner):
    session = _fill(campaign, owner, 1)
    Run.objects.update(state=State.FAILED)
    page = _act(operator_client, model, "process_again", session if model == "session" else Run.objects.get())
    assert "1 session is being processed" in page
    run = Run.objects.active().get()
    assert run.session == session
    assert run.requested_by.username == "admin"


def test_session_without_a_recording_is_not_processed(operator_client, session):
    assert "has no recording" in _act(operator_client, "session", "process_again", session)
    assert not Run.objects.exists()


@pytest.mark.parametrize("model", ["session", "run"])
def test_cancel_ends_what_is_under_way(model, operator_client, campaign, owner):
    session = _fill(campaign, owner, 1)
    page = _act(operator_client, model, "cancel", session if model == "session" else Run.objects.get())
    assert "1 Run is cancelled" in page
    assert Run.objects.get().state == State.CANCELLED


def test_cancelling_what_has_ended_says_so(operator_client, campaign, owner):
    _fill(campaign, owner, 1)
    Run.objects.update(state=State.DONE)
    assert "None of them was under way" in _act(operator_client, "run", "cancel", Run.objects.get())


def test_invitations_are_revoked(operator_client, campaign):
    invitation = Invitation.objects.create(campaign=campaign)
    _act(operator_client, "invitation", "revoke_links", invitation)
    invitation.refresh_from_db()
    assert invitation.revoked_at


def test_person_is_found_by_name(operator_client, campaign):
    page = operator_client.get(reverse("admin:sessions_app_user_changelist"), {"q": "vera"}).content.decode()
    assert "vera@example.org" in page
    assert "otto" not in page
    assert Membership.objects.count() == 3
