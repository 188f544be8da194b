"""Names of clips' files: when, and who as whom, in letters that every system takes."""

from __future__ import annotations

import re
import unicodedata

from engine.clock import clock

MOST_CHARACTERS = 80
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}


def clip_name(number: int, start_ms: int, speaker: str, character: str, ending: str) -> str:
    """Returns the name of one clip's file; names sort as the lines follow each other.

    >>> clip_name(7, 753_000, "Zoë", "Élan / the Quick", "mp3")
    '0007_00-12-33_Zoe-as-Elan-the-Quick.mp3'
    """
    who = f"{speaker} as {character}" if character else speaker
    return f"{number:04}_{_time(start_ms)}_{safe(who)}.{ending}"


def safe(text: str) -> str:
    """Returns ``text`` as a part of a file name: unaccented letters, digits and hyphens, never empty or reserved.

    >>> safe("../../etc/passwd"), safe("NUL"), safe("…")
    ('etc-passwd', 'NUL-', 'unnamed')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:MOST_CHARACTERS].strip("-")
    if not words:
        return "unnamed"
    return f"{words}-" if words.casefold() in _RESERVED else words


def _time(ms: int) -> str:
    parts = clock(ms).split(":")
    return "-".join(["00"] * (3 - len(parts)) + [part.zfill(2) for part in parts])
