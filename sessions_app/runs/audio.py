"""Where a session's audio lies: recordings as they came, and the prepared 16 kHz file that every worker reads.

>>> prepared_name(session, "0123abcd").replace(str(session.uuid), "UUID")
'sessions/UUID/prepared-0123abcd.wav'
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_noop

from engine.audio import PcmFile
from engine.errors import NoAudio
from scribe_site.config import get_config
from sessions_app.models import Session
from sessions_app.models.session import remove_folder
from sessions_app.storage import open_range

COPY_BYTES = 1 << 20
GONE = gettext_noop("The recording is no longer in storage.")


def prepared_name(session: Session, fingerprint: str) -> str:
    """Returns the name in storage of what the prepare stage makes; another fingerprint is another file."""
    return f"{session.folder}/prepared-{fingerprint[:16]}.wav"


def discard_superseded(session: Session) -> None:
    """Removes prepared audio of earlier recordings, once the transcript is that of the present one.

    What a killed worker had half written goes with it: its name begins with a dot.
    """
    folders, names = default_storage.listdir(session.folder)
    for name in names:
        if name.lstrip(".").startswith("prepared-") and f"{session.folder}/{name}" != session.audio_name:
            default_storage.delete(f"{session.folder}/{name}")
    for name in folders:
        if name.startswith(".prepared-"):
            remove_folder(f"{session.folder}/{name}")


@contextmanager
def open_prepared(name: str) -> Iterator[PcmFile]:
    """Opens prepared audio for reading in slices, on disk or in a store.

    Raises:
        NoAudio: it is gone from storage.
    """
    try:
        file = open_range(name)
    except FileNotFoundError as error:
        raise NoAudio(GONE, detail=name) from error
    with PcmFile(file) as audio:
        yield audio


@contextmanager
def writing_prepared(name: str) -> Iterator[Path]:
    """Gives a path to write prepared audio to, and puts it into storage when the block ends well."""
    target = _path(name)
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield target
        return
    with _scratch() as folder:
        draft = folder / "prepared.wav"
        yield draft
        default_storage.delete(name)
        with draft.open("rb") as file:
            default_storage.save(name, File(file))


@contextmanager
def local_files(names: list[str]) -> Iterator[list[Path]]:
    """Gives each stored file as one on this machine, fetched for as long as the block runs if it is elsewhere.

    Raises:
        NoAudio: one is gone from storage.
    """
    with ExitStack() as stack:
        paths = []
        for name in names:
            path = _path(name)
            if path is None:
                path = stack.enter_context(_scratch()) / Path(name).name
                _fetch(name, path)
            elif not path.is_file():
                raise NoAudio(GONE, detail=name)
            paths.append(path)
        yield paths


def _path(name: str) -> Path | None:
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:  # how Django's storages say that they are remote
        return None


def _fetch(name: str, path: Path) -> None:
    try:
        with default_storage.open(name) as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy, COPY_BYTES)
    except FileNotFoundError as error:
        raise NoAudio(GONE, detail=name) from error


@contextmanager
def _scratch() -> Iterator[Path]:
    parent = get_config().data_dir / "tmp"
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
