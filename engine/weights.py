"""Finds the speech model: a local folder, the cache, the hub, and only where nothing else can be had, the bundled one.

A model is downloaded into a folder beside its place and moved there when every file has its promised size and
checksum, so that a half-installed model never exists.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelBroken, ModelMissing
from engine.hub import Downloader, Hub
from engine.values import OnProgress, no_progress

NANO = Path(__file__).resolve().parent / "models" / "nano"
NANO_ID = "nano"
AUTO = "auto"
BY_DEVICE = {"cuda": "large-v3-turbo", "cpu": "small"}
REPOSITORIES = {
    "tiny": "Systran/faster-whisper-tiny",
    "base": "Systran/faster-whisper-base",
    "small": "Systran/faster-whisper-small",
    "medium": "Systran/faster-whisper-medium",
    "large-v2": "Systran/faster-whisper-large-v2",
    "large-v3": "Systran/faster-whisper-large-v3",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}
"""Names people use, and where the converted models lie; any other ``owner/name`` is taken as it is."""

MIN_WEIGHTS_BYTES = 100_000
UNREACHABLE_FOR_SECONDS = 300


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model that will be used.

    Attributes:
        path: its folder.
        model_id: its name for fingerprints and for the page.
        is_fallback_nano: whether it is the bundled model for want of a real one, which every page must say.
    """

    path: Path
    model_id: str
    is_fallback_nano: bool


def has_gpu() -> bool:
    """Returns whether CTranslate2 sees a CUDA device."""
    import ctranslate2  # heavy; importing the engine must stay cheap

    return bool(ctranslate2.get_cuda_device_count())


def find_asr_model(
    choice: str,
    *,
    cache_dir: Path,
    device: str = "auto",
    on_progress: OnProgress = no_progress,
    downloader: Downloader | None = None,
) -> ModelChoice:
    """Returns the folder of the model that ``choice`` means, downloading it if it is not here yet.

    Args:
        choice: ``auto`` (by device), a name such as ``small``, the hub's ``owner/name``, or a folder.
        cache_dir: where downloaded models are kept.
        device: ``cpu``, ``cuda`` or ``auto``; what ``auto`` as a choice goes by.
        on_progress: called as ``on_progress("download", bytes, bytes)``.
        downloader: what fetches a repository into a folder; the hub at ``HF_ENDPOINT`` if not given.

    Raises:
        ModelMissing: it is not here and can't be fetched now. Never raised for ``auto``, which then
            takes the bundled model and says so.
        ModelBroken: its folder lacks a file, or holds one that can't be right.
    """
    if choice != AUTO and (folder := _as_folder(choice)):
        return ModelChoice(check_model(folder), folder.name, is_fallback_nano=False)
    if choice == NANO_ID:
        return ModelChoice(check_model(NANO), NANO_ID, is_fallback_nano=False)
    name = choice
    if choice == AUTO:
        name = BY_DEVICE["cuda" if device == "cuda" or (device == "auto" and has_gpu()) else "cpu"]
    repository = REPOSITORIES.get(name, name)
    if repository.count("/") != 1:
        raise ModelMissing(
            "There is no speech model called “%(model)s”. "
            "Choose auto, one of %(known)s, or a folder that holds a model.",
            model=choice,
            known=", ".join(REPOSITORIES),
        )
    place = cache_dir / repository.replace("/", "--")
    if place.is_dir():
        return ModelChoice(check_model(place), name, is_fallback_nano=False)
    tried = cache_dir / ".hub-unreachable"
    if choice == AUTO and _is_recent(tried):
        return _fallback()
    try:
        (downloader or Hub(cache_dir)).fetch(repository, place, on_progress)
    except ModelMissing:
        if choice != AUTO:
            raise
        with suppress(OSError):
            cache_dir.mkdir(parents=True, exist_ok=True)
            tried.touch()
        return _fallback()
    return ModelChoice(check_model(place), name, is_fallback_nano=False)


def _fallback() -> ModelChoice:
    return ModelChoice(check_model(NANO), NANO_ID, is_fallback_nano=True)


def _is_recent(mark: Path) -> bool:
    """Returns whether the hub was found unreachable minutes ago, so that not every Run waits for it again."""
    try:
        return 0 <= time.time() - mark.stat().st_mtime < UNREACHABLE_FOR_SECONDS
    except FileNotFoundError:
        return False


def check_model(folder: Path) -> Path:
    """Returns ``folder`` if it holds a whole model in CTranslate2's format.

    Raises:
        ModelBroken: a file is missing or empty.

    >>> check_model(Path("engine/models/nano")).name
    'nano'
    """
    missing = [
        name for name in ("model.bin", "config.json", "tokenizer.json") if not _is_filled(folder / name)
    ]
    if not any(_is_filled(folder / name) for name in ("vocabulary.json", "vocabulary.txt")):
        missing.append("vocabulary.json")
    if missing:
        raise ModelBroken(
            "The speech model in %(folder)s is incomplete: %(missing)s is missing. "
            "Delete the folder to have it downloaded again.",
            folder=folder.name,
            missing=", ".join(missing),
            detail=str(folder),
        )
    if (folder / "model.bin").stat().st_size < MIN_WEIGHTS_BYTES:
        raise ModelBroken(
            "The speech model in %(folder)s is damaged: its weights are too small. "
            "Delete the folder to have it downloaded again.",
            folder=folder.name,
            detail=str(folder),
        )
    return folder


def _is_filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _as_folder(choice: str) -> Path | None:
    """Returns the folder that ``choice`` names: one that exists, or what can only be meant as one."""
    path = Path(choice).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.is_absolute() or choice.startswith((".", "~")):
        raise ModelMissing(
            "The folder %(folder)s that should hold the speech model does not exist.", folder=choice
        )
    return None
