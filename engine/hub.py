"""Downloads a model from a hub that speaks Hugging Face's protocol: whole and checked, or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Protocol

from engine.errors import ModelBroken, ModelMissing, ResourceShort
from engine.values import OnProgress

DEFAULT_ENDPOINT = "https://huggingface.co"
TIMEOUT_S = 5.0
WANTED = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
HASH_BLOCK = 1 << 20


class Downloader(Protocol):
    """Fetches a repository into a folder."""

    def fetch(self, repository: str, place: Path, on_progress: OnProgress) -> None:
        """Makes ``place`` hold the model of ``repository``.

        Raises:
            ModelMissing: it can't be had now; ``place`` does not exist then.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Promise:
    """What the hub says of one file: its size, and its checksum as ``sha256`` or as git's ``sha1``."""

    name: str
    size: int
    sha256: str | None
    git_sha1: str | None


class Hub:
    """The hub at ``endpoint``.

    Args:
        cache_dir: where locks and unfinished downloads are kept.
        endpoint: the hub's address; the environment's ``HF_ENDPOINT`` or huggingface.co if not given.
        timeout_s: how long the hub may take to answer.

    >>> from engine.values import no_progress
    >>> hub = Hub(Path("cache"), endpoint="http://127.0.0.1:9")  # where nobody answers
    >>> hub.fetch("Systran/faster-whisper-base", Path("models/base"), no_progress)
    Traceback (most recent call last):
        ...
    engine.errors.ModelMissing: The speech model Systran/faster-whisper-base is not on this machine ...
    """

    def __init__(self, cache_dir: Path, *, endpoint: str | None = None, timeout_s: float = TIMEOUT_S) -> None:
        self._cache_dir = cache_dir
        self._timeout_s = timeout_s
        self._endpoint = (endpoint or os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")

    def fetch(self, repository: str, place: Path, on_progress: OnProgress) -> None:
        """Downloads the model of ``repository`` into ``place``; an interrupted download is taken up again.

        Raises:
            ModelMissing: the hub can't be reached, or has no such model.
            ModelBroken: what came is not what the hub promised.
            ResourceShort: the disk is full.
        """
        revision, promises = self._promises(repository)
        self._cache_dir.mkdir(parents=True, exist_ok=True)
        with self._alone(repository, on_progress):
            if place.is_dir():
                return
            part = place.with_name(f".{place.name}.{revision[:12]}.part")
            self._download(repository, revision, promises, part, on_progress)
            for promise in promises:
                self._check(part, promise)
            shutil.rmtree(part / ".cache", ignore_errors=True)
            part.replace(place)

    def _promises(self, repository: str) -> tuple[str, list[_Promise]]:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            info = HfApi(endpoint=self._endpoint).model_info(
                repository, files_metadata=True, timeout=self._timeout_s
            )
        except RepositoryNotFoundError as error:
            raise ModelMissing(
                "The model hub has no speech model %(model)s, or does not give it to everybody.",
                model=repository,
                detail=repr(error),
            ) from error
        except Exception as error:  # the client's own errors and those of whatever carries its requests
            raise self._unreachable(repository, error) from error
        promises = [
            _Promise(
                file.rfilename,
                file.size or 0,
                file.lfs.sha256 if file.lfs else None,
                None if file.lfs else file.blob_id,
            )
            for file in info.siblings or []
            if any(fnmatch(file.rfilename, pattern) for pattern in WANTED)
        ]
        if not any(promise.name == "model.bin" for promise in promises):
            raise ModelMissing(
                "%(model)s on the model hub is not a speech model in CTranslate2's format.", model=repository
            )
        return info.sha or "main", promises

    def _unreachable(self, repository: str, error: BaseException) -> ModelMissing:
        return ModelMissing(
            "The speech model %(model)s is not on this machine and could not be downloaded from %(hub)s. Connect the "
            "machine and try again, or put the model's folder on it and set SCRIBE_ASR_MODEL to that folder.",
            model=repository,
            hub=self._endpoint,
            detail=repr(error),
        )

    @contextmanager
    def _alone(self, repository: str, on_progress: OnProgress) -> Iterator[None]:
        """Lets one process download at a time; the others wait, and can be cancelled while they do."""
        from filelock import FileLock, Timeout

        lock = FileLock(self._cache_dir / f".{repository.replace('/', '--')}.lock")
        while True:
            try:
                lock.acquire(timeout=1.0)
                break
            except Timeout:
                on_progress("download", 0, 0)
        try:
            yield
        finally:
            lock.release()

    def _download(
        self, repository: str, revision: str, promises: list[_Promise], part: Path, on_progress: OnProgress
    ) -> None:
        from huggingface_hub import hf_hub_download

        total = sum(promise.size for promise in promises)
        needed = total - sum(path.stat().st_size for path in part.glob("*") if path.is_file())
        if shutil.disk_usage(self._cache_dir).free < needed:
            raise ResourceShort(
                "The disk has too little room for the speech model (%(megabytes)s MB).", megabytes=total >> 20
            )
        before = 0
        for promise in promises:
            meter = _meter(before, total, on_progress)
            on_progress("download", before, total)
            try:
                hf_hub_download(
                    repository,
                    promise.name,
                    revision=revision,
                    local_dir=part,
                    endpoint=self._endpoint,
                    etag_timeout=self._timeout_s,
                    tqdm_class=meter,
                )
            except Exception as error:
                if meter.stopped_by is not None:
                    raise meter.stopped_by from None
                if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise ResourceShort("The disk is full. Make room, then try again.") from error
                raise self._unreachable(repository, error) from error
            before += promise.size
        on_progress("download", total, total)

    def _check(self, part: Path, promise: _Promise) -> None:
        path = part / promise.name
        size = path.stat().st_size
        digest = hashlib.sha256() if promise.sha256 else hashlib.sha1(usedforsecurity=False)
        if not promise.sha256:
            digest.update(b"blob %d\0" % size)  # how git names a file by its content
        with path.open("rb") as file:
            while block := file.read(HASH_BLOCK):
                digest.update(block)
        if size != promise.size or digest.hexdigest() != (promise.sha256 or promise.git_sha1):
            shutil.rmtree(part, ignore_errors=True)
            raise ModelBroken(
                "The speech model arrived damaged and was thrown away. Try again.",
                detail=f"{promise.name}: {size} bytes, {digest.hexdigest()}",
            )


def _meter(before: int, total: int, on_progress: OnProgress) -> Any:
    """Returns a progress bar class, as the client wants one, that reports bytes instead of drawing."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    class Meter(tqdm):  # type: ignore[misc]
        stopped_by: BaseException | None = None

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)
            super().__init__(*args, **{**kwargs, "disable": True})
            self._done = int(kwargs.get("initial") or 0)

        def update(self, n: float | None = 1) -> bool | None:
            self._done += int(n or 0)
            try:
                on_progress("download", min(before + self._done, total), total)
            except BaseException as error:
                type(self).stopped_by = error
                raise
            return None

    return Meter
