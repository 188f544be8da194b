"""Searching a campaign: the page, and the hits alone while somebody types.

>>> from django.urls import reverse
>>> page = client.get(reverse("campaign-search", args=[campaign.uuid]), {"q": "drawbridge"})
>>> "Nothing" in page.content.decode()  # nobody spoke of one
True
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from sessions_app.models import Campaign, Segment
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible
from sessions_app.search.asking import search
from sessions_app.search.filters import Chosen, choices_of, filter_form
from sessions_app.search.shown import place_of, shown

A_PAGE = 30
MORE = "sessions_app/_search_groups.html"
FOUND = "sessions_app/_search_found.html"


@require_safe
def campaign_search(request: UserRequest, uuid: UUID) -> HttpResponse:
    """What was said in the campaign, by words and filters; ``after`` asks for the next page of hits alone."""
    campaign = get_visible(Campaign.objects.all(), request.user, uuid=uuid)
    choices = choices_of(campaign, people=not request.htmx or "speaker" in request.GET)
    chosen = Chosen.of(request.GET, choices)
    after = place_of(request.GET.get("after", ""))
    typing = "typing" in request.GET
    found = (
        search(campaign, chosen.words, chosen.filters, A_PAGE, after, typing=typing) if chosen.asks else None
    )
    results = shown(found, choices, after) if found else None
    address = reverse("campaign-search", args=[campaign.uuid])
    more = chosen.query(after=results.following, **({"typing": "1"} if typing else {})) if results else ""
    context = {
        "campaign": campaign,
        "chosen": chosen,
        "results": results,
        "address": address,
        "more": f"{address}{more}" if results and results.following else "",
        "has_lines": found is not None or Segment.objects.filter(session__campaign=campaign).exists(),
    }
    if request.htmx and after:
        return render(request, MORE, context)
    if request.htmx:
        response = render(request, FOUND, context)
        response["HX-Replace-Url"] = f"{address}{chosen.query()}".removesuffix("?")
        return response
    return render(request, "sessions_app/search.html", {**context, "form": filter_form(choices, chosen)})
