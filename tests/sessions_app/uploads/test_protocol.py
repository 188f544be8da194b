"""The tus protocol over Django's test client: creation, parts, offsets, termination, and who may."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from scribe_site.config import get_config
from sessions_app.models import Upload
from sessions_app.uploads.parts import arrived_bytes, held_part, part_path
from sessions_app.uploads.protocol import BadHeader, clean_name, read_metadata, read_whole_number


def test_server_says_what_it_speaks(tus, session):
    answer = tus.client.options(reverse("upload-create", args=[session.uuid]))
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) >= {"creation", "termination"}
    assert int(answer.headers["Tus-Max-Size"]) == 10 << 30


def test_creation_names_the_place_to_send_to(tus):
    answer = tus.create(100, "Avond één.m4a")
    upload = Upload.objects.get()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/uploads/{upload.uuid}/"
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert "GMT" in answer.headers["Upload-Expires"]
    assert (upload.original_name, upload.length, upload.offset) == ("Avond één.m4a", 100, 0)


def test_parts_add_up(tus):
    url = tus.create(10).headers["Location"]
    assert tus.patch(url, 0, b"01234").headers["Upload-Offset"] == "5"
    head = tus.head(url)
    assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (
        200,
        "5",
        "10",
    )
    assert head.headers["Cache-Control"] == "no-store"
    assert tus.patch(url, 5, b"678").headers["Upload-Offset"] == "8"
    assert part_path(Upload.objects.get().uuid).read_bytes() == b"01234678"


def test_bytes_can_come_with_the_creation(tus, session):
    answer = tus.client.post(
        reverse("upload-create", args=[session.uuid]),
        b"0123",
        content_type="application/offset+octet-stream",
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10"},
    )
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "4")


def test_wrong_offset_changes_nothing(tus):
    url = tus.create(10).headers["Location"]
    tus.patch(url, 0, b"01234")
    assert tus.patch(url, 3, b"xx").status_code == 409
    assert tus.patch(url, 7, b"xx").status_code == 409
    assert tus.head(url).headers["Upload-Offset"] == "5"


def test_the_file_is_the_truth_when_a_kill_came_before_the_row_was_stored(tus):
    url = tus.create(10).headers["Location"]
    tus.patch(url, 0, b"012")
    with part_path(Upload.objects.get().uuid).open("ab") as file:
        file.write(b"34")
    assert tus.head(url).headers["Upload-Offset"] == "5"
    assert tus.patch(url, 5, b"6").headers["Upload-Offset"] == "6"


def test_lost_file_starts_over(tus):
    url = tus.create(10).headers["Location"]
    tus.patch(url, 0, b"01234")
    part_path(Upload.objects.get().uuid).unlink()
    assert tus.head(url).headers["Upload-Offset"] == "0"
    assert tus.patch(url, 0, b"01").headers["Upload-Offset"] == "2"


def test_second_writer_is_locked_out(tus):
    url = tus.create(10).headers["Location"]
    with held_part(Upload.objects.get().uuid):
        assert tus.patch(url, 0, b"01").status_code == 423
    assert tus.patch(url, 0, b"01").status_code == 204


def test_more_than_announced_is_refused_and_the_announced_part_kept(tus):
    url = tus.create(4).headers["Location"]
    tus.patch(url, 0, b"01")
    assert tus.patch(url, 2, b"2345").status_code == 413
    assert arrived_bytes(Upload.objects.get().uuid) in (4, None)


def test_too_large_a_file_is_refused_with_the_limit(tus, monkeypatch):
    small = get_config().model_copy(update={"upload_max_gb": 1.0})
    monkeypatch.setattr("sessions_app.views.uploads.get_config", lambda: small)
    answer = tus.create((1 << 30) + 1)
    assert answer.status_code == 413
    assert "1.0" in answer.content.decode()
    assert not Upload.objects.exists()
    assert tus.create(1 << 30).status_code == 201


def test_file_that_cannot_fit_is_refused_before_it_is_sent(tus, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
    assert tus.create(5000).status_code == 507
    assert not Upload.objects.exists()


def test_full_disk_keeps_what_fitted(tus, monkeypatch):
    url = tus.create(10).headers["Location"]
    write = os.write

    def write_on_a_small_disk(descriptor, data):
        if len(bytes(data)) > 3:
            return write(descriptor, bytes(data)[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sessions_app.uploads.parts.os.write", write_on_a_small_disk)
    answer = tus.patch(url, 0, b"012345")
    monkeypatch.undo()
    assert answer.status_code == 507
    assert "disk is full" in answer.content.decode()
    assert Upload.objects.get().offset == 3


def test_cancel_removes_row_and_bytes(tus, uploads_folder):
    url = tus.create(10).headers["Location"]
    tus.patch(url, 0, b"01234")
    assert tus.delete(url).status_code == 204
    assert tus.head(url).status_code == 404
    assert not Upload.objects.exists()
    assert not list(uploads_folder.iterdir())


def test_method_may_be_overridden_for_clients_behind_narrow_proxies(tus):
    url = tus.create(10).headers["Location"]
    answer = tus.client.post(
        url,
        b"0123",
        content_type="application/offset+octet-stream",
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"},
    )
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "4")


def test_a_get_cannot_be_overridden_because_nothing_proves_who_sent_it(tus):
    url = tus.create(10).headers["Location"]
    answer = tus.client.get(url, headers={"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "DELETE"})
    assert answer.status_code == 405
    assert Upload.objects.exists()


def test_another_version_of_the_protocol_is_refused(tus, session):
    answer = tus.client.post(
        reverse("upload-create", args=[session.uuid]),
        headers={"Tus-Resumable": "0.2.2", "Upload-Length": "1"},
    )
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_parts_of_another_type_are_refused(tus):
    url = tus.create(10).headers["Location"]
    answer = tus.client.patch(
        url, b"01", content_type="text/plain", headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    )
    assert answer.status_code == 415


@pytest.mark.parametrize("length", ["", "-1", "ten", "1.5", "9" * 30])
def test_nonsense_lengths_are_refused(tus, session, length):
    answer = tus.client.post(
        reverse("upload-create", args=[session.uuid]),
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": length},
    )
    assert answer.status_code == 400


def test_outsider_gets_404_and_viewer_403(tus, tus_of, viewer_client, outsider_client):
    url = tus.create(10).headers["Location"]
    for client, status in ((outsider_client, 404), (viewer_client, 403)):
        theirs = tus_of(client)
        answers = (theirs.create(5), theirs.head(url), theirs.patch(url, 0, b"x"), theirs.delete(url))
        assert [answer.status_code for answer in answers] == [status] * 4
    assert Upload.objects.get().offset == 0


def test_stranger_is_sent_to_log_in(tus, tus_of):
    url = tus.create(10).headers["Location"]
    assert tus_of(Client()).patch(url, 0, b"x").status_code == 302


def test_forged_request_of_another_site_is_refused(tus, tus_of, editor):
    url = tus.create(10).headers["Location"]
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert tus_of(client).patch(url, 0, b"x").status_code == 403


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\avond\\3.mp3", "3.mp3"),
        ("a\x00b\u202e3pm.exe", "ab3pm.exe"),
        ("", "recording"),
        ("x" * 300 + ".mp3", "x" * 251 + ".mp3"),
    ],
)
def test_names_lose_folders_and_tricks(given, kept):
    assert clean_name(given) == kept


def test_metadata_that_is_no_base64_is_refused():
    with pytest.raises(BadHeader):
        read_metadata("filename @@@")


def test_whole_numbers_only():
    with pytest.raises(BadHeader):
        read_whole_number({"Upload-Offset": "\u0663"}, "Upload-Offset")
