"""Says whose turn it is: lines before drafts, whoever waited longest first, and never too many drafts."""

from __future__ import annotations

from engine.live.config import DraftConfig
from engine.live.transcriber import Job, LiveTranscriber

REMEMBERED = 0.7
"""Share of the old cost in the new mean."""


class Scheduler:
    """Shares one recogniser between captures; not safe to share between threads.

    Args:
        config: how often drafts are made.

    >>> from uuid import uuid4
    >>> scheduler, capture = Scheduler(DraftConfig(share=0.5)), LiveTranscriber(uuid4())
    >>> scheduler.add(capture)
    >>> draft = Job(uuid4(), 0, 16_000, final=False, asked_s=0.0)
    >>> scheduler.done(capture, draft, cost_s=2.0)
    >>> scheduler.draft_every_s
    4.0
    """

    def __init__(self, config: DraftConfig = DraftConfig()) -> None:  # noqa: B008 (frozen)
        self._config = config
        self._served: dict[LiveTranscriber, int] = {}
        self._turn = 0
        self._draft_cost_s = 0.0

    @property
    def captures(self) -> tuple[LiveTranscriber, ...]:
        """The captures that are served."""
        return tuple(self._served)

    @property
    def behind_ms(self) -> int:
        """How late the latest line is, of what was fed."""
        return max((one.behind_ms for one in self._served), default=0)

    @property
    def draft_every_s(self) -> float:
        """How often a capture is drafted, as fast as this machine turned out to be."""
        active = sum(one.active for one in self._served)
        return max(self._config.every_ms / 1000, self._draft_cost_s * max(1, active) / self._config.share)

    def add(self, transcriber: LiveTranscriber) -> None:
        """Serves ``transcriber`` too, as the first of those that wait."""
        self._served.setdefault(transcriber, 0)

    def remove(self, transcriber: LiveTranscriber) -> None:
        """No longer serves ``transcriber``."""
        self._served.pop(transcriber, None)

    def next(self, now_s: float) -> tuple[LiveTranscriber, Job] | None:
        """Returns whose job is to be done now; None if nothing waits."""
        every_s = self.draft_every_s
        found: list[tuple[LiveTranscriber, Job]] = []
        for one in self._served:
            one.draft_every_s = every_s
            job = one.waiting(now_s)
            if job is not None:
                found.append((one, job))
        if self.behind_ms > self._config.behind_ms:
            found = [(one, job) for one, job in found if job.final]
        return min(found, key=lambda pair: (not pair[1].final, self._served[pair[0]]), default=None)

    def done(self, transcriber: LiveTranscriber, job: Job, cost_s: float) -> None:
        """Notes that ``job`` was done, or failed, and how long it took."""
        self._turn += 1
        if transcriber in self._served:
            self._served[transcriber] = self._turn
        if not job.final:
            old = self._draft_cost_s or cost_s
            self._draft_cost_s = REMEMBERED * old + (1 - REMEMBERED) * cost_s
