"""Wires that go wrong while they are used: pulled, garbled, slow or dead until they are mended."""

import asyncio
import random
import socket
from contextlib import suppress
from enum import StrEnum

from hardware_mocks.wire.pty import Pty
from tests.hanging_up import stop_listening

_CHUNK_BYTES = 4096
_NOISE_BYTES = 4
_GIVEN_PORTS: set[int] = set()


class Fault(StrEnum):
    """What happens to a device.

    ``UNPLUGGED``: the wire's end vanishes. ``GARBLED``: every message is damaged, in both
    directions where both are the device's. ``SLOW``: what it says comes later than the driver
    waits. ``DEAD``: it takes everything and never says anything.
    """

    UNPLUGGED = "unplugged"
    GARBLED = "garbled"
    SLOW = "slow"
    DEAD = "dead"


class Spoiler:
    """Damages messages: never leaves one as it was."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - damage, not secrets

    def spoiled(self, message: bytes) -> bytes:
        """Return ``message`` with a flipped bit, a byte less, noise before it, or all noise."""
        at = self._chance.randrange(len(message)) if message else 0
        match self._chance.randrange(4):
            case 0:
                return self.flipped(message)
            case 1:
                return message[:at] + message[at + 1 :]
            case 2:
                return self.flipped(self._chance.randbytes(_NOISE_BYTES) + message)
            case _:
                return self._chance.randbytes(len(message))

    def flipped(self, message: bytes) -> bytes:
        """Return ``message`` with one bit the other way, and its length kept."""
        if not message:
            return message
        at = self._chance.randrange(len(message))
        damaged = message[at] ^ 1 << self._chance.randrange(8)
        return message[:at] + bytes((damaged,)) + message[at + 1 :]


def lasting_port() -> int:
    """Return a free port that no connection of somebody else takes while it is closed."""
    while True:
        port = random.randrange(20_000, 30_000)  # noqa: S311 - below those of connections
        if port not in _GIVEN_PORTS:
            with suppress(OSError), socket.create_server(("127.0.0.1", port)):
                _GIVEN_PORTS.add(port)
                return port


class FaultyPty(Pty):
    """A serial line of a device that can go wrong.

    Args:
        name: the last part of ``path``.
        late_seconds: how late a slow device is: it begins a message in time, and the rest
            of it comes so much later; beyond every time-out of the driver.

    """

    is_late = False
    """The next frames are late, and nothing else is wrong with the line."""

    def __init__(self, name: str, late_seconds: float) -> None:
        super().__init__(baud=None, name=name)
        self._late_seconds = late_seconds
        self._fault: Fault | None = None
        self._spoiler = Spoiler(0)

    def begin(self, fault: Fault, seed: int) -> None:
        """Let the line go wrong from now on."""
        self._fault, self._spoiler = fault, Spoiler(seed)
        if fault is Fault.UNPLUGGED:
            self.unplug()

    def mend(self) -> None:
        """Let the line be well again."""
        self._fault = None
        self.plug()

    async def read(self, limit_bytes: int = 256) -> bytes:
        while received := await super().read(limit_bytes):
            if self._fault is not Fault.DEAD:
                garbled = self._fault is Fault.GARBLED
                return self._spoiler.spoiled(received) or b"\x00" if garbled else received
        return b""

    async def write(self, frame: bytes) -> None:
        if self.is_late:
            await asyncio.sleep(self._late_seconds)
        match self._fault:
            case Fault.DEAD | Fault.UNPLUGGED:
                return
            case Fault.GARBLED:
                await super().write(self._spoiler.spoiled(frame))
            case Fault.SLOW:
                await super().write(frame[: len(frame) // 2])
                await asyncio.sleep(self._late_seconds)
                await super().write(frame[len(frame) // 2 :])
            case None:
                await super().write(frame)


class Relay:
    """A TCP connection between a device and the gate that can go wrong in the middle.

    ``async with Relay(...)`` listens on a port of 127.0.0.1, the same after each fault.

    Args:
        port: of the end that listens.
        device_calls: the device is the end that connects, and the gate the one that listens.
        late_seconds: how late a slow device is.
        in_frame: damage keeps lengths, so that it reaches what the messages say.

    """

    def __init__(
        self, port: int, *, device_calls: bool, late_seconds: float, in_frame: bool = False
    ) -> None:
        self._upstream = port
        self._device_calls = device_calls
        self._late_seconds = late_seconds
        self._in_frame = in_frame
        self._fault: Fault | None = None
        self._spoiler = Spoiler(0)
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.StreamWriter] = set()
        self.port = lasting_port()

    async def __aenter__(self) -> "Relay":
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hang_up()

    async def begin(self, fault: Fault, seed: int) -> None:
        """Let the connection go wrong from now on."""
        self._fault, self._spoiler = fault, Spoiler(seed)
        if fault is Fault.UNPLUGGED:
            self._hang_up()

    async def mend(self) -> None:
        """Let the connection be well again."""
        self._fault = None
        if self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            stop_listening(server)
        for link in self._links:
            link.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        self._links.add(writer)
        try:
            with suppress(OSError):
                above, up = await asyncio.open_connection("127.0.0.1", self._upstream)
                ends.append(up)
                self._links.add(up)
                async with asyncio.TaskGroup() as ways:
                    ways.create_task(self._one_way(reader, up, from_device=self._device_calls))
                    ways.create_task(
                        self._one_way(above, writer, from_device=not self._device_calls)
                    )
        finally:
            for end in ends:
                end.transport.abort()
                self._links.discard(end)

    async def _one_way(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_device: bool
    ) -> None:
        with suppress(OSError):
            while received := await reader.read(_CHUNK_BYTES):
                if self._fault is Fault.DEAD:
                    continue
                if from_device and self._fault is Fault.GARBLED:
                    garble = self._spoiler.flipped if self._in_frame else self._spoiler.spoiled
                    received = garble(received)
                if from_device and self._fault is Fault.SLOW:
                    await asyncio.sleep(self._late_seconds)
                writer.write(received)
                await writer.drain()
        for end in self._links & {writer}:  # one end gone, the other goes as well
            end.transport.abort()
