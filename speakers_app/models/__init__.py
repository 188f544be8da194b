"""The rows: the people of a campaign, their voiceprints, and which voice of which session is whose.

>>> from speakers_app.models import Speaker
>>> anna = Speaker.objects.create(campaign=campaign, name="Anna")
>>> Speaker.objects.visible_to(owner).get() == anna
True
"""

from speakers_app.models.assignment import Assignment, How
from speakers_app.models.change import Change, Verb
from speakers_app.models.speaker import Consent, Speaker, SpeakerRole
from speakers_app.models.voiceprint import Voiceprint

__all__ = [
    "Assignment",
    "Change",
    "Consent",
    "How",
    "Speaker",
    "SpeakerRole",
    "Verb",
    "Voiceprint",
]
