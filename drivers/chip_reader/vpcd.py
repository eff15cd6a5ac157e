"""A virtual card without pcscd: this side plays vpcd and listens, the card connects.

A connection is a chip that enters the field, its end is the chip leaving. For
simulated chips on this machine; the wire has no protection whatsoever.
"""

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final

from pydantic import Field

from drivers.chip_reader.vpcd_wire import Control, Decoder, WireBroken, encode
from drivers.options import DriverOptions, OptionValues, parse_host_and_port, parse_options
from egate.emrtd.conversation import Carry, carried_by
from egate.emrtd.errors import ChipLost
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.ports.devices import DeviceError, DeviceName

_MAX_CARDS: Final = 4
_MIN_RESPONSE_BYTES: Final = 2


class VpcdOptions(DriverOptions):
    """Options of the driver ``vpcd``."""

    apdu_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0


class _Card(asyncio.Protocol):
    """One connected card, from entering the field to leaving it."""

    def __init__(self, field: "_Field") -> None:
        self._field = field
        self._decoder = Decoder()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._owed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - create_server gives these
        self._transport = transport
        if not self._field.enter(self):
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio.Protocol
        self._leave()

    def data_received(self, data: bytes) -> None:
        try:
            for payload in self._decoder.feed(data):
                self._receive(payload)
        except WireBroken:
            self.abort()

    def _receive(self, payload: bytes) -> None:
        if self._owed == 0:
            raise WireBroken("an answer that nobody asked for")
        self._owed -= 1
        # Answers come in order: with more of them owed, this one belongs to an
        # exchange that was abandoned, and must not reach the present one.
        if self._owed == 0 and self._answer is not None and not self._answer.done():
            self._answer.set_result(payload)

    def control(self, *messages: Control) -> None:
        """Send control messages that have no answer."""
        if self._transport is not None:
            for message in messages:
                self._transport.write(encode(bytes((message,))))

    async def exchange(self, payload: bytes, timeout_seconds: float) -> bytes:
        """Send ``payload`` and return its answer.

        Raises:
            ChipLost: the card left the field, or did not answer in time.

        """
        if self._transport is None or self._transport.is_closing():
            raise ChipLost("the chip left the field")
        self._transport.write(encode(payload))
        self._owed += 1
        self._answer = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._answer
        except TimeoutError:
            self.abort()
            raise ChipLost(f"the chip did not answer within {timeout_seconds:g} s") from None
        finally:
            self._answer = None

    def close(self) -> None:
        """End the connection once what was written has gone out."""
        if self._transport is not None:
            self._transport.close()
        self._leave()

    def abort(self) -> None:
        """Cut the connection: the far end is not to be trusted with another exchange."""
        if self._transport is not None:
            self._transport.abort()
        self._leave()

    def _leave(self) -> None:
        self._transport = None
        self._field.leave(self)
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ChipLost("the chip left the field"))


class _Field:
    """The cards that are connected now. With several, the newest is read."""

    def __init__(self) -> None:
        self.cards: list[_Card] = []
        self._entered = asyncio.Event()

    def enter(self, card: _Card) -> bool:
        if len(self.cards) >= _MAX_CARDS:
            return False
        self.cards.append(card)
        self._entered.set()
        return True

    def leave(self, card: _Card) -> None:
        if card in self.cards:
            self.cards.remove(card)

    async def card(self) -> _Card:
        while not self.cards:
            self._entered.clear()
            await self._entered.wait()
        return self.cards[-1]


class _Session:
    """One holder's time with the card; a ``Carry`` that outlives it is refused."""

    def __init__(self, card: _Card, timeout_seconds: float) -> None:
        self._card = card
        self._timeout_seconds = timeout_seconds
        self._open = True

    async def transceive(self, command: CommandApdu) -> ResponseApdu:
        if not self._open:
            raise ChipLost("the session with the chip has ended")
        raw = await self._card.exchange(command.encode(), self._timeout_seconds)
        if len(raw) < _MIN_RESPONSE_BYTES:
            self._card.abort()
            raise ChipLost("the chip answered without a status word")
        return ResponseApdu.decode(raw)

    def end(self) -> None:
        self._open = False
        self._card.control(Control.POWER_OFF)


class VpcdChipReader:
    """Listens for virtual cards.

    Args:
        host: where to listen.
        port: TCP port; 0 takes a free one, see ``port``.
        options: see ``VpcdOptions``.

    """

    def __init__(self, host: str, port: int, options: VpcdOptions | None = None) -> None:
        self._host = host
        self._port = port
        self._options = options or VpcdOptions()
        self._field = _Field()
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()
        self._in_use = asyncio.Lock()

    @property
    def port(self) -> int:
        """The port it listens on, once it does."""
        return self._port

    async def check(self) -> None:
        async with self._opening:
            if self._server is not None:
                return
            try:
                self._server = await asyncio.get_running_loop().create_server(
                    lambda: _Card(self._field), self._host, self._port
                )
            except OSError as error:
                raise DeviceError(DeviceName.CHIP_READER, self._why(error)) from error
            self._port = self._server.sockets[0].getsockname()[1]

    async def aclose(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            for listening in server.sockets:
                asyncio.get_running_loop().remove_reader(listening.fileno())
            await asyncio.sleep(0)  # Python 3.11 forgets whom it accepted in the round of closing
            server.close()
            for card in tuple(self._field.cards):
                card.close()
            await server.wait_closed()
            await asyncio.sleep(0)  # the transports close their sockets in the next round

    @asynccontextmanager
    async def chip(self) -> AsyncIterator[Carry]:
        await self.check()
        async with self._in_use:
            session = _Session(await self._powered_card(), self._options.apdu_timeout_seconds)
            try:
                yield carried_by(session.transceive)
            finally:
                session.end()

    async def occupied(self) -> bool:
        await self.check()
        return bool(self._field.cards)

    async def _powered_card(self) -> _Card:
        """Return a card that answered with its ATR after power on and reset."""
        while True:
            card = await self._field.card()
            card.control(Control.POWER_ON, Control.RESET)
            try:
                await card.exchange(bytes((Control.ATR,)), self._options.apdu_timeout_seconds)
            except ChipLost:
                continue  # it was gone already; the next one, then
            return card

    def _why(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return f"port {self._port} of {self._host} is in use by another program"
        return f"cannot listen on {self._host}:{self._port}: {error.strerror or error}"


def open_vpcd(address: str, options: OptionValues) -> VpcdChipReader:
    """Make the driver ``vpcd``; ``address`` is ``HOST:PORT`` or ``vpcd://HOST:PORT``."""
    host, port = parse_host_and_port("vpcd", address.removeprefix("vpcd://"))
    return VpcdChipReader(host, port, parse_options("vpcd", VpcdOptions, options))
