"""Serves a web application inside a block, on a socket bound beforehand."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette

from egate.reporting.server import CannotListen

_HIGHEST_PORT: Final = 65_535


class _Server(uvicorn.Server):
    """Leaves the signals of the process to its command."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving_web(application: Starlette, listen: str) -> AsyncIterator[str]:
    """Serve ``application`` inside the block and give the address as bound.

    Args:
        application: what to serve.
        listen: ``host:port``; port 0 chooses a free one.

    Raises:
        CannotListen: the address cannot be bound.

    """
    configuration = uvicorn.Config(
        application,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        limit_concurrency=200,
    )
    server = _Server(configuration)
    with _bind(listen) as bound:
        host, port = bound.getsockname()[:2]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[bound]))
            try:
                yield f"{host}:{port}"
            finally:
                server.should_exit = True


def _bind(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    if int(port) > _HIGHEST_PORT:
        raise CannotListen(f"{listen}: there is no such port")
    try:
        return socket.create_server((host, int(port)))
    except OSError as error:
        raise CannotListen(f"{listen}: in use, or not an address of this machine") from error
