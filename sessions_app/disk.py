"""Room on the disk: how much there is, and saying plainly when there is none.

>>> free_bytes() > 0, is_nearly_full()
(True, False)
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from scribe_site.config import get_config

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFull(Exception):
    """The disk took no more; what was written before stays."""


@contextmanager
def naming_a_full_disk() -> Iterator[None]:
    """Turns the ways in which a system says that there is no room into one.

    Raises:
        DiskFull: there is none.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull from error
        raise


def free_bytes() -> int:
    """Returns how much room the data directory has."""
    return shutil.disk_usage(get_config().data_dir).free


def is_nearly_full() -> bool:
    """Whether people should hear that room runs out (``SCRIBE_DISK_RESERVE_MB``)."""
    return free_bytes() < get_config().disk_reserve_mb << 20


def has_room_for_audio(size: int = 0) -> bool:
    """Whether so many bytes of sound may still come, or a recording go on: a fifth of the reserve is kept free."""
    return free_bytes() - size > (get_config().disk_reserve_mb << 20) // 5
