"""Chip readers through PC/SC: pyscard, pcscd and the reader's own driver."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from drivers.chip_reader.own_thread import OwnThread
from drivers.chip_reader.pcsc_session import PcscSession
from drivers.options import DriverOptions, OptionValues, parse_options
from drivers.transport.backoff import Backoff
from egate.emrtd.conversation import Carry, Conversation, T, converse
from egate.emrtd.errors import ChipLost
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.ports.devices import DeviceError, DriverOptionError

_MIN_RESPONSE_BYTES: Final = 2


class PcscOptions(DriverOptions):
    """The driver ``pcsc`` has no options."""


class PcscChipReader:
    """One reader of pcscd.

    PC/SC blocks and cannot be interrupted, so it has a thread. What was begun for a
    cancelled caller ends there, in order, before anything is done for the next one.

    Args:
        reader: its name as ``pcsc_scan`` shows it, or a part that no other reader has.

    """

    def __init__(self, reader: str) -> None:
        self._reader = reader
        self._thread = OwnThread(f"pcsc {reader}")
        self._backoff = Backoff()

    @asynccontextmanager
    async def chip(self) -> AsyncIterator[Carry]:
        await self._backoff.pause()
        session = PcscSession(self._reader)

        async def carry(conversation: Conversation[T]) -> T:
            abandoned = threading.Event()

            def transmit(command: CommandApdu) -> ResponseApdu:
                if abandoned.is_set():
                    raise ChipLost("nobody waits for the chip any more")
                return _transmitted(session, command)

            if ended:
                raise ChipLost("the session with the chip has ended")
            try:
                return await self._thread.call(lambda: converse(conversation, transmit))
            finally:
                abandoned.set()

        ended = False
        try:
            await self._thread.call(session.open)
            self._backoff.succeeded()
            while not await self._thread.call(session.try_connect):
                pass
            yield carry
        except DeviceError:
            self._backoff.failed()
            raise
        finally:
            ended = True
            # Queued even if this very wait is cancelled.
            await self._thread.post(session.close)

    async def check(self) -> None:
        session = PcscSession(self._reader)
        try:
            await self._thread.call(session.open)
        finally:
            await self._thread.post(session.close)

    async def aclose(self) -> None:
        self._thread.end()


def _transmitted(session: PcscSession, command: CommandApdu) -> ResponseApdu:
    raw = session.transmit(command.encode())
    if len(raw) < _MIN_RESPONSE_BYTES:
        raise ChipLost("the chip answered without a status word")
    return ResponseApdu.decode(raw)


def open_pcsc(address: str, options: OptionValues) -> PcscChipReader:
    """Make the driver ``pcsc``; ``address`` is the reader's name or a part of it."""
    parse_options("pcsc", PcscOptions, options)
    if not address:
        raise DriverOptionError("driver pcsc: the address is empty; it is the reader's name")
    return PcscChipReader(address)
