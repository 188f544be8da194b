"""Asks a language model about lines until each has a verdict or no further asking helps."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from engine.classification.language_model.answers import CastNames, read_answer
from engine.classification.language_model.batches import LINES, answer_budget, shown_around
from engine.classification.language_model.endpoint import TICK_S, Endpoint, Reply
from engine.classification.language_model.failures import Passing, TimedOut, TooLong
from engine.classification.language_model.prompting import Prompt, lines_text
from engine.classification.language_model.settings import Patience
from engine.classification.language_model.trouble import GaveUp, Reason, Trouble
from engine.classification.values import SpokenLine, Verdict

log = logging.getLogger(__name__)

FEWEST = 5
"""Lines that are asked about at once even of a slow server; each request repeats the prompt."""
ROOM_TO_THINK = (0, 2_048, 8_192)
"""Tokens beside the answer, tried one after the other: models that think first spend the budget on that."""


class Habits:
    """What was learnt of a server, kept from one labelling to the next.

    Attributes:
        lines: how many to ask about at once; fewer after an answer took too long or a request was too long.
        room: which of :data:`ROOM_TO_THINK` its model needs.
    """

    def __init__(self) -> None:
        self.lines = LINES
        self.room = 0


class Asking:
    """One labelling: asks, checks, asks again in halves.

    Args:
        endpoint: open.
        prompt: with the party and the examples still to be filled in.
        party: as text.
        examples: as text.
        lines: all that may be shown.
        cast: finds names.
        patience: with requests that fail.
        habits: what is known of the server.
        tick: called while time passes; raising from it stops the work.

    >>> from unittest.mock import Mock
    >>> from engine.classification.language_model.prompting import load_prompt
    >>> answer = '{"n": 1, "label": "OOC", "kind": "rules", "character": "", "confidence": 0.9}'
    >>> server = Mock(ask=lambda *request: Reply(answer))
    >>> lines = [SpokenLine("Anna", "player", "Do I roll for that?")]
    >>> asking = Asking(
    ...     server, load_prompt("en"), "[]", "[]", lines, CastNames([]), Patience(), Habits(), tick=lambda: None
    ... )
    >>> asking.ask([0])
    >>> asking.verdicts[0].label
    'OOC'
    """

    def __init__(
        self,
        endpoint: Endpoint,
        prompt: Prompt,
        party: str,
        examples: str,
        lines: Sequence[SpokenLine],
        cast: CastNames,
        patience: Patience,
        habits: Habits,
        tick: Callable[[], None],
    ) -> None:
        self._endpoint = endpoint
        self._prompt = prompt
        self._party = party
        self._examples = examples
        self._lines = lines
        self._cast = cast
        self._patience = patience
        self._habits = habits
        self._tick = tick
        self._time_outs = 0
        self._useless = 0
        self.verdicts: dict[int, Verdict] = {}
        """By index of the line."""
        self.refused = 0
        """Requests about a single line that the model declined."""

    def ask(self, asked: Sequence[int]) -> None:
        """Asks about lines, those without an answer again in halves; a single line without one stays without.

        Raises:
            GaveUp: no further asking helps.
        """
        answered = self._request(asked)
        self.verdicts |= answered
        missing = [index for index in asked if index not in answered]
        if len(asked) == 1:
            return
        half = (len(missing) + 1) // 2
        for part in (missing[:half], missing[half:]):
            if part:
                self.ask(part)

    def _request(self, asked: Sequence[int]) -> dict[int, Verdict]:
        """Returns the verdicts of one request, as far as they are valid; none where it took too long."""
        try:
            reply = self._reply(asked)
        except TimedOut:
            self._time_outs += 1
            self._ask_less(asked)
            if self._time_outs >= self._patience.time_outs:
                raise GaveUp(Trouble("time_out")) from None
            return {}
        except TooLong:
            self._ask_less(asked)
            self._count_useless("unusable")
            return {}
        self._time_outs = 0
        found = self._read(reply, asked)
        if found:
            self._useless = 0
        else:
            self.refused += reply.is_refused and len(asked) == 1
            self._count_useless("refused" if reply.is_refused else "unusable")
        return found

    def _reply(self, asked: Sequence[int]) -> Reply:
        """Returns what the server replies; a model that thought until its budget was spent gets a larger one."""
        while True:
            reply = self._patiently(asked, answer_budget(len(asked)) + ROOM_TO_THINK[self._habits.room])
            more = self._habits.room + 1
            if not reply.is_cut_off or more == len(ROOM_TO_THINK) or self._read(reply, asked):
                return reply
            self._habits.room = more

    def _patiently(self, asked: Sequence[int], budget: int) -> Reply:
        first, stop = shown_around(asked, len(self._lines))
        numbers = {index: number for number, index in enumerate(asked, start=1)}
        shown = lines_text(self._lines, numbers, first, stop)
        standing, asking = self._prompt.filled(self._party, self._examples, shown, len(asked))
        connections = faults = 0
        while True:
            try:
                return self._endpoint.ask(standing, asking, budget, self._tick)
            except Passing as failure:
                connections += failure.is_connection
                faults += not failure.is_connection
                pause = failure.wait_s
                if pause is None:
                    pause = min(
                        self._patience.longest_pause_s,
                        self._patience.pause_s * 2 ** (connections + faults - 1),
                    )
                if (
                    connections >= self._patience.connections
                    or faults >= self._patience.faults
                    or pause > self._patience.longest_pause_s
                ):
                    raise GaveUp(failure.trouble) from failure
                log.info(
                    "The language model can't answer now, waiting %.1f s: %s", pause, failure.trouble.detail
                )
                self._wait(pause)

    def _read(self, reply: Reply, asked: Sequence[int]) -> dict[int, Verdict]:
        if reply.is_refused:
            return {}
        found = read_answer(reply.text, range(1, len(asked) + 1), self._cast)
        return {asked[number - 1]: verdict for number, verdict in found.items()}

    def _ask_less(self, asked: Sequence[int]) -> None:
        self._habits.lines = min(self._habits.lines, max(FEWEST, len(asked) // 2))

    def _count_useless(self, reason: Reason) -> None:
        self._useless += 1
        if self._useless >= self._patience.useless:
            raise GaveUp(Trouble(reason))

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(TICK_S, left))
            self._tick()
