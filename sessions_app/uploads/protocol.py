"""The words of the tus 1.0 protocol: headers read and written; see https://tus.io/protocols/resumable-upload."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime

from django.utils.http import http_date

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
PART_TYPE = "application/offset+octet-stream"

_LONGEST_NAME = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing to disguise an extension."""


class BadHeader(Exception):
    """A header is missing or makes no sense; its text is the answer to the client."""


def read_whole_number(headers: Mapping[str, str], name: str) -> int:
    """Returns the header ``name`` as a number of bytes.

    Raises:
        BadHeader: it is absent or not a whole number of 0 or more.
    """
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise BadHeader(f"{name} must be a whole number of bytes.")
    return int(text)


def read_metadata(text: str) -> dict[str, str]:
    """Returns the pairs of an ``Upload-Metadata`` header, decoded.

    >>> read_metadata("filename ZXZlbmluZy5tcDM=,private")
    {'filename': 'evening.mp3', 'private': ''}

    Raises:
        BadHeader: a value is not Base64 of UTF-8 text.
    """
    pairs: dict[str, str] = {}
    for pair in text.split(","):
        key, _, value = pair.strip().partition(" ")
        if not key:
            continue
        try:
            pairs[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadHeader("Upload-Metadata must be keys with Base64 values.") from None
    return pairs


def clean_name(name: str) -> str:
    r"""Returns a file's own name, without folders and tricks, short enough to be kept with its extension.

    >>> clean_name("C:\\evenings\\night 3.m4a")
    'night 3.m4a'
    """
    name = _CONTROL.sub("", name.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    if len(name) > _LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        kept = f"{dot}{extension}" if 0 < len(extension) <= 10 else ""
        name = (stem or name)[: _LONGEST_NAME - len(kept)] + kept
    return name or "recording"


def headers(**more: str | int) -> dict[str, str]:
    """Returns the headers of every answer, with ``more``: ``upload_offset=5`` becomes ``Upload-Offset: 5``."""
    named = {key.replace("_", "-").title(): str(value) for key, value in more.items()}
    return {"Tus-Resumable": VERSION, "Cache-Control": "no-store", **named}


def expires(moment: datetime) -> str:
    """Returns ``moment`` as the ``Upload-Expires`` header has it."""
    return http_date(moment.timestamp())
