"""The product itself under a browser: a real web process and Redis on a data directory of their own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.sessions_app.installation import Installation

COOKIE = "sessionid"
EVENINGS = 40
CAST = f"""
    import json
    from django.contrib.auth import get_user_model
    from django.test import Client
    from sessions_app.models import Campaign, Membership, Party, Role, Session
    logins = {{}}
    people = []
    for name, role in (("eddie", Role.EDITOR), ("vera", Role.VIEWER)):
        user = get_user_model().objects.create_user(
            username=name, email=f"{{name}}@example.org", password="correct horse"
        )
        people.append((user, role))
        client = Client()
        client.force_login(user)
        logins[name] = client.cookies["sessionid"].value
    evenings = []
    for _ in range({EVENINGS}):
        campaign = Campaign.objects.create(name="The Sunken Keep", language="en")
        Party.objects.create(campaign=campaign)
        for user, role in people:
            Membership.objects.create(campaign=campaign, user=user, role=role)
        titled = ((1, "The gate"), (2, "The well"))
        evenings.append([
            Session.objects.create(campaign=campaign, number=n, title=title, language="en").uuid.hex
            for n, title in titled
        ])
    print(json.dumps({{"logins": logins, "evenings": evenings}}))
"""


class House(Installation):
    """An installation that answers browsers; each test takes an evening of its own, a campaign with two sessions."""

    def __init__(self, data_dir: Path, database: Path) -> None:
        super().__init__(data_dir, database)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.web: subprocess.Popen[bytes] | None = None
        self._environment |= {
            "SCRIBE_DISK_RESERVE_MB": "10",
            "SCRIBE_ALLOWED_HOSTS": "*",  # one page is looked at under another name
        }

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def open(self) -> None:
        """Starts what answers, with an editor and a viewer."""
        self.start_redis()
        self.python(
            "from django.core.management import call_command; call_command('collectstatic', verbosity=0)"
        )
        cast = json.loads(self.python(CAST).splitlines()[-1])
        self.logins: dict[str, str] = cast["logins"]
        self._evenings: list[list[str]] = cast["evenings"]

    def new_evening(self) -> None:
        """Takes a campaign that nothing was done with yet."""
        self.sessions = self._evenings.pop()
        if self.web is None or self.web.poll() is not None:
            self.start_web()

    def start_web(self) -> None:
        address = ("-b", "127.0.0.1", "-p", str(self.port))
        self.web = self.start(
            [sys.executable, "-m", "scribe_site.web_server", *address, "scribe_site.asgi:application"]
        )
        self.wait(self._answers, "the web process to answer")

    def kill_web(self) -> None:
        assert self.web is not None
        self.kill(self.web)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def live_url(self, number: int = 0) -> str:
        return f"{self.url}/sessions/{_dashed(self.sessions[number])}/live/"

    def cookie(self, name: str) -> dict[str, Any]:
        return {"name": COOKIE, "value": self.logins[name], "url": self.url}

    def captures(self) -> list[dict[str, Any]]:
        """The evening's captures, in order of their beginning."""
        names = ("uuid", "state", "held", "gaps", "captioned", "label")
        rows = self.rows(
            f"select {', '.join('c.' + name for name in names)} from realtime_app_capture c "
            f"join sessions_app_session s on s.id = c.session_id where {self._tonight} order by c.id"
        )
        return [dict(zip(names, row, strict=True)) | {"gaps": json.loads(row[3])} for row in rows]

    def held(self) -> int:
        """Samples of the evening's first capture that lie on the disk."""
        captures = self.captures()
        path = self.data_dir / "captures" / f"{_dashed(captures[0]['uuid'])}.wav" if captures else None
        return max(0, path.stat().st_size - 44) // 2 if path and path.exists() else 0

    def recordings(self) -> list[str]:
        """The files of the evening's recordings."""
        rows = self.rows(
            "select r.file from sessions_app_recording r "
            f"join sessions_app_session s on s.id = r.session_id where {self._tonight}"
        )
        return [row[0] for row in rows]

    def recording(self) -> NDArray[np.int16]:
        """The sound of the evening's only recording."""
        self.wait(self.recordings, "the recording")
        (name,) = self.recordings()
        return np.frombuffer((self.data_dir / "media" / name).read_bytes()[44:], "<i2")

    @property
    def _tonight(self) -> str:
        return "s.uuid in ({})".format(", ".join(f"'{uuid}'" for uuid in self.sessions))


def _dashed(uuid: str) -> str:
    return f"{uuid[:8]}-{uuid[8:12]}-{uuid[12:16]}-{uuid[16:20]}-{uuid[20:]}"
