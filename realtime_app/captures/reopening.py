"""Goes on with a capture that was taken for over, because its device has more to send."""

from __future__ import annotations

import json
import os
import shutil

from django.core.files.storage import default_storage
from django.utils import timezone

from realtime_app.captures.audio_file import capture_path, held_still, journal_path
from realtime_app.live.publishing import captures_changed
from realtime_app.models import Capture, CaptureState
from sessions_app.disk import naming_a_full_disk

COPY_BYTES = 1 << 20


def reopen(capture: Capture) -> bool:
    """Makes ``capture`` receive again; False where that can't be, because it was discarded or its recording deleted.

    What it had become stays until it is over again, and is then replaced by the longer recording.

    Raises:
        CaptureBusy: it is just being made a recording; that is soon done.
        DiskFull: a copy of the recording does not fit.

    >>> stopped = Capture.objects.create(session=session, key="1", state=CaptureState.STOPPED)
    >>> discarded = Capture.objects.create(session=session, key="2", state=CaptureState.DISCARDED)
    >>> reopen(stopped), reopen(discarded)
    (True, False)
    """
    while True:
        now = Capture.objects.select_related("recording", "session").filter(pk=capture.pk).first()
        if now is None or now.state == CaptureState.DISCARDED:
            return False
        if now.state == CaptureState.FINISHED and not _fetch(now):
            return False
        if Capture.objects.filter(pk=now.pk, state=now.state).update(  # else it was finished in between
            state=CaptureState.RECORDING, stopped_at=None, heard_at=timezone.now()
        ):
            captures_changed(now.session)
            return True


def _fetch(capture: Capture) -> bool:
    """Copies the recording back to where captures grow: a link would change the recording itself."""
    name = capture.recording.file.name if capture.recording else None
    if not name or not default_storage.exists(name):
        return False
    journal = "".join(f"{json.dumps(gap)}\n" for gap in capture.gaps)
    draft = capture_path(capture.uuid).with_suffix(".back")
    with held_still(capture.uuid), naming_a_full_disk():
        with default_storage.open(name) as source, draft.open("wb") as copy:
            shutil.copyfileobj(source, copy, COPY_BYTES)
            copy.flush()
            os.fsync(copy.fileno())
        journal_path(capture.uuid).write_text(journal, encoding="ascii")
        draft.replace(capture_path(capture.uuid))
    return True
