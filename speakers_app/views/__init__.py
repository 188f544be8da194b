"""What browsers ask about people and their voices.

>>> from django.urls import reverse
>>> client.get(reverse("session-voices", args=[session.uuid])).status_code
200
"""
