"""The administration of people and voices: quick lists, no vector anywhere, and decisions that are recorded."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from sessions_app.models import Campaign, Character, Errand, ErrandKind, Session, User
from speakers_app import decisions
from speakers_app.models import Assignment, Change, How, Speaker, Verb, Voiceprint
from tests.speakers_app.conftest import fill

MODELS = list(apps.get_app_config("speakers_app").get_models())
names = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
LISTS = [
    *(
        pytest.param(model, query, id=f"{model._meta.model_name}-{query}")
        for model in MODELS
        for query in ({}, {"q": "a"})
    ),
    *(
        pytest.param(Assignment, {"state": state}, id=f"assignment-{state}")
        for state in ("locked", "unnamed")
    ),
    *(pytest.param(Voiceprint, {"from": source}, id=f"voiceprint-{source}") for source in ("voice", "read")),
]


@pytest.fixture
def operator(db) -> User:
    return User.objects.create_superuser("admin", password="x")


@pytest.fixture
def operator_client(operator) -> Client:
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture
def full(campaign, told, later, editor) -> Campaign:
    """One of everything: Anna and Tom are known, recognised in the second session, and one voice stays unnamed."""
    decisions.name_voice(told.voices.get(number=1), "Anna", editor)
    decisions.name_voice(told.voices.get(number=2), "Tom", editor)
    decisions.leave_unnamed(told.voices.get(number=3), editor)
    Errand.objects.create(campaign=campaign, session=told, kind=ErrandKind.SPLIT, message="Too little.")
    return campaign


def page_of(client: Client, model, row=None, **query) -> str:
    name = f"admin:speakers_app_{model._meta.model_name}_" + ("change" if row else "changelist")
    response = client.get(reverse(name, args=[row.pk] if row else []), query)
    assert response.status_code == 200
    return response.content.decode()


def act(client: Client, model, action: str, *rows) -> str:
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    address = reverse(f"admin:speakers_app_{model._meta.model_name}_changelist")
    return client.post(address, data, follow=True).content.decode()


def of(session: Session, number: int) -> Assignment:
    return Assignment.objects.get(voice__session=session, voice__number=number)


def test_every_model_is_there():
    assert [model for model in MODELS if model not in admin.site._registry] == []


@pytest.mark.slow
@pytest.mark.parametrize(("model", "query"), LISTS)
def test_list_is_quick(model, query, full, operator_client, django_assert_max_num_queries):
    for number in range(3, 8):
        fill(Session.objects.create(campaign=full, number=number), "ATSATS")
        decisions.name_voice(Session.objects.get(number=number).voices.get(number=1), "Anna", None)
        Errand.objects.create(
            campaign=full, session=Session.objects.get(number=number), kind=ErrandKind.SPLIT
        )
    with django_assert_max_num_queries(14):
        page_of(operator_client, model, **query)


@names
def test_row_opens_without_a_vector(model, full, told, operator_client):
    decisions.merge(told.voices.get(number=2), told.voices.get(number=1), None)
    numbers = {str(number)[:8] for voice in told.voices.all() for number in voice.embedding[:5]}
    for page in (page_of(operator_client, model, model.objects.first()), page_of(operator_client, model)):
        assert not any(number in page for number in numbers)


@pytest.mark.parametrize("model", [Voiceprint, Change])
def test_what_follows_is_only_read(model, full, operator_client):
    name = f"admin:speakers_app_{model._meta.model_name}"
    assert (
        operator_client.post(reverse(f"{name}_change", args=[model.objects.first().pk]), {}).status_code
        == 403
    )
    assert operator_client.get(reverse(f"{name}_add")).status_code == 403


@pytest.mark.parametrize("model", [Voiceprint, Assignment])
def test_what_would_come_back_is_not_deleted_by_itself(model, full, operator_client):
    row = model.objects.first()
    name = f"admin:speakers_app_{model._meta.model_name}"
    assert operator_client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in page_of(operator_client, model)


def test_session_is_deleted_with_its_assignments(full, told, operator_client):
    address = reverse("admin:sessions_app_session_delete", args=[told.pk])
    assert operator_client.post(address, {"post": "yes"}).status_code == 302
    assert not Assignment.objects.filter(voice__session=told.pk).exists()


@pytest.mark.parametrize(
    ("state", "count"), [("locked", 2), ("automatic", 2), ("suggested", 0), ("unnamed", 1)]
)
def test_assignments_are_found_by_state(state, count, full, operator_client):
    assert page_of(operator_client, Assignment, state=state).count('name="_selected_action"') == count


def test_assignments_are_found_by_session_and_method(full, later, operator_client):
    page = page_of(operator_client, Assignment, voice__session__id__exact=later.pk, how__exact=How.ROSTER)
    assert page.count('name="_selected_action"') == 2


def test_confirming_makes_decisions_that_can_be_undone(full, later, operator, operator_client):
    assert "2 names confirmed" in act(operator_client, Assignment, "confirm", of(later, 1), of(later, 2))
    assert Assignment.objects.locked().filter(voice__session=later, decided_by=operator).count() == 2
    assert Change.objects.filter(user=operator, verb=Verb.ASSIGN).count() == 2
    change = Change.objects.first()
    assert "1 change is undone" in act(operator_client, Change, "undo_changes", change)
    assert Assignment.objects.locked().filter(voice__session=later).count() == 1
    assert "undone already" in act(operator_client, Change, "undo_changes", change)


def test_unassigning_takes_back_what_the_name_had_taught(full, told, later, operator_client):
    assert "1 voice left unnamed" in act(operator_client, Assignment, "unassign", of(told, 1))
    assert of(told, 1).speaker is None
    assert not Voiceprint.objects.filter(speaker__name="Anna").exists()
    assert not Assignment.objects.filter(voice__session=later, speaker__name="Anna").exists()


def test_decision_is_taken_back(full, told, operator_client):
    assert "1 decision taken back" in act(operator_client, Assignment, "release", of(told, 3))
    assert not Assignment.objects.locked().filter(voice__session=told, voice__number=3).exists()


@pytest.mark.parametrize(("action", "sessions"), [("rematch_sessions", 1), ("rematch_campaigns", 2)])
def test_matching_again_finds_names_anew(action, sessions, full, told, later, operator_client):
    third = fill(Session.objects.create(campaign=full, number=3), "TAVTAV")
    Assignment.objects.automatic().filter(voice__session=third).delete()
    Assignment.objects.automatic().filter(voice__session=later, voice__number=2).delete()
    page = act(operator_client, Assignment, action, of(later, 1))
    assert f"names changed in {sessions} session" in page
    assert of(later, 2).speaker.name == "Anna"
    assert Assignment.objects.filter(voice__session=third).exists() == (sessions == 2)


def test_changing_whose_voice_it_is_is_a_decision(full, later, operator, operator_client):
    row = of(later, 1)
    anna = Speaker.objects.get(name="Anna")
    address = reverse("admin:speakers_app_assignment_change", args=[row.pk])
    assert operator_client.post(address, {"speaker": anna.pk}).status_code == 302
    row.refresh_from_db()
    assert (row.speaker, row.locked, row.decided_by, row.how) == (anna, True, operator, How.PERSON)
    assert Change.objects.filter(user=operator).count() == 1
    assert operator_client.post(address, {"speaker": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.speaker, row.locked) == (None, True)


def test_voice_that_nobody_was_found_for_can_be_named(full, later, operator_client):
    data = {"voice": later.voices.get(number=3).pk, "speaker": Speaker.objects.get(name="Tom").pk}
    assert operator_client.post(reverse("admin:speakers_app_assignment_add"), data).status_code == 302
    assert of(later, 3).speaker.name == "Tom"
    assert Voiceprint.objects.filter(voice__session=later).count() == 1


def test_nobody_of_another_campaign_can_be_chosen(full, later, outsider, operator_client):
    stranger = Speaker.objects.create(campaign=outsider.campaigns.get(), name="Otto")
    address = reverse("admin:speakers_app_assignment_change", args=[of(later, 1).pk])
    page = operator_client.post(address, {"speaker": stranger.pk}).content.decode()
    assert "not of the voice&#x27;s campaign" in page
    assert of(later, 1).speaker.name == "Tom"


def person(**fields) -> dict:
    return {"name": "Sofie", "role": "guest", "colour": 4} | fields


def test_person_added_here_can_be_undone(full, operator, operator_client):
    address = reverse("admin:speakers_app_speaker_add")
    assert operator_client.post(address, person(campaign=full.pk, name=" Sofie  V ")).status_code == 302
    assert Speaker.objects.get(role="guest").name == "Sofie V"
    assert Change.objects.get(user=operator).verb == Verb.EDIT_SPEAKER


def test_person_renamed_here_has_the_new_name_in_the_record(full, operator_client):
    anna = Speaker.objects.get(name="Anna")
    address = reverse("admin:speakers_app_speaker_change", args=[anna.pk])
    operator_client.post(address, person(name="Anneke"))
    anna.refresh_from_db()
    assert (anna.name, anna.role) == ("Anneke", "guest")
    assert Change.objects.first().rows["speaker"][str(anna.pk)][0]["name"] == "Anna"


def test_person_is_held_to_the_same_rules(full, outsider, operator_client):
    elsewhere = Character.objects.create(party=outsider.campaigns.get().party, name="Bo")
    anna = Speaker.objects.get(name="Anna")
    data = person(name="TOM", member=outsider.pk, character=elsewhere.pk, colour=99)
    response = operator_client.post(reverse("admin:speakers_app_speaker_change", args=[anna.pk]), data)
    errors = response.context["adminform"].form.errors
    assert set(errors) == {"name", "member", "character", "colour"}


def test_deleting_a_person_takes_their_names_and_voiceprints_away(full, told, later, operator_client):
    anna = Speaker.objects.get(name="Anna")
    address = reverse("admin:speakers_app_speaker_delete", args=[anna.pk])
    assert operator_client.post(address, {"post": "yes"}).status_code == 302
    assert not Voiceprint.objects.filter(speaker=anna.pk).exists()
    assert set(Assignment.objects.exclude(speaker=None).values_list("speaker__name", flat=True)) == {"Tom"}


def staff_client(*permissions: str) -> Client:
    user = User.objects.create_user("helper", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_who_may_only_look_changes_nothing(full, later):
    client = staff_client("view_assignment", "view_change", "view_speaker")
    act(client, Assignment, "confirm", of(later, 1))
    act(client, Change, "undo_changes", Change.objects.first())
    assert not of(later, 1).locked
    assert not Change.objects.exclude(undone_at=None).exists()
    assert client.get(reverse("admin:speakers_app_separation")).status_code == 200


def test_separation_needs_the_right_to_see_people(full):
    client = staff_client("view_change")
    for address in (
        reverse("admin:speakers_app_separation"),
        reverse("admin:speakers_app_campaign_separation", args=[full.uuid]),
    ):
        assert client.get(address).status_code == 403


def test_separation_of_two_evenings_is_honest_about_being_too_little(full, operator_client):
    page = operator_client.get(
        reverse("admin:speakers_app_campaign_separation", args=[full.uuid])
    ).content.decode()
    assert "Too little to judge by" in page
    assert "too little to say" in page
    index = operator_client.get(reverse("admin:speakers_app_separation")).content.decode()
    assert "2 voiceprints" in index


@pytest.mark.slow
def test_separation_of_many_evenings_gives_rates_and_a_histogram(full, operator_client):
    for number in range(3, 9):
        session = fill(Session.objects.create(campaign=full, number=number), "ATSATS")
        for voice, name in zip(session.voices.order_by("number"), ("Anna", "Tom", "Sofie"), strict=True):
            decisions.name_voice(voice, name, None)
    page = operator_client.get(
        reverse("admin:speakers_app_campaign_separation", args=[full.uuid])
    ).content.decode()
    assert "Too little to judge by" not in page
    assert "0.0 %" in page
    assert page.count('class="column') == 24


def test_separation_without_voiceprints_says_what_to_do(campaign, operator_client):
    assert (
        "Name voices first" in operator_client.get(reverse("admin:speakers_app_separation")).content.decode()
    )
    address = reverse("admin:speakers_app_campaign_separation", args=[campaign.uuid])
    assert "Too little to judge by" in operator_client.get(address).content.decode()
