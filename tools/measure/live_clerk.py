"""Works the rows of live recording for the live benchmark; all else is :mod:`tools.measure.clerk`'s."""

from __future__ import annotations

import os

import django

from tools.measure import clerk
from tools.measure.sides import Json, serve


def capture_token(uuid: str) -> Json:
    """Returns a token with which captures of a session begin."""
    from realtime_app.captures.tokens import session_token
    from sessions_app.models import Session, User

    return {"token": session_token(User.objects.get(), Session.objects.get(uuid=uuid))}


def capture(uuid: str) -> Json:
    """Returns how far a capture is, and where its sound lies by now: its own file, or the recording's."""
    from realtime_app.captures.audio_file import capture_path, held_samples
    from realtime_app.models import Capture

    row = Capture.objects.select_related("recording").get(uuid=uuid)
    path = str(capture_path(row.uuid))
    if row.recording is not None:
        path = str(row.recording.file.path)
    return {
        "state": row.state,
        "held": held_samples(row.uuid),
        "captioned_to": row.captioned_to,
        "gaps": row.gaps,
        "path": path,
    }


def is_processed(uuid: str) -> Json:
    """Returns whether the Run of a session has ended."""
    return {"ended": bool(clerk.state(uuid)["ended"])}


def lines(uuid: str) -> Json:
    """Returns the lines of a session, in order, with their words and the number of their voice."""
    from sessions_app.models import Segment

    rows = Segment.objects.filter(session__uuid=uuid).select_related("voice").order_by("position")
    return {
        "lines": [
            {
                "id": str(line.uuid),
                "capture": str(line.capture),
                "words": line.words,
                "voice": line.voice.number if line.voice else None,
            }
            for line in rows
        ]
    }


def main() -> None:
    """Answers until standard input closes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scribe_site.settings")
    django.setup()
    serve(
        {
            "set_up": clerk.set_up,
            "new_session": clerk.new_session,
            "is_processed": is_processed,
            "log_in": clerk.log_in,
            "capture_token": capture_token,
            "capture": capture,
            "lines": lines,
        }
    )


if __name__ == "__main__":
    main()
