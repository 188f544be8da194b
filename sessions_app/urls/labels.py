"""Addresses of a session's labels.

>>> from django.urls import reverse
>>> reverse("labels-panel", args=[session.uuid]).replace(str(session.uuid), "UUID")
'/sessions/UUID/labels/'
"""

from django.urls import URLPattern, path

from sessions_app.views import labels

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/labels/", labels.labels_panel, name="labels-panel"),
    path("sessions/<uuid:uuid>/labels/forecast/", labels.labels_forecast, name="labels-forecast"),
    path("sessions/<uuid:uuid>/labels/ask/", labels.labels_ask, name="labels-ask"),
    path("sessions/<uuid:uuid>/labels/cancel/", labels.labels_cancel, name="labels-cancel"),
]
