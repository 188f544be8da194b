"""The rows: campaigns, parties, sessions, recordings, runs and transcripts.

>>> from sessions_app.models import Segment, Session
>>> evening = Session.objects.visible_to(owner).get()
>>> evening == session, Segment.objects.filter(session=evening).count()
(True, 12)
"""

from sessions_app.models.campaign import Campaign, Language, Role
from sessions_app.models.clip import Clip
from sessions_app.models.errand import Errand, ErrandKind
from sessions_app.models.invitation import Invitation
from sessions_app.models.label import Label, LabelBy, LearntLabels, LineKind
from sessions_app.models.marker import Marker, MarkerKind
from sessions_app.models.membership import Membership
from sessions_app.models.party import Character, CharacterRole, Party
from sessions_app.models.recording import Recording, Upload
from sessions_app.models.run import Run, Stage, StageName, StageResult, State, Task
from sessions_app.models.session import Session
from sessions_app.models.transcript import Segment, SegmentKind, Tier, Voice
from sessions_app.models.user import User

__all__ = [
    "Campaign",
    "Character",
    "CharacterRole",
    "Clip",
    "Errand",
    "ErrandKind",
    "Invitation",
    "Label",
    "LabelBy",
    "Language",
    "LearntLabels",
    "LineKind",
    "Marker",
    "MarkerKind",
    "Membership",
    "Party",
    "Recording",
    "Role",
    "Run",
    "Segment",
    "SegmentKind",
    "Session",
    "Stage",
    "StageName",
    "StageResult",
    "State",
    "Task",
    "Tier",
    "Upload",
    "User",
    "Voice",
]
