"""Answers that a browser may keep: sent again only when their content has changed.

>>> from django.http import HttpResponse
>>> from django.test import RequestFactory
>>> first = unless_known(RequestFactory().get("/"), HttpResponse("The gate"))
>>> again = RequestFactory().get("/", headers={"If-None-Match": first["ETag"]})
>>> unless_known(again, HttpResponse("The gate")).status_code
304
"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control


def unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """Returns ``response`` with an ETag of its content, or "not modified" where the browser has just that.

    Only the reader's own browser may keep it, and it asks each time, so that the rights are checked each time.
    """
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    answer = get_conditional_response(request, etag=etag, response=response)
    assert answer is not None
    return answer
