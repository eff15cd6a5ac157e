"""A network camera: MJPEG over HTTP, as ``multipart/x-mixed-replace``."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from hardware_mocks.camera.scene import Scene

STREAM_PATH: Final = "/lane.mjpg"
_BOUNDARY: Final = "picture"
_REQUEST_SECONDS: Final = 5.0
_MAX_REQUEST_BYTES: Final = 8192
_SPOILT_FROM: Final = 2  # behind the marker of its start
_SPOILT_BYTES: Final = 64


class MjpegCamera:
    """The far end of the camera driver: ``cv2.VideoCapture(camera.url)`` opens it.

    ``async with MjpegCamera() as camera`` listens on a free port of 127.0.0.1 and
    streams to any number of viewers until the block ends. Who is seen is
    ``camera.scene.subject``; ``camera.frozen = True`` stops the pictures and leaves the
    connections open, as a hanging camera does; ``camera.garbled = True`` damages each
    picture; ``camera.away = True`` ends every new connection at once (see ``hang_up``).

    Args:
        scene: what is seen; an empty lane by default.
        pictures_per_second: to each viewer.
        light: gives the level of the lane's face light, 0 to 1, as each picture is taken.

    """

    def __init__(
        self,
        scene: Scene | None = None,
        *,
        pictures_per_second: float = 12.0,
        light: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.scene = scene or Scene()
        self._light = light
        self._taking = asyncio.Lock()
        self.frozen = False
        self.garbled = False
        self.away = False
        self.url = ""
        self.pictures_per_second = pictures_per_second
        self._viewers: set[asyncio.StreamWriter] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._server: asyncio.Server | None = None
        self._newest = b""
        self._newest_number = 0
        self._taken_at = float("-inf")

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", 0, limit=_MAX_REQUEST_BYTES
        )
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}{STREAM_PATH}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            for listening in self._server.sockets:
                asyncio.get_running_loop().remove_reader(listening.fileno())
            await asyncio.sleep(0)  # Python 3.11 forgets whom it accepted in the round of closing
            self._server.close()
            self.hang_up()
            await self._server.wait_closed()
        await self._empty.wait()  # their handlers end by themselves

    @property
    def viewers(self) -> int:
        """How many are connected."""
        return len(self._viewers)

    async def newest(self) -> bytes:
        """Return the newest picture, a JPEG file, as any viewer gets it."""
        return (await self._picture())[0]

    def hang_up(self) -> None:
        """End every connection; viewers may connect again."""
        for writer in self._viewers:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.away:
            writer.transport.abort()
            return
        self._viewers.add(writer)
        self._empty.clear()
        try:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
                await self._answer(reader, writer)
        finally:
            writer.close()
            self._viewers.discard(writer)
            if not self._viewers:
                self._empty.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_REQUEST_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        method, path, *_ = head.decode("latin-1").split(maxsplit=2)
        if (method, path) != ("GET", STREAM_PATH):
            writer.write(b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        writer.write(
            b"HTTP/1.0 200 OK\r\nCache-Control: no-store\r\nConnection: close\r\n"
            + f"Content-Type: multipart/x-mixed-replace; boundary={_BOUNDARY}\r\n\r\n".encode()
        )
        await self._stream(writer)

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        seen = 0
        while not writer.transport.is_closing():
            picture, number = await self._picture()
            if number != seen:
                seen = number
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                writer.write(f"--{_BOUNDARY}\r\n{head}".encode() + picture + b"\r\n")
                await writer.drain()
            await asyncio.sleep(self._due_in())

    async def _picture(self) -> tuple[bytes, int]:
        """Return the newest picture and its number, taking one when it is time.

        It is rendered in a thread: the lane's other devices answer meanwhile.
        """
        async with self._taking:
            if self._due_in() <= 0 and not self.frozen:
                self._taken_at = asyncio.get_running_loop().time()
                self.scene.light = self._light()
                taken = await asyncio.to_thread(self.scene.jpeg)
                self._newest = _damaged(taken, self._newest_number) if self.garbled else taken
                self._newest_number += 1
        return self._newest, self._newest_number

    def _due_in(self) -> float:
        interval = 1 / self.pictures_per_second
        due = self._taken_at + interval - asyncio.get_running_loop().time()
        return interval if due <= 0 and self.frozen else due


def _damaged(picture: bytes, number: int) -> bytes:
    """Spoil the tables at the head of a JPEG, another place in each: no decoder takes it."""
    at = _SPOILT_FROM + number % _SPOILT_BYTES
    return picture[:at] + bytes(_SPOILT_BYTES) + picture[at + _SPOILT_BYTES :]
