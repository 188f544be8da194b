"""In which language a person reads pages: the one they chose, else the one that their browser asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation


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
