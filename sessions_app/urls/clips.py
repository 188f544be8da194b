"""Addresses of clips, of the quote wall and of sessions cut into clips.

>>> from django.urls import reverse
>>> reverse("quote-wall", args=[campaign.uuid]).replace(str(campaign.uuid), "UUID")
'/campaigns/UUID/quotes/'
"""

from django.urls import URLPattern, path

from sessions_app.views import clip_exports, clips

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/clips/", clip_exports.session_clips, name="session-clips"),
    path("sessions/<uuid:uuid>/clips/new/", clips.clip_create, name="clip-create"),
    path("sessions/<uuid:uuid>/clips/estimate/", clip_exports.clip_estimate, name="clip-estimate"),
    path("clips/<uuid:uuid>/", clips.clip_detail, name="clip-detail"),
    path("clips/<uuid:uuid>/edit/", clips.clip_edit, name="clip-edit"),
    path("clips/<uuid:uuid>/delete/", clips.clip_delete, name="clip-delete"),
    path("clips/<uuid:uuid>/audio/<slug:form>/", clips.clip_audio, name="clip-audio"),
    path("campaigns/<uuid:uuid>/quotes/", clips.quote_wall, name="quote-wall"),
    path("clip-exports/<uuid:uuid>/", clip_exports.clip_export, name="clip-export"),
    path("clip-exports/<uuid:uuid>/cancel/", clip_exports.clip_export_cancel, name="clip-export-cancel"),
    path("clip-exports/<uuid:uuid>/again/", clip_exports.clip_export_again, name="clip-export-again"),
    path(
        "clip-exports/<uuid:uuid>/download/", clip_exports.clip_export_download, name="clip-export-download"
    ),
]
