"""Between a client and the web process: a wire that can be cut, or go dead without a word."""

from __future__ import annotations

import asyncio
import contextlib


class Wire:
    """Passes connections on to a port of this machine while it is whole.

    Args:
        port: of the web process.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._is_cut = False
        self._alive = asyncio.Event()
        self._alive.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""

    async def __aenter__(self) -> Wire:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._drop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Breaks all connections, and refuses new ones."""
        self._is_cut = True
        self._drop()

    def deaden(self) -> None:
        """Passes nothing on any more, and tells nobody."""
        self._alive.clear()

    def mend(self) -> None:
        """Makes the wire whole; what a dead one had swallowed is gone with its connections."""
        if not self._alive.is_set():
            self._drop()
            self._alive.set()
        self._is_cut = False

    def _drop(self) -> None:
        for writer in list(self._writers):
            if writer.transport is not None:
                writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        other: asyncio.StreamWriter | None = None
        self._writers.add(writer)
        try:
            await self._alive.wait()
            back, other = await asyncio.open_connection("127.0.0.1", self._port)
            self._writers.add(other)
            await asyncio.gather(self._copy(reader, other), self._copy(back, writer))
        except OSError:
            pass  # one end is gone
        finally:
            for one in (writer, other):
                if one is not None:
                    self._writers.discard(one)
                    one.transport.abort()
            self._tasks.discard(task)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                await self._alive.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
