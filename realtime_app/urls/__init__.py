"""Addresses of live recording; each concept's file lists its own.

>>> {path.name for path in urlpatterns} > {"capture-token", "session-live"}
True
"""

from realtime_app.urls import captures, live

urlpatterns = [*captures.urlpatterns, *live.urlpatterns]
