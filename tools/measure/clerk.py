"""Works the rows of one installation for the benchmark: brings recordings in, starts Runs and waits for them."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import datetime
from pathlib import Path

import django
from django.core.files import File
from django.core.management import call_command

from tools.measure.sides import Json, serve

POLL_S = 0.05
MOST_WARM_UPS = 8


def set_up(web: bool) -> Json:
    """Makes the database, an account and a campaign."""
    from scribe_site.first_account import make_first_account
    from sessions_app.campaigns import found_campaign
    from sessions_app.models import Campaign, User

    call_command("migrate", verbosity=0, interactive=False)
    if web:
        call_command("collectstatic", verbosity=0, interactive=False)
    make_first_account("benchmark")
    found_campaign(Campaign(name="Benchmark", language="en"), User.objects.get())
    return {}


def process(audio: str, language: str) -> Json:
    """Processes a recording; returns the seconds from queued to stored, those of each stage, words and workers."""
    return _outcome(_queue(Path(audio), language))


def warm_up(audio: str, language: str, workers: int) -> Json:
    """Processes a short recording several times at once until each worker has done both stages that hold models."""
    from sessions_app.models import StageName, Task

    for _ in range(MOST_WARM_UPS):
        for run in [_queue(Path(audio), language) for _ in range(2 * workers)]:
            _outcome(run)
        busy = [
            Task.objects.filter(stage__name=name).values("worker").distinct().count()
            for name in (StageName.TRANSCRIBE, StageName.DIARIZE)
        ]
        if min(busy) >= workers:
            return {"workers": busy}
    raise RuntimeError(f"not every one of {workers} workers came to work: {busy}")


def new_session(language: str) -> Json:
    """Makes an empty session; returns its uuid."""
    return {"uuid": str(_new_session(language).uuid)}


def wait(uuid: str) -> Json:
    """Waits for the Run of a session to end; returns what :func:`process` does."""
    from sessions_app.models import Run

    while True:
        run = Run.objects.filter(session__uuid=uuid).first()
        if run is not None:
            return _outcome(run.pk)
        time.sleep(POLL_S)


def state(uuid: str) -> Json:
    """Returns which stages of a session's newest Run are under way, and whether the Run has ended."""
    from sessions_app.models import Run, Stage, State

    run = Run.objects.filter(session__uuid=uuid).first()
    if run is None:
        return {"running": [], "ended": False}
    running = Stage.objects.filter(run=run, state=State.RUNNING).values_list("name", flat=True)
    return {"running": list(running), "ended": not run.is_active}


def log_in() -> Json:
    """Returns the headers of a program that is logged in as the campaign's owner."""
    from django.conf import settings
    from django.test import Client

    from sessions_app.models import User

    client = Client()
    client.force_login(User.objects.get())
    login, token = client.cookies[settings.SESSION_COOKIE_NAME].value, "t" * 32
    cookies = f"{settings.SESSION_COOKIE_NAME}={login}; {settings.CSRF_COOKIE_NAME}={token}"
    return {"headers": {"Cookie": cookies, "X-CSRFToken": token}}


def write_lines(lines: int) -> Json:
    """Makes a session with a transcript of so many lines; returns the address of its page."""
    from tools.measure.long_transcript import write

    session = _new_session("en")
    write(session, lines)
    return {"path": session.get_absolute_url()}


def addresses(uuid: str) -> Json:
    """Returns what a reader of a session's page asks for: the page, its lines, waveform, sound and exports."""
    from django.urls import get_resolver, reverse

    names = ("session-detail", "session-transcript", "session-waveform", "session-audio")
    exports = [name for name in get_resolver().reverse_dict if name == "session-export"]
    paths = [reverse(name, args=[uuid]) for name in names]
    paths += [reverse("session-export", args=[uuid, ending]) for ending in ("json", "txt") if exports]
    return {"upload": reverse("upload-create", args=[uuid]), "read": paths}


def _new_session(language: str):  # type: ignore[no-untyped-def]  # Django's models can't be named before set-up
    from sessions_app.models import Campaign, Session

    campaign = Campaign.objects.get()
    return Session.objects.create(campaign=campaign, number=campaign.sessions.count() + 1, language=language)


def _queue(audio: Path, language: str) -> int:
    from sessions_app.models import Recording, User
    from sessions_app.runs import start_run

    session, user = _new_session(language), User.objects.get()
    digest = hashlib.sha256()
    with audio.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    recording = Recording(
        session=session,
        original_name=audio.name,
        size=audio.stat().st_size,
        sha256=digest.hexdigest(),
        uploaded_by=user,
    )
    with audio.open("rb") as file:
        name = f"recordings/{session.uuid}/{recording.uuid}{audio.suffix}"
        recording.file.save(name, File(file), save=False)
    recording.save()
    run: int = start_run(session, user).pk
    return run


def _outcome(pk: int) -> Json:
    """Waits for a Run and returns its figures.

    Raises:
        RuntimeError: it failed or was cancelled.
    """
    from sessions_app.models import Run, Segment, StageName, State, Task

    while (run := Run.objects.get(pk=pk)).is_active:
        time.sleep(POLL_S)
    stages = {stage.name: stage for stage in run.stages.all()}
    if run.state != State.DONE:
        told = [f"{name}: {stage.message} {stage.detail}" for name, stage in stages.items() if stage.message]
        raise RuntimeError(f"the Run ended as {run.state}: {'; '.join(told)}")
    return {
        "seconds": _between(run.created_at, stages[StageName.STORE].finished_at),
        "stages": {name: _between(stage.started_at, stage.finished_at) for name, stage in stages.items()},
        "words": sum(len(words) for words in Segment.objects.filter(run=run).values_list("words", flat=True)),
        "lines": Segment.objects.filter(run=run).count(),
        "workers": Task.objects.filter(stage__run=run).values("worker").distinct().count(),
    }


def _between(start: datetime | None, end: datetime | None) -> float:
    return (end - start).total_seconds() if start and end else 0.0


def main() -> None:
    """Answers until standard input closes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scribe_site.settings")
    django.setup()
    serve(
        {
            "set_up": set_up,
            "process": process,
            "warm_up": warm_up,
            "new_session": new_session,
            "wait": wait,
            "state": state,
            "log_in": log_in,
            "write_lines": write_lines,
            "addresses": addresses,
        }
    )


if __name__ == "__main__":
    main()
