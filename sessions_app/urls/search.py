"""The address of the search.

>>> from django.urls import reverse
>>> reverse("campaign-search", args=[campaign.uuid]).replace(str(campaign.uuid), "UUID")
'/campaigns/UUID/search/'
"""

from django.urls import URLPattern, path

from sessions_app.views import search

urlpatterns: list[URLPattern] = [
    path("campaigns/<uuid:uuid>/search/", search.campaign_search, name="campaign-search"),
]
