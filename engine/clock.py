"""Conversions between the units of time: integer milliseconds at boundaries, integer samples inside audio."""

SAMPLE_RATE = 16_000
SAMPLES_PER_MS = SAMPLE_RATE // 1000


def ms_to_samples(ms: int) -> int:
    """Returns the index of the first sample of millisecond ``ms``; exact."""
    return ms * SAMPLES_PER_MS


def samples_to_ms(samples: int) -> int:
    """Returns the millisecond that holds sample ``samples`` (rounded down); inverse of :func:`ms_to_samples`."""
    return samples // SAMPLES_PER_MS


def seconds_to_ms(seconds: float) -> int:
    """Returns ``seconds`` as whole milliseconds, rounded to the nearest; for libraries that speak float seconds."""
    return round(seconds * 1000)


def in_hours(ms: int) -> int | float:
    """Returns ``ms`` in hours, for texts; a whole number where it is one.

    >>> in_hours(43_200_000), in_hours(5_400_000)
    (12, 1.5)
    """
    hours = round(ms / 3_600_000, 2)
    return int(hours) if hours.is_integer() else hours


def format_ms(ms: int, *, separator: str = ".") -> str:
    """Returns ``ms`` as ``HH:MM:SS.mmm``, with ``separator`` before the milliseconds.

    >>> format_ms(3_723_004)
    '01:02:03.004'
    """
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds, millis = divmod(rest, 1000)
    return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{millis:03}"


def clock(ms: int) -> str:
    """Returns ``ms`` as a reader's time, without milliseconds and without hours that are not there.

    >>> clock(3_723_004), clock(63_000)
    ('1:02:03', '1:03')
    """
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
