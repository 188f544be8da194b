"""Takes the bytes of an upload in: what is acknowledged is on disk and safe from a power cut.

>>> upload = create_upload(session, owner, "gate.m4a", 2_000)
>>> current_offset(upload), upload.percent
(0, 0)
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator

from django.utils import timezone

from sessions_app.disk import DiskFull
from sessions_app.models import Session, Upload, User
from sessions_app.uploads.parts import Part, arrived_bytes, open_part, remove_part, uploads_dir

WRITE_BYTES = 1 << 20
SYNC_BYTES = 64 << 20
"""Bytes after which a long request's offset is made safe and stored on the way."""
ROOM_KEPT = 256 << 20
"""Bytes of the disk that uploads leave to the rest of the installation."""


class OffsetWrong(Exception):
    """The client starts elsewhere than where the file ends; it should ask for the offset and go on from there."""


class TooLong(Exception):
    """More bytes came than the upload was announced with."""


class NoRoom(Exception):
    """The disk has too little room for an upload of the announced length."""


class Gone(Exception):
    """The upload was cancelled while bytes were on their way."""


def create_upload(session: Session, user: User, name: str, length: int) -> Upload:
    """Announces a file of ``length`` bytes.

    Raises:
        NoRoom: it would not fit on the disk.
    """
    if length and shutil.disk_usage(uploads_dir()).free < length + ROOM_KEPT:
        raise NoRoom
    upload: Upload = Upload.objects.create(session=session, user=user, original_name=name, length=length)
    open_part(upload.uuid, create=True).close()
    return upload


def current_offset(upload: Upload) -> int:
    """Returns how many bytes have arrived: the size of the file, whatever the row last heard.

    A settled upload's file is gone; all of it had arrived.
    """
    if upload.is_settled:
        return upload.length
    return min(arrived_bytes(upload.uuid) or 0, upload.length)


async def receive(upload: Upload, offset: int, pieces: AsyncIterator[bytes]) -> int:
    """Appends ``pieces`` from ``offset`` on and returns the new offset, which is safe on disk and in the row.

    However it ends (lost connection, kill, full disk), what arrived stays and counts.

    Raises:
        PartBusy: another request is writing.
        OffsetWrong: ``offset`` is not where the file ends.
        TooLong: more came than was announced; the announced bytes were kept.
        DiskFull: the disk took no more; what fitted was kept.
        Gone: the upload was cancelled meanwhile.
    """
    part = await asyncio.to_thread(open_part, upload.uuid, create=True)
    try:
        if part.size != offset:
            raise OffsetWrong
        try:
            await _append_all(upload, part, pieces)
        finally:
            stored = await _store_offset(upload, part)
        return stored
    finally:
        part.close()


async def _append_all(upload: Upload, part: Part, pieces: AsyncIterator[bytes]) -> None:
    room = upload.length - part.size
    unsynced = 0
    waiting = bytearray()
    try:
        async for piece in pieces:
            if len(piece) > room:
                waiting += piece[:room]
                raise TooLong
            room -= len(piece)
            waiting += piece
            if len(waiting) >= WRITE_BYTES:
                data, waiting = waiting, bytearray()
                await asyncio.to_thread(part.append, data)
                unsynced += len(data)
            if unsynced >= SYNC_BYTES:
                unsynced = 0
                await _store_offset(upload, part)
    except DiskFull:
        waiting.clear()
        raise
    finally:
        if waiting:
            await asyncio.to_thread(part.append, waiting)


async def _store_offset(upload: Upload, part: Part) -> int:
    size = await asyncio.to_thread(part.sync)
    changed = await Upload.objects.filter(pk=upload.pk).aupdate(offset=size, updated_at=timezone.now())
    if not changed:
        await asyncio.to_thread(remove_part, upload.uuid)
        raise Gone
    upload.offset = size
    return size
