"""Answers with a stored file, whole or the range that was asked for, a piece at a time; HTTP's rules are RFC 9110."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Generator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from sessions_app.storage import describe, open_range

PIECE = 1 << 18
_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Unsatisfiable(Exception):
    """The range lies beyond the file."""


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """Returns the first and last byte that ``header`` asks for, or None where the whole file is the answer.

    Several ranges at once, other units and nonsense are answered with the whole file, as the RFC allows.

    >>> read_range("bytes=100-", 1000)
    (100, 999)
    >>> read_range("bytes=-10", 1000)
    (990, 999)

    Raises:
        Unsatisfiable: no byte of the file lies in the range.
    """
    match = _ONE_RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first_text, last_text = match.groups()
    if not first_text:
        length = min(int(last_text), size)
        if length == 0:
            raise Unsatisfiable
        return size - length, size - 1
    first = int(first_text)
    last = min(int(last_text), size - 1) if last_text else size - 1
    if last_text and int(last_text) < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return first, last


def ranged_response(request: HttpRequest, name: str, content_type: str) -> HttpResponseBase:
    """Returns the answer to a GET or HEAD of the stored file ``name``.

    Raises:
        FileNotFoundError: it is not there.
    """
    stored = describe(name)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "ETag": stored.etag,
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("If-None-Match") == stored.etag:
        return HttpResponse(status=304, headers=headers)
    asked = request.headers.get("Range", "")
    if request.method == "HEAD" or request.headers.get("If-Range", stored.etag) != stored.etag:
        asked = ""
    try:
        wanted = read_range(asked, stored.size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{stored.size}"})
    first, last = wanted or (0, stored.size - 1)
    headers["Content-Length"] = str(last - first + 1)
    if request.method == "HEAD":
        return HttpResponse(headers=headers, content_type=content_type)
    if wanted:
        headers["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    return StreamingHttpResponse(
        _async_pieces(name, first, last) if hasattr(request, "scope") else _pieces(name, first, last),
        status=206 if wanted else 200,
        headers=headers,
        content_type=content_type,
    )


def bytes_response(request: HttpRequest, data: bytes, content_type: str) -> HttpResponse:
    """Returns the answer to a GET or HEAD of ``data``, whole or the range of it that a player asks for."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    try:
        wanted = read_range(asked, len(data))
    except Unsatisfiable:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{len(data)}"})
    if wanted is None:
        return HttpResponse(data, headers=headers, content_type=content_type)
    first, last = wanted
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return HttpResponse(data[first : last + 1], status=206, headers=headers, content_type=content_type)


def _pieces(name: str, first: int, last: int) -> Generator[bytes]:
    left = last - first + 1
    with open_range(name) as file:
        file.seek(first)
        while left > 0 and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


async def _async_pieces(name: str, first: int, last: int) -> AsyncIterator[bytes]:
    pieces = _pieces(name, first, last)
    try:
        while True:
            reading = asyncio.ensure_future(asyncio.to_thread(next, pieces, b""))
            try:
                piece = await asyncio.shield(reading)
            except (
                asyncio.CancelledError
            ):  # the reader left; a generator cannot be closed while a thread is in it
                await reading
                raise
            if not piece:
                return
            yield piece
    finally:
        pieces.close()
