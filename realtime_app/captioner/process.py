"""The captioner's loop: listens to all captures that are its own, and does one inference after another."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections

from engine.clock import samples_to_ms
from engine.errors import EngineError
from engine.live.recogniser import Recogniser
from engine.live.scheduler import Scheduler
from engine.memory import give_back
from realtime_app.captioner.audio import GrowingAudio, NoSound
from realtime_app.captioner.captioned import CaptionedCapture, ModelFails
from realtime_app.captioner.claims import Claims
from realtime_app.captioner.engine import LiveEngine
from realtime_app.captioner.followers import Followers
from realtime_app.captioner.storing import Superseded
from realtime_app.captioner.voices import SessionVoices
from realtime_app.live.model_in_use import note_model
from realtime_app.models import Capture
from sessions_app.models import Session

logger = logging.getLogger(__name__)

POLL_S = 0.1
"""How often audio is looked at while it grows."""
LOOK_S = 1.0
"""How often the database is asked what there is to caption."""
FOLLOW_S = 1.0
"""How often voices are compared with their rows."""
DATABASE_AGAIN_S = 1.0
GIVE_BACK_S = 60.0
"""How often free memory goes back to the system: captions of an hour would otherwise leave the process larger."""
IDLE_S = 600.0
"""After so long without work the models leave the memory."""
DATABASE_AWAY = (OperationalError, InterfaceError)
"""What is raised while the database can't be reached or is locked; all else is the fault of one capture."""
AGAIN_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""How long what fails is left alone: the first time, the second time …"""


@dataclass(slots=True)
class _Aside:
    """A capture that failed, for the time being."""

    times: int
    at: int
    """How far its captions were then."""
    until: float


class Captioner:
    """Captions what is its share, until told to stop.

    Args:
        load: loads the models; called at the first capture, and again after a long rest.
        open_audio: returns the audio of a capture.
        claims: which captures are this captioner's.
        followers: who is told.
        expecting: tells whether a recording is about to begin, so that the models had better be loaded.
        now: a clock in seconds.

    >>> from unittest.mock import Mock
    >>> load, nothing_to_do = Mock(), Mock(Claims, look=dict)
    >>> captioner = Captioner(load, open_audio=Mock(), claims=nothing_to_do, followers=Followers(lambda: False))
    >>> captioner.step(), load.called
    (False, False)
    """

    def __init__(
        self,
        load: Callable[[], LiveEngine],
        open_audio: Callable[[Capture], GrowingAudio],
        claims: Claims,
        followers: Followers,
        expecting: Callable[[], bool] = lambda: False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load, self._open_audio, self._expecting = load, open_audio, expecting
        self._claims, self._followers, self._now = claims, followers, now
        self._engine: LiveEngine | None = None
        self._scheduler = Scheduler()
        self._captures: dict[UUID, CaptionedCapture] = {}
        self._sessions: dict[UUID, tuple[SessionVoices, Recogniser]] = {}
        self._aside: dict[UUID, _Aside] = {}
        self._database_at = self._look_at = self._follow_at = self._load_at = self._give_back_at = 0.0
        self._worked_at = now()

    def run(self, stopping: threading.Event) -> None:
        """Captions until ``stopping`` is set; whatever goes wrong is logged and tried again."""
        while not stopping.is_set():
            if self._now() >= self._look_at:
                close_old_connections()
            if not self.step():
                stopping.wait(POLL_S if self._captures else LOOK_S)
        for capture in list(self._captures.values()):
            self._drop(capture)

    def step(self) -> bool:
        """Looks, listens, stores, and does at most one inference; returns whether there was anything to do."""
        if self._now() >= self._look_at:
            self._look_at = self._now() + LOOK_S
            try:
                self._with_database(self._look)
            except Exception:
                logger.exception("What there is to caption could not be told")
        busy = False
        for capture in self._in_hand():
            if not capture.has_unstored:
                busy |= bool(self._try(capture, capture.hear))
        busy |= self._perform_one()
        for capture in self._in_hand():
            self._try(capture, partial(self._with_database, capture.store))
        if self._now() >= self._follow_at and not any(one.has_unstored for one in self._in_hand()):
            self._follow_at = self._now() + FOLLOW_S
            self._with_database(self._follow)
        if self._captures and self._now() >= self._give_back_at:
            self._give_back_at = self._now() + GIVE_BACK_S
            give_back()
        return busy

    def _in_hand(self) -> list[CaptionedCapture]:
        return list(self._captures.values())

    def _perform_one(self) -> bool:
        chosen = self._scheduler.next(self._now())
        if chosen is None:
            return False
        transcriber, job = chosen
        capture = next(one for one in self._captures.values() if one.transcriber is transcriber)
        if capture.has_unstored:
            return False
        began = self._now()
        self._try(capture, partial(capture.perform, job))
        self._scheduler.done(transcriber, job, self._now() - began)
        return True

    def _follow(self) -> None:
        """Brings voices and what people decided about them together."""
        for voices, _ in self._sessions.values():
            try:
                voices.listen()
                self._followers.relabelled(voices.session, voices.follow())
            except DATABASE_AWAY:
                raise
            except Exception:
                logger.exception("The voices of session %s could not be followed", voices.session.uuid)

    def _try(self, capture: CaptionedCapture, act: Callable[[], Any]) -> Any:
        """Returns what ``act`` returns; a capture that fails is left alone for a while, and stops no other."""
        try:
            return act()
        except Superseded:
            logger.info("Capture %s is captioned by another, or not at all any more", capture.capture.uuid)
            self._drop(capture)
        except Exception as error:
            self._drop(capture)
            self._set_aside(capture.capture, error)
            if isinstance(error, ModelFails):
                self._engine = None
        return None

    def _with_database(self, act: Callable[[], None]) -> None:
        """Does ``act`` unless the database failed a moment ago."""
        if self._now() < self._database_at:
            return
        try:
            act()
        except DATABASE_AWAY:
            self._database_at = self._now() + DATABASE_AGAIN_S
            logger.exception("The database did not answer; what is not stored is stored when it does")

    def _set_aside(self, capture: Capture, error: Exception) -> None:
        before = self._aside.get(capture.uuid)
        times = before.times + 1 if before is not None and before.at == capture.captioned_to else 0
        wait_s = AGAIN_S[min(times, len(AGAIN_S) - 1)]
        self._aside[capture.uuid] = _Aside(times, capture.captioned_to, self._now() + wait_s)
        trace = None if times or isinstance(error, (NoSound, EngineError)) else error
        logger.error(
            "Capture %s can't be captioned now; again in %d s: %r",
            capture.uuid,
            wait_s,
            error,
            exc_info=trace,
        )

    # What there is to do

    def _look(self) -> None:
        rows = self._claims.look()
        for capture in self._in_hand():
            row = rows.get(capture.capture.uuid)
            if row is None or not capture.still_is(row):
                self._drop(capture)
        for uuid, row in rows.items():
            if uuid not in self._captures:
                self._begin(row)
        self._aside = {uuid: aside for uuid, aside in self._aside.items() if uuid in rows}
        self._load_or_unload()

    def _load_or_unload(self) -> None:
        """Loads the models before they are needed where that can be known, and lets go of them after a long rest."""
        if self._captures:
            self._worked_at = self._now()
        elif self._engine is None:
            if self._now() >= self._load_at and self._expecting():
                self._load_at = self._now() + AGAIN_S[-1]
                try:
                    self._engine = self._load()
                except Exception as error:
                    logger.error("The models can't be loaded now: %r", error)
                self._worked_at = self._now()
        elif self._now() - self._worked_at > IDLE_S and not self._expecting():
            logger.info("Nothing was captioned for a while; the models leave the memory")
            self._engine = None
            give_back()

    def _begin(self, row: Capture) -> None:
        aside = self._aside.get(row.uuid)
        if aside is not None and self._now() < aside.until:
            self._followers.delay(row, samples_to_ms(max(0, row.held - row.captioned_to)))
            return
        try:
            audio = self._open_audio(row)
            if self._engine is None:
                self._engine = self._load()
            voices, recogniser = self._of_session(row.session, self._engine)
            transcriber = self._engine.transcriber(row.uuid, row.captioned_to)
            capture = CaptionedCapture(row, audio, transcriber, recogniser, voices, self._followers)
        except DATABASE_AWAY:
            raise
        except Exception as error:
            self._set_aside(row, error)
            return
        note_model(row, is_demo=self._engine.is_fallback)
        self._captures[row.uuid] = capture
        self._scheduler.add(transcriber)
        note_model(row, is_demo=self._engine.is_fallback)
        logger.info("Captioning %s from sample %s", row.uuid, row.captioned_to)

    def _of_session(self, session: Session, engine: LiveEngine) -> tuple[SessionVoices, Recogniser]:
        if session.uuid not in self._sessions:
            voices = SessionVoices(session, engine.encoder, self._now)
            self._sessions[session.uuid] = (voices, engine.recogniser(session))
        return self._sessions[session.uuid]

    def _drop(self, capture: CaptionedCapture) -> None:
        """Lets go of a capture; what is not stored is done again by whoever takes it up."""
        self._scheduler.remove(capture.transcriber)
        capture.close()
        self._captures.pop(capture.capture.uuid, None)
        sessions = {one.capture.session.uuid for one in self._captures.values()}
        self._sessions = {uuid: kept for uuid, kept in self._sessions.items() if uuid in sessions}
