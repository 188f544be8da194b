"""The button on an empty installation's first page that makes the demo campaign.

>>> from django.urls import reverse
>>> client.get(reverse("demo-create")).status_code  # a button posts
405
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from sessions_app.demo import make_demo
from sessions_app.requests import UserRequest


@require_POST
def demo_create(request: UserRequest) -> HttpResponse:
    """Makes the demo campaign for the visitor and leads there."""
    return redirect(make_demo(request.user))
