"""A wire between gates and the centre that goes wrong as networks do, and heals where it was."""

import asyncio
import random
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass

from tests.hanging_up import stop_listening

_CHUNK_BYTES = 1 << 16
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: closing sends RST instead of FIN


@dataclass(frozen=True, slots=True)
class Weather:
    """How a wire is.

    Args:
        there: somebody listens; without it every connection is reset and new ones are refused.
        resets: connections are taken, and reset at once.
        up: what the callers say arrives; what does not waits, as TCP would send it again.
        down: what they are answered arrives.
        delay: from how many to how many seconds each piece is late.
        piece_bytes: so many arrive at once.

    """

    there: bool = True
    resets: bool = False
    up: bool = True
    down: bool = True
    delay: tuple[float, float] = (0.0, 0.0)
    piece_bytes: int = _CHUNK_BYTES


FAIR = Weather()
CUT = Weather(there=False)
RESET = Weather(resets=True)
BLACK_HOLE = Weather(up=False, down=False)
"""Connections are taken, and nothing is ever said on them: half open."""
ANSWERS_LOST = Weather(down=False)
QUESTIONS_LOST = Weather(up=False)
LATE = Weather(delay=(0.05, 5.0))
DRIPPING = Weather(delay=(0.0, 0.02), piece_bytes=7)


class Wire:
    """``async with Wire(to)`` carries whoever connects to ``address`` on to ``to``.

    Args:
        to: as ``host:port``.
        seed: of delays and of when it flaps.

    """

    def __init__(self, to: str, seed: int = 0) -> None:
        self._to = to
        self._chance = random.Random(seed)
        self._weather = FAIR
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self.address = "127.0.0.1:0"
        self.connections = 0
        """That were ever taken."""

    async def __aenter__(self) -> "Wire":
        await self.become(FAIR)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.become(CUT)

    async def become(self, weather: Weather) -> None:
        """Be like this from now on, for the connections that there are as well."""
        self._weather = weather
        self._changed.set()
        self._changed = asyncio.Event()
        if weather.resets or not weather.there:
            self._reset_all()
        if weather.there and self._server is None:
            host, _, port = self.address.rpartition(":")
            self._server = await asyncio.start_server(self._carry, host, int(port))
            self.address = "{}:{}".format(*self._server.sockets[0].getsockname())
        elif not weather.there and self._server is not None:
            server, self._server = self._server, None
            stop_listening(server)

    async def flap(self, longest_seconds: float) -> None:
        """Be cut, fair, reset, fair, swallowed, fair... for random times, until cancelled."""
        faults = (CUT, RESET, BLACK_HOLE, ANSWERS_LOST)
        try:
            while True:
                for weather in (self._chance.choice(faults), FAIR):
                    await self.become(weather)
                    await asyncio.sleep(self._chance.uniform(0.0, longest_seconds))
        finally:
            await self.become(FAIR)

    def _reset_all(self) -> None:
        for end in self._ends:
            _reset(end)

    async def _carry(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.connections += 1
        mine = {back}
        self._ends |= mine
        try:
            if self._weather.resets or not self._weather.there:
                return
            host, _, port = self._to.rpartition(":")
            called, onward = await asyncio.open_connection(host, int(port))
            mine.add(onward)
            self._ends |= mine
            if back.transport.is_closing():
                return  # reset meanwhile
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._one_way(caller, onward, is_up=True))
                ways.create_task(self._one_way(called, back, is_up=False))
        except* OSError:
            pass  # one of the two has gone
        finally:
            for end in mine:
                _reset(end)
            self._ends -= mine

    async def _one_way(
        self, reads: asyncio.StreamReader, writes: asyncio.StreamWriter, *, is_up: bool
    ) -> None:
        while content := await reads.read(self._weather.piece_bytes):
            await asyncio.sleep(self._chance.uniform(*self._weather.delay))
            await self._open(is_up=is_up)
            writes.write(content)
            await writes.drain()
        await self._open(is_up=is_up)
        raise ConnectionResetError  # one way has ended, and the other with it

    async def _open(self, *, is_up: bool) -> None:
        while not (self._weather.up if is_up else self._weather.down):
            await self._changed.wait()


def _reset(end: asyncio.StreamWriter) -> None:
    own = end.get_extra_info("socket")
    with suppress(OSError):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    end.transport.abort()
