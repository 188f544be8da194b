"""Addresses of what people decide about single lines.

>>> from django.urls import reverse
>>> reverse("lines-move", args=[session.uuid]).replace(str(session.uuid), "UUID")
'/sessions/UUID/lines/move/'
"""

from django.urls import URLPattern, path

from speakers_app.views import lines

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/lines/move/", lines.lines_move, name="lines-move"),
    path("sessions/<uuid:uuid>/lines/speak-as/", lines.lines_speak_as, name="lines-speak-as"),
    path("sessions/<uuid:uuid>/lines/label/", lines.lines_label, name="lines-label"),
    path("sessions/<uuid:uuid>/lines/split/", lines.voice_split, name="voice-split"),
    path("voice-tasks/<uuid:uuid>/", lines.voice_task, name="voice-task"),
]
