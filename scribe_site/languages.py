"""In which language a person reads pages: the one they chose, else the one that their browser asks for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header


def language_of(chosen: str, accepted: str) -> str:
    """Returns the language in which somebody reads: ``chosen``, or the first that is spoken here of what is accepted.

    Args:
        chosen: the setting of a person; may be empty.
        accepted: what their browser says it accepts (``Accept-Language``); may be empty.

    >>> language_of("", "nl-BE,en;q=0.5"), language_of("en", "nl-BE"), language_of("", "fr")
    ('nl', 'en', 'en')
    """
    for language in [chosen, *(code for code, _ in parse_accept_lang_header(accepted.lower()))]:
        with suppress(LookupError):
            return get_supported_language_variant(language)
    return settings.LANGUAGE_CODE


class ChosenLanguage:
    """Lets a logged-in person's choice win over the browser's; stands behind Django's own middlewares for both."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers in the chosen language."""
        chosen = request.user.interface_language if request.user.is_authenticated else ""
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self._get_response(request)
