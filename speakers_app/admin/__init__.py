"""The operator's view of people, their voiceprints, and whose voice is whose; one file per concept.

>>> from django.urls import reverse
>>> reverse("admin:speakers_app_speaker_changelist")
'/admin/speakers_app/speaker/'
"""

from speakers_app.admin import assignments, changes, speakers, voiceprints

__all__ = ["assignments", "changes", "speakers", "voiceprints"]
