"""Uploads by the tus 1.0 protocol, and the panel that lists a session's recordings.

>>> from django.urls import reverse
>>> client.options(reverse("upload-create", args=[session.uuid])).headers["Tus-Version"]
'1.0.0'
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from scribe_site.config import get_config
from sessions_app.disk import DiskFull
from sessions_app.models import Session, Upload, User
from sessions_app.rights import get_editable, get_visible
from sessions_app.uploads import protocol
from sessions_app.uploads.finishing import finish_soon, start_run_when_complete
from sessions_app.uploads.parts import PartBusy, remove_part
from sessions_app.uploads.receiving import (
    Gone,
    NoRoom,
    OffsetWrong,
    TooLong,
    create_upload,
    current_offset,
    receive,
)
from sessions_app.uploads.streaming import request_pieces

TusView = Callable[..., Coroutine[Any, Any, HttpResponse]]


def _max_bytes() -> int:
    return int(get_config().upload_max_gb * (1 << 30))


def _answer(status: int, text: str = "", **more: str | int) -> HttpResponse:
    return HttpResponse(
        text, status=status, content_type="text/plain; charset=utf-8", headers=protocol.headers(**more)
    )


def tus(**views: TusView) -> TusView:
    """Returns a view that answers by method, as the protocol wants it: version first, then what is allowed."""

    async def view(request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Hands the request to the view of its method."""
        method = request.method or ""
        if method == "POST":  # no other: the protection against forged requests lets a GET through
            method = request.headers.get("X-HTTP-Method-Override", method).upper()
        if method == "OPTIONS":
            return _answer(
                204,
                tus_version=protocol.VERSION,
                tus_extension=protocol.EXTENSIONS,
                tus_max_size=_max_bytes(),
            )
        if method not in views:
            return _answer(405, allow=", ".join((*views, "OPTIONS")))
        if request.headers.get("Tus-Resumable") != protocol.VERSION:
            return _answer(412, "This server speaks tus 1.0.0.", tus_version=protocol.VERSION)
        try:
            return await views[method](request, uuid)
        except protocol.BadHeader as error:
            return _answer(400, str(error))

    return view


def _receiving_errors(view: TusView) -> TusView:
    """Turns what can go wrong while bytes arrive into the protocol's answers."""

    @wraps(view)
    async def guarded(*args: Any) -> HttpResponse:
        try:
            return await view(*args)
        except PartBusy:
            return _answer(423, _("Another connection is sending this file."))
        except OffsetWrong:
            return _answer(409, _("The offset is not where the file ends; ask for it and go on from there."))
        except TooLong:
            return _answer(413, _("More bytes came than the file was announced with."))
        except (DiskFull, NoRoom):
            return _answer(507, _("The server's disk is full. What has arrived is kept; try again later."))
        except Gone:
            return _answer(410, _("The upload was cancelled."))

    return guarded


async def _editable_upload(request: HttpRequest, uuid: UUID) -> Upload:
    user = await request.auser()
    return await sync_to_async(get_editable)(Upload.objects.select_related("session"), user, uuid=uuid)


@_receiving_errors
async def _create(request: HttpRequest, uuid: UUID) -> HttpResponse:
    user = await request.auser()
    assert isinstance(user, User)
    session = await sync_to_async(get_editable)(Session.objects, user, uuid=uuid)
    length = protocol.read_whole_number(request.headers, "Upload-Length")
    if length > _max_bytes():
        most = filesizeformat(_max_bytes())
        return _answer(
            413, _("The file is too large: this installation takes up to %(most)s.") % {"most": most}
        )
    metadata = protocol.read_metadata(request.headers.get("Upload-Metadata", ""))
    name = protocol.clean_name(metadata.get("filename") or metadata.get("name") or "")
    upload = await sync_to_async(create_upload)(session, user, name, length)
    if request.headers.get("Content-Type") == protocol.PART_TYPE:
        await receive(upload, 0, request_pieces(request))
    if upload.is_whole:
        await sync_to_async(finish_soon)(upload)
    return _answer(
        201,
        location=upload.get_absolute_url(),
        upload_offset=upload.offset,
        upload_expires=protocol.expires(upload.expires_at),
    )


async def _head(request: HttpRequest, uuid: UUID) -> HttpResponse:
    upload = await _editable_upload(request, uuid)
    return _answer(
        200,
        upload_offset=current_offset(upload),
        upload_length=upload.length,
        upload_expires=protocol.expires(upload.expires_at),
    )


@_receiving_errors
async def _patch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    upload = await _editable_upload(request, uuid)
    if request.headers.get("Content-Type") != protocol.PART_TYPE:
        return _answer(415, f"Parts are sent as {protocol.PART_TYPE}.")
    offset = protocol.read_whole_number(request.headers, "Upload-Offset")
    if upload.is_settled:
        raise OffsetWrong
    await receive(upload, offset, request_pieces(request))
    if upload.is_whole:
        await sync_to_async(finish_soon)(upload)
    return _answer(204, upload_offset=upload.offset, upload_expires=protocol.expires(upload.expires_at))


async def _delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    upload = await _editable_upload(request, uuid)
    await upload.adelete()
    remove_part(uuid)
    user = await request.auser()
    assert isinstance(user, User)
    await sync_to_async(start_run_when_complete)(upload.session, user)
    return _answer(204, hx_trigger="recordings-changed")


upload_create = tus(POST=_create)
upload_detail = tus(HEAD=_head, PATCH=_patch, DELETE=_delete)


@require_safe
def upload_panel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Renders the list of a session's recordings and of files on their way; the page asks again while they are."""
    session = get_visible(Session.objects, request.user, uuid=uuid)
    can_edit = session.is_editable_by(request.user)
    return render(request, "sessions_app/_recording_list.html", {"session": session, "can_edit": can_edit})
