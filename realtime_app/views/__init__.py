"""Pages and fragments of live recording.

>>> from django.urls import reverse
>>> client.get(reverse("session-live", args=[session.uuid])).status_code
200
"""
