"""How a recording's figures are shown."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def length_of_time(ms: int) -> str:
    """Returns a length as people write it.

    >>> length_of_time(3_723_000), length_of_time(65_400)
    ('1:02:03', '1:05')
    """
    hours, rest = divmod(round(ms / 1000), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
