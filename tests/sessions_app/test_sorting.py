"""Names in the order in which people look for them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.models import Character, Party
from sessions_app.sorting import by_name, in_order, sort_key
from speakers_app.models import Speaker


@pytest.mark.parametrize(
    "ordered",
    [
        ["Anna", "bert", "Ćelia", "Daan"],
        ["émile", "Emma", "Erik"],
        ["Eva", "Éva", "Evelien"],
        ["Hidde", "IJsbrand", "Iris"],
        ["IJs", "ijs", "ijsje"],
        ["Sessie 2", "sessie 10", "Sessie 10b"],
        ["Håkon", "Øyvind", "Pieter"],
        ["Søren", "Strauß", "Strauss'"],
        ["Simon", "'t Vliegend Hert", "Thomas"],
        ["2e poging", "10e poging", "Aan tafel"],
        ["", "-", "a"],
    ],
)
def test_order_is_the_one_that_people_expect(ordered):
    assert by_name(reversed(ordered), str) == ordered


def test_ligature_ij_is_where_ij_is():
    assert sort_key("ĳsbrand")[0] == sort_key("IJsbrand")[0]


def test_same_names_stay_as_they_were():
    rows = [("Anna", 2), ("Anna", 1)]
    assert by_name(rows, lambda row: row[0]) == rows


@given(st.lists(st.text(max_size=12)))
def test_any_text_has_one_place(names):
    assert by_name(names, str) == by_name(reversed(names), str)


@pytest.mark.django_db
def test_choices_of_a_form_are_in_order(campaign):
    party = Party.objects.get_or_create(campaign=campaign)[0]
    for name in ("zwart", "Émile", "eva", "Dirk"):
        Character.objects.create(party=party, name=name)
    ordered = in_order(party.characters.all(), lambda each: each.name)
    assert [each.name for each in ordered] == ["Dirk", "Émile", "eva", "zwart"]
    assert ordered.filter(name="eva").exists()
    assert list(in_order(Party.objects.none(), str)) == []


@pytest.mark.django_db
def test_cast_and_people_are_listed_in_order(campaign, client, editor):
    party = Party.objects.get_or_create(campaign=campaign)[0]
    for name in ("Øyvind", "Zoë", "anna", "Éva"):
        Character.objects.create(party=party, name=name)
        Speaker.objects.create(campaign=campaign, name=name, colour=1)
    client.force_login(editor)
    for address in ("party", "speaker-list"):
        page = client.get(reverse(address, args=[campaign.uuid])).content.decode()
        places = [page.index(name) for name in ("anna", "Éva", "Øyvind", "Zoë")]
        assert places == sorted(places)
