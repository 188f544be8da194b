"""Addresses of transcripts, their parts and exports.

>>> from django.urls import reverse
>>> reverse("session-detail", args=[session.uuid]).replace(str(session.uuid), "UUID")
'/sessions/UUID/'
"""

from django.urls import URLPattern, path

from sessions_app.views import exports, figures, transcripts

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/", transcripts.session_detail, name="session-detail"),
    path("sessions/<uuid:uuid>/transcript/", transcripts.session_transcript, name="session-transcript"),
    path(
        "sessions/<uuid:uuid>/lines/<int:first>/<int:until>/", transcripts.session_lines, name="session-lines"
    ),
    path("sessions/<uuid:uuid>/line/<uuid:line>/", transcripts.session_line, name="session-line"),
    path("sessions/<uuid:uuid>/review/", transcripts.session_review_share, name="session-review-share"),
    path("sessions/<uuid:uuid>/review/<slug:what>/", transcripts.session_review, name="session-review"),
    path("sessions/<uuid:uuid>/scenes/", transcripts.session_scenes, name="session-scenes"),
    path("sessions/<uuid:uuid>/waveform/", transcripts.session_waveform, name="session-waveform"),
    path("sessions/<uuid:uuid>/figures/", figures.session_figures, name="session-figures"),
    path("sessions/<uuid:uuid>/export/<slug:name>/", exports.session_export, name="session-export"),
]
