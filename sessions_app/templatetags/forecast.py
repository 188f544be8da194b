"""Puts into words what asking the language model takes."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.classification.language_model import Estimate
from sessions_app.runs.progress import about

register = template.Library()


@register.filter
def in_words(expected: Estimate) -> str:
    """Returns lines, requests, tokens, time and, where prices are known, the cost in one sentence.

    >>> from sessions_app.labels.forecast import forecast
    >>> in_words(forecast(session, everything=True))
    '12 lines, 1 request, about 2,400 tokens, less than a minute, if it is as quick as most'
    """
    tokens = _rounded(expected.tokens_in + expected.tokens_out)
    time = about(expected.seconds)
    if not expected.is_measured:
        time = _("%(time)s, if it is as quick as most") % {"time": time}
    parts = [
        ngettext("%(n)s line", "%(n)s lines", expected.lines) % {"n": _figure(expected.lines)},
        ngettext("%(n)s request", "%(n)s requests", expected.requests) % {"n": _figure(expected.requests)},
        _("about %(n)s tokens") % {"n": _figure(tokens)},
        time,
    ]
    if expected.cost is not None:
        parts.append(_("cost: about %(cost)s") % {"cost": number_format(round(expected.cost, 2), 2)})
    return ", ".join(parts)


def _figure(number: int) -> str:
    return str(number_format(number, force_grouping=True))


def _rounded(tokens: int) -> int:
    """Returns ``tokens`` to two places that matter; more would claim what an estimate does not know."""
    return round(tokens, 2 - len(str(tokens)))
