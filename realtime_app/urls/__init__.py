"""Addresses of live recording; each concept's file lists its own."""

from realtime_app.urls import captures, live

urlpatterns = [*captures.urlpatterns, *live.urlpatterns]
