"""Takes a recording out of its session.

>>> from sessions_app.models import Recording
>>> recording = Recording.objects.create(session=session, original_name="gate.m4a", size=2_000)
>>> remove_recording(recording, owner)
>>> session.recordings.count()
0
"""

from __future__ import annotations

from django.db import transaction

from sessions_app.models import Recording, Segment, Tier, User
from sessions_app.runs import start_run


def remove_recording(recording: Recording, user: User) -> None:
    """Removes the recording with its file; what remains of the session is processed again."""
    with transaction.atomic():
        session = recording.session
        Segment.everything.filter(session=session, capture=recording.uuid, tier=Tier.FINAL).delete()
        recording.delete()
        if session.recordings.exists():
            start_run(session, user)
