"""Sends one request to an OpenAI-compatible endpoint through the ``openai`` package, and says how it ended.

The package retries nothing by itself here. While an answer is awaited the caller is called back twice a second and may
raise, which drops the connection, so that a server stops writing what nobody reads.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from engine.classification.language_model.failures import (
    TooLong,
    detail_of,
    failure_of,
    is_declined,
    is_too_long,
    words_of,
)
from engine.classification.language_model.manner import Manner
from engine.classification.language_model.settings import LanguageModelSettings
from engine.classification.language_model.trouble import GaveUp, Trouble
from engine.values import Json

if TYPE_CHECKING:
    import openai

TICK_S = 0.5
CONNECT_S = 10.0
"""A server that takes no connection for so long is not there."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        text: the answer.
        is_cut_off: whether the budget ended before the answer did.
        is_refused: whether the model, or a filter before it, declined to answer.
    """

    text: str
    is_cut_off: bool = False
    is_refused: bool = False


class Endpoint:
    """A language model's server; open it (``with endpoint:``) around requests.

    What it learns of how the server wants to be asked is kept from one opening to the next.

    >>> nobody_there = LanguageModelSettings("http://127.0.0.1:9", "llama3.1")
    >>> with Endpoint(nobody_there) as endpoint:
    ...     endpoint.ask("You label lines.", "Which is it?", budget=64, tick=lambda: None)
    Traceback (most recent call last):
        ...
    engine.classification.language_model.failures.Passing: The language model can't be reached.
    """

    def __init__(self, settings: LanguageModelSettings) -> None:
        self._settings = settings
        self._manner = Manner()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: openai.AsyncOpenAI | None = None

    def __enter__(self) -> Endpoint:
        self._loop = asyncio.new_event_loop()
        try:
            self._client = _client(self._settings)
        except Exception as error:  # an address or a key that the packages below can't make sense of
            self._loop.close()
            raise GaveUp(Trouble("address", detail_of(error, self._settings.key))) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        assert self._client is not None
        self._loop.run_until_complete(self._client.close())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        self._loop = self._client = None

    def ask(self, standing: str, asking: str, budget: int, tick: Callable[[], None]) -> Reply:
        """Returns the model's reply.

        Args:
            standing: what always holds.
            asking: what is asked this time.
            budget: tokens that the answer may take.
            tick: called twice a second meanwhile; raising from it drops the request.

        Raises:
            Passing: the server can't now, and may soon.
            TimedOut: no answer within the time for one.
            TooLong: more than the model can hold.
            GaveUp: nothing that is asked would be answered.
        """
        import openai

        while True:
            body = self._manner.body(self._settings.model, standing, asking, budget)
            request = self._wait_for(self._create(body), tick)
            try:
                return _reply(request.result())
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if is_declined(error):
                    return Reply("", is_refused=True)
                if is_too_long(error):
                    raise TooLong from error
                found = failure_of(error, self._settings.key)
                adapted = self._manner.after(words_of(error))
                if adapted is None or (isinstance(found, GaveUp) and found.trouble.reason != "request"):
                    raise found from error
                self._manner = adapted
            except (openai.OpenAIError, TimeoutError, ValueError) as error:
                raise failure_of(error, self._settings.key) from error

    async def _create(self, body: Json) -> Any:
        assert self._client is not None
        async with asyncio.timeout(self._settings.timeout_s):  # the package's own starts anew with every byte
            return await self._client.chat.completions.create(**body)

    def _wait_for(self, request: Coroutine[Any, Any, Any], tick: Callable[[], None]) -> asyncio.Task[Any]:
        """Returns ``request`` when it is done; ``tick`` runs outside the loop, where a database may be asked."""
        assert self._loop is not None
        task = self._loop.create_task(request)
        try:
            while not task.done():
                self._loop.run_until_complete(asyncio.wait({task}, timeout=TICK_S))
                tick()
        except BaseException:
            task.cancel()
            with suppress(Exception, asyncio.CancelledError):
                self._loop.run_until_complete(task)
            raise
        return task


def _client(settings: LanguageModelSettings) -> openai.AsyncOpenAI:
    import httpx2
    import openai

    url = _base_url(settings.url)
    time_out = httpx2.Timeout(settings.timeout_s, connect=min(CONNECT_S, settings.timeout_s))
    http = httpx2.AsyncClient(
        timeout=time_out,
        follow_redirects=False,  # lines go where the settings say, and nowhere else
        trust_env=not _is_this_machine(url),  # nor to a proxy, when they are to stay here
    )
    return openai.AsyncOpenAI(
        base_url=url,
        api_key=settings.key
        or "none",  # without one, the package would take another service's from the environment
        organization="",
        project="",
        max_retries=0,
        timeout=time_out,
        http_client=http,
    )


def _base_url(url: str) -> str:
    """Returns ``url`` as the package wants it.

    Raises:
        ValueError: it is no address of a web server.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is no address of a web server")
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return parts._replace(path=path or "/v1", query="", fragment="").geturl()


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _reply(completion: Any) -> Reply:
    """Returns what a completion says; servers that are not quite compatible leave parts out.

    Raises:
        GaveUp: it is a page for people.
    """
    if isinstance(completion, str):
        raise GaveUp(Trouble("address", completion[:200]))
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message, finish = getattr(choice, "message", None), getattr(choice, "finish_reason", None)
    text = getattr(message, "content", None)
    declined = bool(getattr(message, "refusal", None)) or finish == "content_filter"
    return Reply(text if isinstance(text, str) else "", finish == "length", declined)
