"""Addresses of the live page and of markers.

>>> from uuid import UUID
>>> from django.urls import reverse
>>> reverse("session-live", args=[UUID(int=7)])
'/sessions/00000000-0000-0000-0000-000000000007/live/'
"""

from django.urls import URLPattern, path

from realtime_app.views import live, markers

urlpatterns: list[URLPattern] = [
    path("campaigns/<uuid:uuid>/record/", live.record_tonight, name="record-tonight"),
    path("sessions/<uuid:uuid>/live/", live.session_live, name="session-live"),
    path("sessions/<uuid:uuid>/live/state/", live.live_state, name="live-state"),
    path("sessions/<uuid:uuid>/live/lines/", live.live_lines, name="live-lines"),
    path("sessions/<uuid:uuid>/live/lines/<uuid:line>/who/", live.live_who, name="live-who"),
    path("sessions/<uuid:uuid>/live/undo/", live.live_undo, name="live-undo"),
    path("sessions/<uuid:uuid>/markers/", markers.session_markers, name="session-markers"),
    path("sessions/<uuid:uuid>/markers/restore/", markers.marker_restore, name="marker-restore"),
    path("markers/<uuid:uuid>/edit/", markers.marker_edit, name="marker-edit"),
    path("markers/<uuid:uuid>/delete/", markers.marker_delete, name="marker-delete"),
]
