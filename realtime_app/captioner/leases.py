"""Leases in Redis: which captioner captions which session, so that no two do the same work.

Exactness never depends on them: what a captioner stores, it stores only if nobody else did (:mod:`.storing`). A lease
saves double work, and tells within seconds that a captioner is gone. Redis may be gone as well: then everybody goes on
with what they have.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

LEASE_MS = 10_000
"""How long a captioner is believed to live without a sign."""
RENEW_S = 3.0
PATIENCE_S = 2.0
"""How long Redis may take to answer."""

_LEASE = "captioner:lease:"
_LOAD = "captioner:load:"

_RENEW = """
local owner = redis.call('get', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
"""Also takes a lease anew that is gone: Redis came back empty, or this process stood still for a while."""

_TAKE_FROM = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""

_GIVE_BACK = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('del', KEYS[1])
"""


def connect(url: str) -> redis.Redis:
    """Returns a connection to Redis that never waits long: one try again at once, for a server that was restarted."""
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        retry=Retry(NoBackoff(), 1),
        decode_responses=True,
    )


def owner_name() -> str:
    """Returns a name for this process that tells others on this machine whether it still lives."""
    return f"{_machine()}/{os.getpid()}/{secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Tells whether the process called ``owner`` is certainly gone; False for those of other machines.

    >>> is_dead(owner_name())
    False
    """
    machine, _, rest = owner.rpartition("/")[0].rpartition("/")
    if machine != _machine() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    """Returns what names this machine, or this container on it: process numbers mean something only there."""
    space = ""
    with suppress(OSError):
        space = str(Path("/proc/self/ns/pid").readlink())
    return f"{socket.gethostname()}/{space}"


class Leases:
    """The leases of one captioner. Its methods never raise for Redis's sake.

    Args:
        client: the connection.
        owner: this captioner's name.
        dead: tells whether another captioner is certainly gone.

    >>> leases = Leases(connect("unix:///nowhere/redis.sock"))
    >>> leases.take(UUID(int=7)), leases.reachable
    (False, False)
    """

    def __init__(
        self, client: redis.Redis, owner: str | None = None, dead: Callable[[str], bool] = is_dead
    ) -> None:
        self.owner = owner or owner_name()
        self._redis = client
        self._dead = dead
        self._held: set[UUID] = set()
        self._load = 0
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()  # else a lease just given back could be renewed after all
        self.reachable = True
        """Whether Redis answered last time."""

    @property
    def held(self) -> frozenset[UUID]:
        """The sessions that this captioner may caption."""
        with self._lock:
            return frozenset(self._held)

    def free(self, sessions: Iterable[UUID]) -> list[UUID]:
        """Returns those of ``sessions`` that nobody captions; none where Redis does not answer."""
        asked = [session for session in sessions if session not in self.held]

        def ask() -> list[UUID]:
            keys = [_LEASE + session.hex for session in asked]
            owners = cast("list[str | None]", self._redis.mget(keys)) if keys else []
            return [s for s, o in zip(asked, owners, strict=True) if o in (None, self.owner) or self._dead(o)]

        return self._asked(ask) or []

    def take(self, session: UUID) -> bool:
        """Takes the lease of ``session`` if nobody has it, or somebody who is dead; False where that can't be done."""
        key = _LEASE + session.hex

        def ask() -> bool:
            if self._redis.set(key, self.owner, nx=True, px=LEASE_MS):
                return True
            owner = cast("str | None", self._redis.get(key))
            if owner == self.owner:
                return True
            return (
                owner is not None
                and self._dead(owner)
                and bool(self._redis.eval(_TAKE_FROM, 1, key, owner, self.owner, str(LEASE_MS)))
            )

        taken = bool(self._asked(ask))
        if taken:
            with self._lock:
                self._held.add(session)
        return taken

    def renew(self) -> None:
        """Prolongs all leases, and says that this captioner lives; a lease that another has by now is held no more."""
        for session in self.held:
            if self._renewed(session) is None:
                return
        self._announce()

    def _renewed(self, session: UUID) -> bool | None:
        with self._one_at_a_time:
            if session not in self.held:
                return False
            key = _LEASE + session.hex
            kept = self._asked(lambda: bool(self._redis.eval(_RENEW, 1, key, self.owner, str(LEASE_MS))))
            if kept is False:
                logger.info("Another captioner has session %s by now", session)
                with self._lock:
                    self._held.discard(session)
            return cast("bool | None", kept)

    def give_back(self, session: UUID) -> None:
        """Lets go of a session, for others to take at once."""
        with self._one_at_a_time:
            with self._lock:
                self._held.discard(session)
            self._asked(lambda: self._redis.eval(_GIVE_BACK, 1, _LEASE + session.hex, self.owner))

    def leave(self) -> None:
        """Gives everything back; this captioner is about to end."""
        for session in self.held:
            self.give_back(session)
            if not self.reachable:
                return
        self._asked(lambda: self._redis.delete(_LOAD + self.owner))

    def tell_load(self, captures: int) -> None:
        """Tells the others how many captures this captioner has."""
        with self._lock:
            changed, self._load = captures != self._load, captures
        if changed:
            self._announce()

    def loads_of_others(self) -> Mapping[str, int]:
        """Returns how many captures each other living captioner has; empty where Redis does not answer."""

        def ask() -> dict[str, int]:
            keys = [
                key for key in self._redis.scan_iter(f"{_LOAD}*", count=1000) if key != _LOAD + self.owner
            ]
            values = cast("list[str | None]", self._redis.mget(keys)) if keys else []
            return {
                key.removeprefix(_LOAD): int(value)
                for key, value in zip(keys, values, strict=True)
                if value is not None and not self._dead(key.removeprefix(_LOAD))
            }

        return self._asked(ask) or {}

    def sees(self, key: str) -> bool:
        """Tells whether a key is there; False where Redis does not answer."""
        return bool(self._asked(lambda: self._redis.exists(key)))

    def _announce(self) -> None:
        self._asked(lambda: self._redis.set(_LOAD + self.owner, self._load, px=LEASE_MS))

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """Returns Redis's answer, or None where it gives none."""
        try:
            answer = ask()
        except (RedisError, OSError) as error:
            if self.reachable:
                logger.warning("Redis does not answer; captioning goes on with what is in hand: %r", error)
            self.reachable = False
            return None
        if not self.reachable:
            logger.info("Redis answers again")
        self.reachable = True
        return answer


class Pulse:
    """Renews leases from a thread of its own: an inference may take longer than a lease lasts."""

    def __init__(self, leases: Leases, every_s: float = RENEW_S) -> None:
        self._leases = leases
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="leases", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._leases.renew()
        self._thread.start()

    def end(self) -> None:
        """Ends; nothing is renewed afterwards."""
        self._ended.set()
        self._thread.join(timeout=2 * PATIENCE_S)

    def _beat(self) -> None:
        while not self._ended.wait(self._every_s):
            self._leases.renew()
