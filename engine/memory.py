"""Memory that is free but kept: long-running processes give it back from time to time.

The C library keeps what was freed for later, in pieces that fit less and less; where sound of all lengths is heard for
hours, a process grows by it although nothing is held.
"""

from __future__ import annotations

import ctypes
from functools import cache


@cache
def _library() -> ctypes.CDLL | None:
    """Returns the C library of this process if it can give memory back: glibc can, others have no need or no way."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return library if hasattr(library, "malloc_trim") else None


def give_back() -> bool:
    """Gives free memory back to the system; takes milliseconds. Returns whether there was any, False where it can't.

    >>> give_back() in (True, False)
    True
    """
    library = _library()
    return library is not None and bool(library.malloc_trim(0))
