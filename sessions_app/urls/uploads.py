"""Addresses of uploads, recordings and a session's audio.

>>> from django.urls import reverse
>>> reverse("upload-create", args=[session.uuid]).replace(str(session.uuid), "UUID")
'/sessions/UUID/uploads/'
"""

from django.urls import path

from sessions_app.views import audio, recordings, uploads

urlpatterns = [
    path("sessions/<uuid:uuid>/uploads/", uploads.upload_create, name="upload-create"),
    path("sessions/<uuid:uuid>/recordings/", uploads.upload_panel, name="upload-panel"),
    path("sessions/<uuid:uuid>/audio/", audio.session_audio, name="session-audio"),
    path("uploads/<uuid:uuid>/", uploads.upload_detail, name="upload-detail"),
    path("recordings/<uuid:uuid>/delete/", recordings.recording_delete, name="recording-delete"),
    path("recordings/<uuid:uuid>/download/", recordings.recording_download, name="recording-download"),
]
