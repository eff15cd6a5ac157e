"""Server-sent events: the page shows each change without asking for it.

A half-open connection looks like silence, so the stream says "alive" every few
seconds and the page calls itself disconnected when it hears nothing for longer.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from egate.web.server import CLOSING

_ALIVE_SECONDS: Final = 3.0
_RETRY_MILLISECONDS: Final = 1000


class EventStream(Response):
    """Sends each value as one JSON event until the page leaves or the server closes.

    Args:
        events: the values; their end ends the stream.
        alive_seconds: pause between signs of life.

    """

    media_type = "text/event-stream"

    def __init__(
        self, events: AsyncIterator[Mapping[str, Any]], alive_seconds: float = _ALIVE_SECONDS
    ) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._events = events
        self._alive_seconds = alive_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(self._send_events(send, ended)),
                tasks.create_task(self._send_signs_of_life(send)),
                tasks.create_task(_disconnected(receive, ended)),
                tasks.create_task(_closed(scope, ended)),
            ]
            await ended.wait()
            for task in running:
                task.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_events(self, send: Send, ended: asyncio.Event) -> None:
        await _write(send, f"retry: {_RETRY_MILLISECONDS}\n\n")
        async for event in self._events:
            await _write(send, f"data: {json.dumps(event, ensure_ascii=False)}\n\n")
        ended.set()

    async def _send_signs_of_life(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self._alive_seconds)
            await _write(send, "event: alive\ndata:\n\n")


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _disconnected(receive: Receive, ended: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    ended.set()


async def _closed(scope: Scope, ended: asyncio.Event) -> None:
    closing: asyncio.Event | None = scope.get(CLOSING)
    if closing is not None:
        await closing.wait()
        ended.set()
