"""Clips of chosen lines: made, found again, heard, hung up and removed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sessions_app.clips.lines import lines_of_clip, shown_clips
from sessions_app.clips.making import TooLong, make_clip
from sessions_app.models import Character, Clip, Segment, Voice

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip(spoken, editor) -> Clip:
    return make_clip(spoken, list(spoken.segments.all()[:2]), editor, title="At the door", on_wall=True)


def texts(clip: Clip) -> list[str]:
    return [line.text for line in lines_of_clip(clip, clip.session)]


def test_clip_holds_its_lines_in_order(spoken, editor):
    clip = make_clip(spoken, list(spoken.segments.order_by("-position")), editor)
    assert (clip.start_ms, clip.end_ms) == (0, 8000)
    assert texts(clip) == ["I open the door.", "Roll for it.", "It creaks."]


def test_lines_between_chosen_ones_are_not_in_the_clip(spoken, editor):
    clip = make_clip(spoken, [spoken.segments.get(position=0), spoken.segments.get(position=2)], editor)
    assert texts(clip) == ["I open the door.", "It creaks."]


def test_clip_outlives_the_lines_it_was_made_of(clip, spoken):
    rows = list(spoken.segments.values("position", "start_ms", "end_ms", "text", "voice_id"))
    Segment.objects.all().delete()
    for row in rows:
        Segment.objects.create(
            session=spoken, **row | {"start_ms": row["start_ms"] + 150, "text": row["text"].upper()}
        )
    assert texts(clip) == ["I OPEN THE DOOR.", "ROLL FOR IT."]


def test_of_people_who_talk_at_once_only_the_chosen_is_quoted(clip, spoken):
    other = Voice.objects.create(session=spoken, number=3)
    Segment.objects.create(session=spoken, voice=other, position=9, start_ms=100, end_ms=1900, text="Pizza?")
    assert texts(clip) == ["I open the door.", "Roll for it."]


def test_line_that_somebody_gave_to_another_voice_stays_in_the_clip(clip, spoken):
    spoken.segments.filter(position=0).update(voice=spoken.voices.get(number=2))
    assert texts(clip) == ["I open the door.", "Roll for it."]


def test_quote_names_people_as_whom_they_speak(clip, spoken):
    mira = Character.objects.create(party=spoken.campaign.party, name="Mira")
    spoken.segments.filter(position=0).update(character=mira)
    (shown,) = shown_clips([clip])
    assert [(quote.voice.name, quote.character, quote.text) for quote in shown.quotes] == [
        ("Speaker 1", "Mira", "I open the door."),
        ("Speaker 2", "", "Roll for it."),
    ]


def test_more_than_ten_minutes_is_no_clip(spoken, editor):
    spoken.segments.filter(position=0).update(end_ms=700_000)
    with pytest.raises(TooLong):
        make_clip(spoken, list(spoken.segments.all()), editor)


def test_ten_minutes_that_are_more_with_the_sound_around_them_are_no_clip(spoken, editor):
    for position in range(300):
        Segment.objects.create(
            session=spoken, position=9 + position, start_ms=position * 3000, end_ms=position * 3000 + 1990
        )
    with pytest.raises(TooLong):
        make_clip(spoken, list(spoken.segments.filter(position__gte=9)), editor)


def test_people_who_talk_at_once_are_counted_once(spoken, editor):
    spoken.segments.update(start_ms=0, end_ms=400_000)
    assert make_clip(spoken, list(spoken.segments.all()), editor).end_ms == 400_000


def test_editor_makes_a_clip_of_chosen_lines(client, spoken, editor):
    client.force_login(editor)
    lines = " ".join(str(uuid) for uuid in spoken.segments.values_list("uuid", flat=True)[:2])
    data = {"lines": lines, "title": "At the door", "on_wall": "on"}
    said = client.post(reverse("clip-create", args=[spoken.uuid]), data, headers={"HX-Request": "true"})
    clip = Clip.objects.get()
    assert (clip.title, clip.on_wall, clip.user) == ("At the door", True, editor)
    assert clip.get_absolute_url() in said.content.decode()
    page = client.get(clip.get_absolute_url()).content.decode()
    assert "I open the door." in page
    assert "Speaker 1" in page


@pytest.mark.parametrize(
    ("lines", "says"),
    [("", "Choose lines first."), ("00000000-0000-0000-0000-000000000000", "not there any more")],
)
def test_clip_of_nothing_says_what_is_wrong(client, spoken, editor, lines, says):
    client.force_login(editor)
    said = client.post(
        reverse("clip-create", args=[spoken.uuid]), {"lines": lines}, headers={"HX-Request": "true"}
    )
    assert said.status_code == 422
    assert says in said.content.decode()
    assert not Clip.objects.exists()


@pytest.mark.parametrize("form", ["mp3", "ogg", "wav"])
def test_clip_is_heard_and_taken_along(client, clip, viewer, form):
    client.force_login(viewer)
    address = reverse("clip-audio", args=[clip.uuid, form])
    whole = client.get(address)
    assert whole.status_code == 200
    assert whole.headers["Content-Type"].startswith("audio/")
    part = client.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    taken = client.get(address, {"download": ""})
    assert taken.headers["Content-Disposition"] == f'attachment; filename="At-the-door.{form}"'


def test_clip_without_sound_keeps_its_words(client, clip, viewer):
    type(clip.session).objects.update(audio_name="")
    client.force_login(viewer)
    assert client.get(reverse("clip-audio", args=[clip.uuid, "mp3"])).status_code == 404
    page = client.get(clip.get_absolute_url()).content.decode()
    assert "I open the door." in page
    assert "<audio" not in page


def test_sound_that_is_gone_from_storage_is_not_there(client, clip, viewer):
    type(clip.session).objects.update(audio_name="nowhere.wav")
    client.force_login(viewer)
    assert client.get(reverse("clip-audio", args=[clip.uuid, "mp3"])).status_code == 404


def test_sound_is_not_there_where_the_recording_became_shorter(client, spoken, editor, viewer):
    spoken.segments.filter(position=2).update(start_ms=11_000, end_ms=12_000)
    clip = make_clip(spoken, list(spoken.segments.filter(position=2)), editor)
    client.force_login(viewer)
    assert client.get(reverse("clip-audio", args=[clip.uuid, "mp3"])).status_code == 404
    assert client.get(clip.get_absolute_url()).status_code == 200


def test_title_is_changed_and_the_clip_taken_off_the_wall(client, clip, editor):
    client.force_login(editor)
    client.post(reverse("clip-edit", args=[clip.uuid]), {"title": "The door"})
    clip.refresh_from_db()
    assert (clip.title, clip.on_wall) == ("The door", False)


def test_clip_is_removed_and_the_session_stays(client, clip, editor, spoken):
    client.force_login(editor)
    assert "Remove this clip?" in client.get(reverse("clip-delete", args=[clip.uuid])).content.decode()
    client.post(reverse("clip-delete", args=[clip.uuid]))
    assert not Clip.objects.exists()
    assert spoken.segments.count() == 3


def test_wall_shows_what_was_hung_up_and_nothing_else(client, clip, spoken, editor, viewer):
    make_clip(spoken, list(spoken.segments.all()[2:]), editor)
    client.force_login(viewer)
    page = client.get(reverse("quote-wall", args=[spoken.campaign.uuid])).content.decode()
    assert "I open the door." in page
    assert "It creaks." not in page
    other = client.get(reverse("quote-wall", args=[spoken.campaign.uuid]), {"session": spoken.uuid})
    assert "I open the door." in other.content.decode()


def test_empty_wall_says_how_to_fill_it(client, campaign, editor):
    client.force_login(editor)
    page = client.get(reverse("quote-wall", args=[campaign.uuid])).content.decode()
    assert "Nothing hangs here yet" in page
    assert "Clip…" in page


def test_wall_of_many_quotes_asks_the_database_little(
    client, spoken, editor, viewer, django_assert_max_num_queries
):
    for _ in range(15):
        make_clip(spoken, list(spoken.segments.all()[:1]), editor, on_wall=True)
    client.force_login(viewer)
    with django_assert_max_num_queries(40):
        client.get(reverse("quote-wall", args=[spoken.campaign.uuid]))
