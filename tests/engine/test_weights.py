"""Finding the model: never half-installed, never silently another one."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.errors import ModelBroken, ModelMissing
from engine.hub import Hub
from engine.values import OnProgress
from engine.weights import NANO, check_model, find_asr_model

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class StandInHub(BaseHTTPRequestHandler):
    """Speaks as much of the hub's protocol as a download takes."""

    files: dict[str, bytes] = {}
    promised: dict[str, bytes] = {}
    asked: list[str] = []

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        type(self).asked.append(self.path)
        path = self.path.split("?")[0]
        if path.startswith("/api/models/Systran/faster-whisper-small"):
            self._send(json.dumps(self._info()).encode(), body=body, kind="application/json")
        elif "/resolve/" in path and (content := self.files.get(path.rsplit("/", 1)[1])) is not None:
            self._send(content, body=body, kind="application/octet-stream")
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _info(self) -> dict[str, object]:
        siblings = []
        for name, content in self.promised.items():
            entry: dict[str, object] = {"rfilename": name, "size": len(content)}
            if name == "model.bin":
                sha = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"sha256": sha, "size": len(content), "pointerSize": 130}
            entry["blobId"] = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            siblings.append(entry)
        return {"id": "Systran/faster-whisper-small", "sha": COMMIT, "siblings": siblings}

    def _send(self, content: bytes, *, body: bool, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[StandInHub]]:
    """A hub on this machine that offers the nano model under another name."""
    files = {path.name: path.read_bytes() for path in NANO.iterdir()}

    class ThisHub(StandInHub):
        pass

    ThisHub.files, ThisHub.promised, ThisHub.asked = dict(files), {**files, "README.md": b"not wanted"}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), ThisHub)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield ThisHub
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port: refused at once


def test_local_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    found = find_asr_model(str(NANO), cache_dir=tmp_path)

    assert (found.path, found.model_id, found.is_fallback_nano) == (NANO, "nano", False)


def test_folder_without_its_weights_is_broken(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}")

    with pytest.raises(ModelBroken, match=r"model\.bin"):
        find_asr_model(str(folder), cache_dir=tmp_path)


def test_folder_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="does not exist"):
        find_asr_model(str(tmp_path / "gone"), cache_dir=tmp_path)


def test_unknown_name_says_what_can_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="large-v3-turbo"):
        find_asr_model("huge", cache_dir=tmp_path)


def test_model_is_downloaded_once_with_progress(hub: type[StandInHub], tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []

    found = find_asr_model(
        "auto", cache_dir=tmp_path, device="cpu", on_progress=lambda *step: seen.append(step)
    )
    asked = len(hub.asked)
    again = find_asr_model("small", cache_dir=tmp_path, device="cpu")

    assert (found.model_id, found.is_fallback_nano) == ("small", False)
    assert again.path == found.path
    assert len(hub.asked) == asked
    assert {p.name for p in found.path.iterdir()} == set(hub.files)
    assert all((found.path / name).read_bytes() == content for name, content in hub.files.items())
    total = sum(len(content) for content in hub.files.values())
    assert seen[-1] == ("download", total, total)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert len({done for _, done, _ in seen}) > 3


def test_damaged_download_is_thrown_away(hub: type[StandInHub], tmp_path: Path) -> None:
    content = bytearray(hub.files["model.bin"])
    content[1000] ^= 1
    hub.files["model.bin"] = bytes(content)

    with pytest.raises(ModelBroken, match="damaged"):
        find_asr_model("small", cache_dir=tmp_path)

    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_cancelled_download_leaves_no_model_and_is_taken_up(hub: type[StandInHub], tmp_path: Path) -> None:
    class CancelledError(Exception):
        pass

    def cancel(stage: str, done: int, total: int) -> None:
        if done > total // 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        find_asr_model("small", cache_dir=tmp_path, on_progress=cancel)
    with pytest.raises(ModelBroken):
        check_model(tmp_path / "Systran--faster-whisper-small")

    assert find_asr_model("small", cache_dir=tmp_path).model_id == "small"


@pytest.mark.usefixtures("no_hub")
def test_named_model_is_never_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="SCRIBE_ASR_MODEL") as caught:
        find_asr_model("small", cache_dir=tmp_path)

    assert caught.value.retryable


@pytest.mark.usefixtures("hub")
def test_model_unknown_to_the_hub_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="has no speech model"):
        find_asr_model("someone/else", cache_dir=tmp_path)


@pytest.mark.usefixtures("no_hub")
def test_auto_without_hub_takes_the_bundled_model_and_says_so(tmp_path: Path) -> None:
    found = find_asr_model("auto", cache_dir=tmp_path, device="cpu")

    assert (found.path, found.is_fallback_nano) == (NANO, True)


class CountingDownloader:
    """Never reaches anything, and counts how often it tried."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def fetch(self, repository: str, place: Path, on_progress: OnProgress) -> None:
        self.calls.append(repository)
        raise ModelMissing("unreachable")


def test_unreachable_hub_is_remembered_for_a_while(tmp_path: Path) -> None:
    hub = CountingDownloader()
    for _ in range(3):
        assert find_asr_model("auto", cache_dir=tmp_path, device="cuda", downloader=hub).is_fallback_nano
    assert hub.calls == ["mobiuslabsgmbh/faster-whisper-large-v3-turbo"]

    os.utime(tmp_path / ".hub-unreachable", (0, 0))
    find_asr_model("auto", cache_dir=tmp_path, device="cpu", downloader=hub)
    assert hub.calls[1:] == ["Systran/faster-whisper-small"]


def test_broken_folder_in_the_cache_is_said_to_be_broken(tmp_path: Path) -> None:
    place = tmp_path / "Systran--faster-whisper-small"
    place.mkdir()
    (place / "model.bin").touch()

    with pytest.raises(ModelBroken, match="Delete the folder"):
        find_asr_model("auto", cache_dir=tmp_path, device="cpu", downloader=Hub(tmp_path))
