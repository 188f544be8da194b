"""Addresses of campaigns, sessions and transcripts; each concept's file lists its own.

>>> from django.urls import reverse
>>> reverse("campaign-detail", args=[campaign.uuid]) == campaign.get_absolute_url()
True
"""

from sessions_app.urls import campaigns, clips, demo, labels, runs, search, transcripts, uploads

urlpatterns = [
    *campaigns.urlpatterns,
    *demo.urlpatterns,
    *uploads.urlpatterns,
    *runs.urlpatterns,
    *transcripts.urlpatterns,
    *labels.urlpatterns,
    *clips.urlpatterns,
    *search.urlpatterns,
]
