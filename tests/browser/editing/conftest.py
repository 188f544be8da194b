"""A session to edit, and editors' browsers that are at it."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from sessions_app.models import Segment, Session
from tests.sessions_app.transcripts.telling import tell


@pytest.fixture(autouse=True)
def _no_worker_to_wake(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture
def told(transactional_db, session, tmp_path) -> Session:
    """Five blocks of lines over silence."""
    tell(session, lines=300, voices=3)
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.zeros(session.duration_ms * 16 + 16_000, "<i2").tobytes())
    session.audio_name = default_storage.save("silence.wav", ContentFile(path.read_bytes()))
    session.save(update_fields=["audio_name"])
    return session


class Desk:
    """A browser with the page of a session open, and what its person does there."""

    def __init__(self, page, session: Session) -> None:
        self.page = page
        self.session = session

    def at(self, position: int) -> Segment:
        """The line as it is stored."""
        return self.session.segments.filter(position=position).first()

    def line(self, position: int) -> str:
        """The selector of a line."""
        return f"#line-{self.at(position).uuid}"

    def text(self, selector: str) -> str:
        """What a line shows."""
        return " ".join(self.page.text_content(f"{selector} .line-text").split())

    def edit(self, position: int, *, key: str = "e") -> None:
        """Opens the editor on a line, by the keyboard."""
        selector = self.line(position)
        self.page.focus(f"{selector} .line-time")
        self.page.keyboard.press(key)
        self.editing(selector)

    def editing(self, selector: str) -> None:
        """Waits until the editor is open on a line."""
        self.page.wait_for_selector(f"{selector}.editing")
        self.page.wait_for_selector(".editor textarea:focus")

    def typed(self) -> str:
        return self.page.input_value(".editor textarea")

    def caret(self) -> int:
        return self.page.evaluate("document.querySelector('.editor textarea').selectionStart")

    def put_caret(self, at: int) -> None:
        self.page.evaluate(f"document.querySelector('.editor textarea').setSelectionRange({at}, {at})")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def replace(self, text: str) -> None:
        """Types a text over what is in the editor."""
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def stored(self, selector: str, text: str) -> None:
        """Waits until the server has confirmed that the line says this."""
        uuid = selector.removeprefix("#line-")
        kept = f"scribe.draft.{self.session.uuid}.{uuid}"
        self.page.wait_for_function("(key) => localStorage.getItem(key) === null", arg=kept)
        assert Segment.objects.get(uuid=uuid).text == text


@pytest.fixture
def desk(open_page, told, editor):
    """Opens the page of ``told`` as an editor sees it, ready to play."""

    def opened(address="", user=editor, session=told, **options) -> Desk:
        page = open_page(user, **options)
        page.goto(session.get_absolute_url() + address)
        page.wait_for_function("() => document.querySelector('audio').readyState >= 1")
        return Desk(page, session)

    return opened
