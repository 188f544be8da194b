"""Every address of Scribe."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("sessions_app.urls")),
    path("", include("speakers_app.urls")),
    path("", include("realtime_app.urls")),
]
