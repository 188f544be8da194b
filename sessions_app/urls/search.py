"""The address of the search."""

from django.urls import URLPattern, path

from sessions_app.views import search

urlpatterns: list[URLPattern] = [
    path("campaigns/<uuid:uuid>/search/", search.campaign_search, name="campaign-search"),
]
