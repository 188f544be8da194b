"""Addresses of campaigns, sessions and transcripts; each concept's file lists its own."""

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
