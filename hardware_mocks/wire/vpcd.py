"""The card's side of vpcd's wire: a chip that connects to a virtual reader over TCP.

Each message is a length of two bytes, big-endian, and so many bytes. One byte is a control
message of the reader (0 off, 1 on, 2 reset, 4 send the ATR); anything longer is an APDU.
"""

import asyncio
import socket
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Protocol, Self

from hardware_mocks.wire.pace import Pace, wait_until

AT_ONCE: Final = Pace()
_OFF: Final = 0
_ON: Final = 1
_RESET: Final = 2
_ATR: Final = 4
_RETRY_SECONDS: Final = 0.05
_CHUNK_BYTES: Final = 65537


class ReaderAbsent(Exception):
    """Nobody listens where the virtual reader should be."""


class InsertedChip(Protocol):
    """What the wire needs of a chip."""

    @property
    def atr(self) -> bytes: ...

    def enter_field(self) -> None: ...

    def reset(self) -> None: ...

    def transmit(self, apdu: bytes) -> bytes | None: ...


async def connect(host: str, port: int, *, patience_seconds: float = 10.0) -> socket.socket:
    """Connect to the virtual reader, trying again until it listens; raises ReaderAbsent."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience_seconds):
            while True:
                wire = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                wire.setblocking(False)
                try:
                    await loop.sock_connect(wire, (host, port))
                except OSError:
                    wire.close()
                    await asyncio.sleep(_RETRY_SECONDS)
                except BaseException:
                    wire.close()
                    raise
                else:
                    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    return wire
    except TimeoutError:
        raise ReaderAbsent(f"no virtual reader listens at {host}:{port}") from None


async def serve(wire: socket.socket, chip: InsertedChip, pace: Pace = AT_ONCE) -> None:
    """Answer for ``chip`` until the reader hangs up or the chip leaves the field; then close.

    Each answer to an APDU leaves no earlier than ``pace`` allows after the command came; what
    the chip computes is inside that time.
    """
    loop = asyncio.get_running_loop()
    try:
        incoming = _Incoming(wire)
        while (message := await incoming.message()) is not None:
            arrived = loop.time()
            answer = _answer(message, chip)
            if answer is None:
                return
            if answer:
                if len(message) > 1 and pace is not AT_ONCE:
                    await wait_until(arrived + pace.seconds(len(message), len(answer)))
                framed = len(answer).to_bytes(2, "big") + answer
                await loop.sock_sendall(wire, framed)
    except ConnectionError:
        return
    finally:
        wire.close()


def _answer(message: bytes, chip: InsertedChip) -> bytes | None:
    """What to send back: nothing for power, None when the chip is gone."""
    if len(message) != 1:
        return chip.transmit(message)
    if message[0] in {_OFF, _ON, _RESET}:
        chip.reset()
    return chip.atr if message[0] == _ATR else b""


class _Incoming:
    """Takes messages off the wire, however they are cut into segments."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._buffer = bytearray()

    async def message(self) -> bytes | None:
        """The next message; None when the reader has hung up."""
        if not await self._fill(2):
            return None
        size = int.from_bytes(self._buffer[:2], "big")
        if not await self._fill(2 + size):
            return None
        message = bytes(self._buffer[2 : 2 + size])
        del self._buffer[: 2 + size]
        return message

    async def _fill(self, size: int) -> bool:
        loop = asyncio.get_running_loop()
        while len(self._buffer) < size:
            # vpcd sends length and payload apart: an acknowledgement held back costs 40 ms.
            # The kernel clears the option by itself, so it is set before every receive.
            self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            received = await loop.sock_recv(self._wire, _CHUNK_BYTES)
            if not received:
                return False
            self._buffer += received
        return True


class VirtualCard:
    """A place at a virtual reader where chips are laid down and taken away.

    Use it as an asynchronous context manager: it owns the task that answers, and leaving it
    takes the chip away. A chip whose ``transmit`` returns None has left by itself.
    """

    def __init__(self, host: str, port: int, *, patience_seconds: float = 10.0) -> None:
        self._address = (host, port)
        self._patience_seconds = patience_seconds
        self._stack = AsyncExitStack()
        self._tasks: asyncio.TaskGroup | None = None
        self._serving: asyncio.Task[None] | None = None
        self._wire: socket.socket | None = None

    async def __aenter__(self) -> Self:
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        await self.remove()
        return await self._stack.__aexit__(kind, error, trace)

    @property
    def inserted(self) -> bool:
        """Whether a chip lies in the reader."""
        return self._serving is not None and not self._serving.done()

    async def insert(self, chip: InsertedChip, pace: Pace = AT_ONCE) -> None:
        """Lay a chip down in place of any other; raises ReaderAbsent."""
        await self.remove()
        if self._tasks is None:
            raise RuntimeError("enter the virtual card before inserting a chip")
        host, port = self._address
        wire = await connect(host, port, patience_seconds=self._patience_seconds)
        chip.enter_field()
        self._wire = wire
        self._serving = self._tasks.create_task(serve(wire, chip, pace))

    async def remove(self) -> None:
        """Take the chip away: the connection closes; nothing happens when there is none."""
        serving, self._serving = self._serving, None
        if serving is not None:
            serving.cancel()
            await asyncio.wait([serving])
        if self._wire is not None:  # a task cancelled before its first step closed nothing
            self._wire.close()
            self._wire = None

    async def gone(self) -> None:
        """Wait until the inserted chip has left the field or the reader has hung up."""
        if self._serving is not None:
            await asyncio.wait([self._serving])
