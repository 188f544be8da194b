"""The content security policy: everything a page loads comes from this server, and no inline script runs."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",  # data-driven colours and widths are style attributes
        "connect-src 'self' ws: wss:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


@sync_and_async_middleware
def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]:
    """Returns a middleware, for sync and async stacks alike, that adds the policy to each response.

    >>> from django.http import HttpResponse
    >>> guarded = content_security_policy(lambda request: HttpResponse("Hello"))
    >>> guarded(HttpRequest()).headers["Content-Security-Policy"]
    "default-src 'self'; img-src 'self' data:; ..."
    """
    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = await get_response(request)
            response.headers.setdefault("Content-Security-Policy", POLICY)
            return response

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        assert not isinstance(response, Awaitable)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware
