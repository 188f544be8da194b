"""Addresses of the voices of a session and of what people decide about them.

>>> from django.urls import reverse
>>> reverse("session-voices", args=[session.uuid]).replace(str(session.uuid), "UUID")
'/sessions/UUID/voices/'
"""

from django.urls import URLPattern, path

from speakers_app.views import changes, voices

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/voices/", voices.session_voices, name="session-voices"),
    path("sessions/<uuid:uuid>/voices/propose/", voices.voices_propose, name="voices-propose"),
    path("sessions/<uuid:uuid>/voices/confirm/", voices.voices_confirm, name="voices-confirm"),
    path("voices/<uuid:uuid>/name/", voices.voice_name, name="voice-name"),
    path("voices/<uuid:uuid>/unname/", voices.voice_unname, name="voice-unname"),
    path("voices/<uuid:uuid>/release/", voices.voice_release, name="voice-release"),
    path("voices/<uuid:uuid>/merge/", voices.voice_merge, name="voice-merge"),
    path("voices/<uuid:uuid>/separate/", voices.voice_separate, name="voice-separate"),
    path("changes/<uuid:uuid>/undo/", changes.change_undo, name="change-undo"),
]
