"""Every address of Scribe.

>>> from django.urls import reverse
>>> reverse("login"), reverse("admin:index")
('/login/', '/admin/')
"""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("sessions_app.urls")),
    path("", include("speakers_app.urls")),
    path("", include("realtime_app.urls")),
]
