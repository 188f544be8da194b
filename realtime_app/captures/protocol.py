"""What goes over a capture's socket: numbered frames in, acknowledgements out; the same for browsers and programs.

The client speaks first, with ``hello``. From then on it sends binary frames in order: a header of the frame's first
sample (64 bits) and its number of samples (32 bits), little-endian, then 16-bit samples at 16 kHz. What it did not
record it declares as a gap. The server acknowledges with ``held`` what it has on disk: everything before that sample is
safe, and the client may forget it. Samples that are here already are ignored; a frame that begins later than what is
held is answered with ``resend``.
"""

from __future__ import annotations

import struct
from typing import Final, Literal, NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

HEADER: Final = struct.Struct("<QI")
MAX_FRAME_SAMPLES: Final = 64_000
"""Four seconds: a replay sends long frames, the microphone short ones."""

CLOSE_REFUSED: Final = 4404
"""There is no such session for this client, or its token is not good; asking again does not help."""
CLOSE_EXPIRED: Final = 4401
"""The token was good once: a page asks its person to log in, gets a new one and goes on."""
CLOSE_SUPERSEDED: Final = 4409
"""Another connection of the same capture has taken over."""
CLOSE_BAD_FRAME: Final = 4400
"""A frame or message that lies about itself."""
CLOSE_LIMIT: Final = 4413
"""The capture is as long as captures may be, or the campaign has as many as it may have."""


class Hello(TypedDict):
    """The client's first message.

    ``token`` is for a session (to begin a capture) or for one capture (to go on with it). ``key``, ``label`` and
    ``captioned`` matter only where a capture begins.
    """

    type: Literal["hello"]
    token: str
    key: NotRequired[str]
    label: NotRequired[str]
    captioned: NotRequired[bool]


class Gap(TypedDict):
    """The client has no sound from sample ``first`` up to sample ``end``, and never will."""

    type: Literal["gap"]
    first: int
    end: int
    reason: Literal["pause", "lost"]


class Pause(TypedDict):
    """The client pauses, or goes on; the time between is declared as a gap."""

    type: Literal["pause", "resume"]


class Stop(TypedDict):
    """All samples before ``samples`` were sent: the capture is over and becomes a recording."""

    type: Literal["stop"]
    samples: int


class Discard(TypedDict):
    """The person wants the capture and all its audio gone."""

    type: Literal["discard"]


class Ready(TypedDict):
    """The answer to ``hello``; ``token`` is for this capture alone and outlives logins."""

    type: Literal["ready"]
    capture: str
    token: str
    held: int
    state: str
    offset_ms: int
    label: str
    most_samples: int


class Held(TypedDict):
    """All samples before ``samples`` are on disk."""

    type: Literal["held"]
    samples: int


class Resend(TypedDict):
    """The frame that came begins too late: the next one wanted is ``first``."""

    type: Literal["resend"]
    first: int


class DiskFull(TypedDict):
    """The disk takes no more; nothing is acknowledged until it does. Sent again while it lasts."""

    type: Literal["disk-full"]


class DiskBack(TypedDict):
    """The disk takes audio again."""

    type: Literal["disk-back"]


class Finished(TypedDict):
    """The capture is over: it becomes a recording (``stopped``), or is gone (``discarded``)."""

    type: Literal["finished"]
    state: Literal["stopped", "finished", "discarded"]


class Refused(TypedDict):
    """Sent before the socket is closed with the code of the same meaning; ``message`` is for people."""

    type: Literal["refused"]
    reason: Literal["refused", "expired", "superseded", "bad-frame", "limit"]
    message: str


FromClient = Hello | Gap | Pause | Stop | Discard
FromServer = Ready | Held | Resend | DiskFull | DiskBack | Finished | Refused


class BadFrame(ValueError):
    """A frame that lies about its size or place."""


class TooLong(BadFrame):
    """A frame that goes on beyond the longest capture: nothing is wrong with it, but there is an end."""


def pack_frame(first: int, samples: NDArray[np.int16]) -> bytes:
    """Returns the binary message for ``samples``, the first of which is sample ``first`` of the capture."""
    return HEADER.pack(first, len(samples)) + samples.astype("<i2", copy=False).tobytes()


def unpack_frame(data: bytes, most_samples: int) -> tuple[int, bytes]:
    """Returns the first sample's number and the sound of a frame.

    Args:
        data: the binary message.
        most_samples: how long a capture may be.

    Raises:
        BadFrame: it is not as long as it says, empty, too long, or lies beyond the end of any capture.
        TooLong: it reaches over that end.

    >>> frame = pack_frame(16_000, np.array([1, -1], np.int16))
    >>> first, pcm = unpack_frame(frame, most_samples=48_000)
    >>> first, np.frombuffer(pcm, "<i2").tolist()
    (16000, [1, -1])
    """
    if len(data) < HEADER.size:
        raise BadFrame(f"{len(data)} bytes are no frame")
    first, count = HEADER.unpack_from(data)
    if not 0 < count <= MAX_FRAME_SAMPLES:
        raise BadFrame(f"a frame holds 1 to {MAX_FRAME_SAMPLES} samples, not {count}")
    if len(data) != HEADER.size + 2 * count:
        raise BadFrame(f"{count} samples are {2 * count} bytes, not {len(data) - HEADER.size}")
    if first <= most_samples < first + count:
        raise TooLong(f"the longest capture has {most_samples} samples")
    if first > most_samples:
        raise BadFrame(f"sample {first + count} lies beyond the longest capture ({most_samples})")
    return first, data[HEADER.size :]
