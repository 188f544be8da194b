"""What keeps a language model from judging lines, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.wording import gettext_noop

Reason = Literal[
    "unreachable",
    "address",
    "key",
    "model",
    "time_out",
    "rate_limit",
    "credit",
    "server",
    "request",
    "prompt",
    "refused",
    "unusable",
    "gaps",
]


MESSAGES: dict[Reason, str] = {
    "unreachable": gettext_noop("The language model can't be reached."),
    "address": gettext_noop("What answers at the address of the language model is not a language model."),
    "key": gettext_noop("The server of the language model refuses the key."),
    "model": gettext_noop("The server does not know the language model that is set up."),
    "time_out": gettext_noop("The language model takes too long to answer."),
    "rate_limit": gettext_noop("The server of the language model takes no more requests for now."),
    "credit": gettext_noop("The account at the server of the language model has no credit left."),
    "server": gettext_noop("The server of the language model reports a fault of its own."),
    "request": gettext_noop("The server of the language model does not accept Scribe's requests."),
    "prompt": gettext_noop("The prompt of your own for the language model can't be used."),
    "refused": gettext_noop("The language model refuses to judge some lines."),
    "unusable": gettext_noop("The answers of the language model can't be used."),
    "gaps": gettext_noop("The language model gave no usable answer for some lines."),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why lines have no verdict.

    Attributes:
        reason: for programs.
        detail: what the server said, for the operator; holds no key.
        gave_up: whether asking on was pointless, so that lines were left which nobody asked about.

    >>> Trouble("key", "401: invalid key").message
    'The server of the language model refuses the key.'
    """

    reason: Reason
    detail: str = ""
    gave_up: bool = True

    @property
    def message(self) -> str:
        """What happened, in English, for pages to translate."""
        return MESSAGES[self.reason]


class GaveUp(Exception):
    """Nothing more is asked, because of ``trouble``."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble
