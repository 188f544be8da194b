"""The demo campaign: a party and two short synthetic sessions, processed like anybody's recording."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction

from sessions_app.campaigns import found_campaign
from sessions_app.models import Campaign, Recording, Session, User
from sessions_app.party_file import ImportMode, PartyFile, import_party
from sessions_app.runs import start_run

FOLDER = Path(__file__).resolve().parent


def make_demo(user: User) -> Campaign:
    """Makes the demo campaign with ``user`` as its owner and starts its Runs; returns the one ``user`` has, if any.

    >>> demo = make_demo(owner)
    >>> demo.name, [each.title for each in demo.sessions.all()], make_demo(owner) == demo
    ('De draak in de toren', ['The dragon behind the door', 'De draak in de tempel'], True)
    """
    content = json.loads((FOLDER / "demo.json").read_text())
    existing = Campaign.objects.owned_by(user).filter(name=content["campaign"]).first()
    if existing:
        return existing
    with transaction.atomic():
        language = content["sessions"][0]["language"]
        campaign = found_campaign(Campaign(name=content["campaign"], language=language), user)
        import_party(campaign.party, PartyFile.model_validate(content["party"]), ImportMode.REPLACE)
        sessions = [
            _make_session(campaign, user, number, described)
            for number, described in enumerate(content["sessions"], start=1)
        ]
    for session in sessions:
        start_run(session, user)
    return campaign


def _make_session(campaign: Campaign, user: User, number: int, described: dict[str, Any]) -> Session:
    session = Session.objects.create(
        campaign=campaign,
        number=number,
        title=described["title"],
        date=date.fromisoformat(described["date"]),
        language=described["language"],
    )
    audio = FOLDER / described["audio"]
    recording = Recording(
        session=session,
        original_name=audio.name,
        size=audio.stat().st_size,
        sha256=hashlib.sha256(audio.read_bytes()).hexdigest(),
        uploaded_by=user,
    )
    with audio.open("rb") as content:
        recording.file.save(
            f"recordings/{session.uuid}/{recording.uuid}{audio.suffix}", File(content), save=False
        )
    recording.save()
    return session
