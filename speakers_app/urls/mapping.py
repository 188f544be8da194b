"""Addresses of the mapping file: who is who, to take along and to read in.

>>> from django.urls import reverse
>>> reverse("mapping-export", args=[campaign.uuid]).replace(str(campaign.uuid), "UUID")
'/campaigns/UUID/speakers/export/'
"""

from django.urls import URLPattern, path

from speakers_app.views import mapping

urlpatterns: list[URLPattern] = [
    path("campaigns/<uuid:uuid>/speakers/export/", mapping.mapping_export, name="mapping-export"),
    path("campaigns/<uuid:uuid>/speakers/import/", mapping.mapping_import, name="mapping-import"),
]
