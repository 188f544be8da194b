"""The errand of cutting a session into clips: a folder that fills up, then a zip in storage for a day.

>>> from uuid import UUID
>>> zip_name(UUID(int=7))
'clips/00000000-0000-0000-0000-000000000007.zip'
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from functools import partial
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from engine.errors import EngineError, ResourceShort
from scribe_site.config import get_config
from sessions_app.clips.choice import ClipChoice, wanted_clips
from sessions_app.clips.folder import FULL, Made, write_clips
from sessions_app.disk import DiskFull, has_room_for_audio, naming_a_full_disk
from sessions_app.errands.asking import start
from sessions_app.errands.claiming import finishing, tell
from sessions_app.models import Errand, ErrandKind, Session, State, User
from sessions_app.runs.audio import open_prepared
from sessions_app.runs.engine import Engine
from sessions_app.runs.work import ClaimLost
from sessions_app.storage import store_file

BYTES_PER_S = {"mp3": 8_200, "ogg": 5_500, "wav": 32_100}
OVERHEAD = 2_500
"""Bytes of a clip besides its sound: headers, and its entry in the zip and the manifest."""

NOTHING = gettext_noop("There are no lines to cut out any more.")
NO_AUDIO = gettext_noop("The session has no sound to cut clips from.")


def ask_for_clips(session: Session, user: User, choice: ClipChoice) -> Errand:
    """Has ``session`` cut into clips; what goes on with the same choice is not asked for twice."""
    inputs = {"choice": choice.to_json()}
    for errand in Errand.objects.active().filter(session=session, kind=ErrandKind.CLIPS, user=user):
        if errand.inputs == inputs:
            return errand
    return start(ErrandKind.CLIPS, session.campaign, session, user, inputs)


def expected_bytes(session: Session, choice: ClipChoice) -> tuple[int, int]:
    """Returns how many clips ``choice`` gives, and about how many bytes they are."""
    times = list(choice.lines(session).values_list("start_ms", "end_ms"))
    seconds = sum(end_ms - start_ms + 200 for start_ms, end_ms in times) / 1000
    return len(times), round(seconds * BYTES_PER_S[choice.form]) + OVERHEAD * len(times)


def clips(errand: Errand, engine: Engine) -> None:
    """Cuts the clips that the errand asks for and stores them as one zip."""
    try:
        _clips(errand)
    except ClaimLost:
        if not Errand.objects.exclude(state=State.CANCELLED).filter(pk=errand.pk).exists():
            _forget(errand.uuid)  # nobody else has it, and nobody will fetch it
        raise


def _clips(errand: Errand) -> None:
    session = errand.session
    assert session is not None
    choice = ClipChoice.from_json(errand.inputs["choice"])
    count, size = expected_bytes(session, choice)
    if not count:
        raise EngineError(NOTHING)
    if not session.audio_name:
        raise EngineError(NO_AUDIO)
    if not has_room_for_audio(2 * size):
        raise ResourceShort(FULL)
    _note_the_beginning(errand)
    folder = folder_of(errand) / hashlib.sha256(session.audio_name.encode()).hexdigest()[:16]
    with open_prepared(session.audio_name) as audio, translation.override(session.language):
        # all of them, not one after the other: signs of life can't be written beside an open query of SQLite
        wanted = list(wanted_clips(session, choice))
        made = write_clips(
            folder, session, wanted, audio, choice.form, lambda done: tell(errand, done, len(wanted))
        )
    packed = _packed(errand.uuid)
    try:
        with naming_a_full_disk():
            pack(folder, packed, made)
            size = packed.stat().st_size
            name = store_file(packed, zip_name(errand.uuid))
    except DiskFull as error:
        raise ResourceShort(FULL) from error
    finally:
        packed.unlink(missing_ok=True)
    with finishing(errand) as result:
        result |= {
            "name": name,
            "file": f"{_stem(session)}.zip",
            "size": size,
            "clips": made.clips,
            "failed": made.failed,
        }
    shutil.rmtree(folder_of(errand), ignore_errors=True)


def _note_the_beginning(errand: Errand) -> None:
    """Lets pages say how long it will take: the errand may have waited for hours."""
    running = Errand.objects.filter(pk=errand.pk, state=State.RUNNING, worker=errand.worker)
    running.update(result={"began": timezone.now().timestamp()})


def folder_of(errand: Errand) -> Path:
    """Returns where the errand's clips are put until all of them are there."""
    return _folder(errand.uuid)


def zip_name(uuid: UUID) -> str:
    """Returns the name in storage of the zip that an errand makes."""
    return f"clips/{uuid}.zip"


def pack(folder: Path, target: Path, made: Made) -> None:
    """Puts the folder's files into a zip under their names, as they are: sound does not get smaller."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, file in made.files.items():
            archive.write(folder / file, name)


def _stem(session: Session) -> str:
    parts = (session.campaign.name, f"{session.number:02}", session.title, "clips")
    return slugify(" ".join(part for part in parts if part))[:100].strip("-") or "clips"


@receiver(post_delete, sender=Errand)
def _remove_clips(sender: type[Errand], instance: Errand, **kwargs: object) -> None:
    """Takes the zip, and what was half made, along; only once that is certain."""
    if instance.kind != ErrandKind.CLIPS:
        return
    transaction.on_commit(partial(_forget, instance.uuid))


def _forget(uuid: UUID) -> None:
    """Removes whatever there is of an errand: a folder half full, a zip half packed, the zip in storage."""
    shutil.rmtree(_folder(uuid), ignore_errors=True)
    _packed(uuid).unlink(missing_ok=True)
    default_storage.delete(zip_name(uuid))


def _folder(uuid: UUID) -> Path:
    return get_config().data_dir / "tmp" / f"clips-{uuid}"


def _packed(uuid: UUID) -> Path:
    return _folder(uuid).with_suffix(".zip")
