"""What becomes of a capture that is over: a recording with a Run, or nothing.

All of it may be done twice, and again after a death in the middle; the reconciler sees to that.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from django.core.files.storage import default_storage
from django.db import IntegrityError, connections, transaction
from django.db.models import F
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from engine.clock import clock, samples_to_ms
from engine.told import Told
from realtime_app.captures.audio_file import (
    CaptureBusy,
    CaptureFile,
    Gap,
    capture_path,
    captures_dir,
    held_samples,
    remove_capture_files,
)
from realtime_app.live.publishing import captures_changed
from realtime_app.models import Capture, CaptureState
from scribe_site.config import get_config
from scribe_site.languages import language_of
from sessions_app.models import Recording, Segment, Session, Tier
from sessions_app.models.told import kept
from sessions_app.runs.notices import transcript_changed
from sessions_app.storage import store_file
from sessions_app.uploads.finishing import digest, start_run_when_complete

FORGOTTEN = timedelta(days=1)
"""Captures that ended longer ago have their Run; files without a capture are removed after this time."""

logger = logging.getLogger(__name__)


def stop(capture: Capture) -> None:
    """Ends a capture whose audio is all here; what remains to be done is done by :func:`finish`.

    >>> capture = Capture.objects.create(session=session, user=owner)
    >>> stop(capture)
    >>> capture.refresh_from_db()
    >>> capture.get_state_display(), capture.is_open
    ('stopped', False)
    """
    open_ones = Capture.objects.open().filter(pk=capture.pk)
    if open_ones.update(
        state=CaptureState.STOPPED, stopped_at=timezone.now(), held=held_samples(capture.uuid) or F("held")
    ):
        captures_changed(capture.session)


def discard(capture: Capture) -> None:
    """Removes a capture's audio and its lines; only that there was one is kept, so that its device hears of it."""
    with transaction.atomic():
        Capture.objects.filter(pk=capture.pk).update(
            state=CaptureState.DISCARDED, stopped_at=timezone.now(), held=0, gaps=[]
        )
        Segment.everything.filter(capture=capture.uuid, tier=Tier.FINAL).delete()
        transaction.on_commit(lambda: remove_capture_files(capture.uuid))
        captures_changed(capture.session)
        transcript_changed(capture.session)


def finish_soon(capture: Capture) -> None:
    """Makes a stopped capture a recording, on a thread of its own."""
    threading.Thread(target=_finish_aside, args=(capture.pk,), name=f"finish {capture.uuid}").start()


def _finish_aside(pk: int) -> None:
    try:
        finish(pk)
    except Exception:
        logger.exception("Capture %s could not be finished; it is tried again within seconds", pk)
    finally:
        connections.close_all()


def finish(pk: int) -> None:
    """Makes the stopped capture ``pk`` a recording and starts the Run, unless somebody else is at it."""
    capture = Capture.objects.select_related("session", "user").filter(pk=pk).first()
    if capture is None:
        return
    if capture.state == CaptureState.STOPPED and (held_samples(capture.uuid) or capture.held == 0):
        try:
            with CaptureFile(capture.uuid) as file:
                if _settle(capture, file):
                    remove_capture_files(capture.uuid)  # before anybody else can open it
        except CaptureBusy:
            return
        captures_changed(capture.session)
    _start_run(capture)


class _CameBack(Exception):
    """The capture goes on: its device had more to send."""


def _settle(capture: Capture, file: CaptureFile) -> bool:
    """Makes the recording; False where the capture goes on meanwhile, and its file must stay."""
    capture.refresh_from_db(fields=("state", "recording"))
    if capture.state != CaptureState.STOPPED:
        return False
    if not file.held:
        Capture.objects.filter(pk=capture.pk, state=CaptureState.STOPPED).delete()
        return False
    file.complete()
    path = capture_path(capture.uuid)
    sha256 = digest(path)
    earlier = Recording.objects.filter(uuid=capture.uuid).first()
    if earlier is not None and earlier.sha256 == sha256:  # its device came back, but brought nothing
        return _close(capture, earlier, file)
    name = store_file(path, f"recordings/{capture.session.uuid}/{capture.uuid}-{sha256[:12]}.wav")
    try:
        with transaction.atomic():
            if earlier is not None:  # shorter: its device had more to send
                earlier.delete()
            recording = Recording.objects.create(
                uuid=capture.uuid,
                session=capture.session,
                file=name,
                original_name=_file_name(capture),
                size=path.stat().st_size,
                sha256=sha256,
                container="WAV",
                codec="pcm_s16le",
                duration_ms=samples_to_ms(file.held),
                offset_ms=_place(capture),
                warnings=[_warning(gap) for gap in file.gaps if gap[2] != "pause"],
                uploaded_by=capture.user,
            )
            if not _close(capture, recording, file):
                raise _CameBack
    except _CameBack:
        default_storage.delete(name)
        return False
    except IntegrityError:
        default_storage.delete(name)
        twin = Recording.objects.filter(session=capture.session, sha256=sha256).first()
        if twin is None:
            raise
        return _close_for(capture, twin, file)
    return True


def _close_for(capture: Capture, twin: Recording, file: CaptureFile) -> bool:
    """Lets a recording of the very same sound stand for this one: a file was played twice."""
    with transaction.atomic():
        Session.objects.select_for_update().only("pk").get(pk=capture.session_id)
        closed = _close(capture, twin, file)
        if closed:
            Segment.everything.filter(capture=capture.uuid, tier=Tier.FINAL).delete()
    return closed


def _place(capture: Capture) -> int | None:
    """Returns where the recording starts; None where it simply follows the one before it."""
    together = Capture.objects.filter(session=capture.session, beside=True)
    return capture.offset_ms if together.exists() else None


def _close(capture: Capture, recording: Recording, file: CaptureFile) -> bool:
    return bool(
        Capture.objects.filter(pk=capture.pk, state=CaptureState.STOPPED).update(
            state=CaptureState.FINISHED, recording=recording, held=file.held, gaps=file.gaps
        )
    )


def _start_run(capture: Capture) -> None:
    session = capture.session
    if not Capture.objects.filter(session=session).exclude(state__in=_ENDED).exists():
        start_run_when_complete(session, capture.user)


_ENDED = (CaptureState.FINISHED, CaptureState.DISCARDED)


def _file_name(capture: Capture) -> str:
    began = timezone.localtime(capture.created_at)
    chosen = capture.user.interface_language if capture.user else ""
    with translation.override(language_of(chosen, capture.session.language)):
        name = _("Live recording %(moment)s") % {"moment": f"{began:%Y-%m-%d %H.%M}"}
    return f"{name} {capture.label}.wav" if capture.label else f"{name}.wav"


def _warning(gap: Gap) -> str:
    first, end, _reason = gap
    seconds = max(1, round(samples_to_ms(end - first) / 1000))
    at = clock(samples_to_ms(first))
    return kept(Told("%(seconds)s s were not recorded at %(clock)s.", seconds=seconds, clock=at))


@receiver(post_delete, sender=Capture)
def _remove_files(sender: type[Capture], instance: Capture, **kwargs: object) -> None:
    """Takes the audio along when its row goes, by whatever cascade; only once that is certain."""
    transaction.on_commit(lambda: remove_capture_files(instance.uuid))


def tidy_captures() -> None:
    """Ends captures whose device is gone, does again what killed processes left undone, removes stray files."""
    quiet = timezone.now() - timedelta(minutes=get_config().capture_quiet_minutes)
    for capture in Capture.objects.open().filter(heard_at__lt=quiet).select_related("session"):
        logger.warning("Capture %s was not heard of for long; what it sent is processed", capture.uuid)
        stop(capture)
    lately = timezone.now() - FORGOTTEN
    unfinished = Capture.objects.filter(state=CaptureState.STOPPED)
    for pk in (
        unfinished | Capture.objects.filter(state=CaptureState.FINISHED, stopped_at__gt=lately)
    ).values_list("pk", flat=True):
        try:
            finish(pk)
        except Exception:  # one must not keep the others waiting
            logger.exception("Capture %s could not be finished", pk)
    _remove_stray_files(lately)


def _remove_stray_files(before: datetime) -> None:
    for path in captures_dir().iterdir():
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        wanted = Capture.objects.filter(uuid=path.stem).exclude(state__in=_ENDED)
        if changed < before and not wanted.exists():
            path.unlink(missing_ok=True)
