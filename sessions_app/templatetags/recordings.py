"""How a recording's figures are shown."""

from __future__ import annotations

from django import template

from engine.clock import clock

register = template.Library()


@register.filter
def length_of_time(ms: int) -> str:
    """Returns a length as people write it.

    >>> length_of_time(3_723_000), length_of_time(65_400)
    ('1:02:03', '1:05')
    """
    return clock(ms)
