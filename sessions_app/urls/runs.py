"""Addresses of Runs.

>>> from django.urls import reverse
>>> reverse("run-start", args=[session.uuid]).replace(str(session.uuid), "UUID")
'/sessions/UUID/run/start/'
"""

from django.urls import URLPattern, path

from sessions_app.views import runs

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/run/", runs.run_panel, name="run-panel"),
    path("sessions/<uuid:uuid>/run/start/", runs.run_start, name="run-start"),
    path("runs/<uuid:uuid>/text/<int:part>/", runs.run_text, name="run-text"),
    path("runs/<uuid:uuid>/cancel/", runs.run_cancel, name="run-cancel"),
    path("runs/<uuid:uuid>/retry/", runs.run_retry, name="run-retry"),
]
