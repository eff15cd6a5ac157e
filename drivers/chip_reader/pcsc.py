"""Chip readers through PC/SC: pyscard, pcscd and the reader's own driver."""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any, Final, Self

from pydantic import Field

from drivers.chip_reader.own_thread import OwnThread
from drivers.chip_reader.pcsc_session import PcscSession
from drivers.options import DriverOptions, OptionValues, parse_options
from drivers.transport.backoff import Backoff
from egate.emrtd.conversation import Carry, Conversation, T, converse
from egate.emrtd.errors import ChipLost
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.ports.devices import DeviceError, DeviceName, DriverOptionError

_MIN_RESPONSE_BYTES: Final = 2
_MOST_ABANDONED: Final = 4  # threads; each holds what it waits for until it returns


class PcscOptions(DriverOptions):
    """Options of the driver ``pcsc``.

    Args:
        stall_seconds: a call of PC/SC that takes longer is taken for one that never returns.
            A chip may ask for more time again and again, and powering one takes a while.

    """

    stall_seconds: Annotated[float, Field(ge=0.5, le=60)] = 8.0


class PcscChipReader:
    """One reader of pcscd.

    PC/SC blocks and cannot be interrupted, so it has a thread. What was begun for a
    cancelled caller ends there, in order, before anything is done for the next one.
    A thread whose call never returns is abandoned and replaced, a few times at most.

    Args:
        reader: its name as ``pcsc_scan`` shows it, or a part that no other reader has.
        options: of the driver.

    """

    def __init__(self, reader: str, options: PcscOptions) -> None:
        self._reader = reader
        self._stall_seconds = options.stall_seconds
        self._thread = OwnThread(f"pcsc {reader}")
        self._backoff = Backoff()

    @asynccontextmanager
    async def chip(self) -> AsyncIterator[Carry]:
        await self._backoff.pause()
        try:
            async with self._opened() as session:
                self._backoff.succeeded()
                while not await self._within(session, session.try_connect):
                    pass
                with _Carrier(session, self._within) as carrier:
                    yield carrier.carry
        except DeviceError:
            self._backoff.failed()
            raise

    async def occupied(self) -> bool:
        async with self._opened() as session:
            return await self._within(session, session.has_chip)

    async def check(self) -> None:
        async with self._opened() as session:
            await self._within(session, session.expect_usable)

    async def aclose(self) -> None:
        self._thread.end()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[PcscSession]:
        session = PcscSession(self._reader)
        try:
            await self._within(session, session.open)
            yield session
        finally:
            # Never behind a call that does not return: PC/SC holds a lock meanwhile.
            if not session.stalled:
                # Queued even if this very wait is cancelled. What it is queued behind was
                # given up by its caller, maybe before it counted as stalled.
                with suppress(TimeoutError):
                    await self._thread.call_within(self._stall_seconds, session.close)

    async def _within(
        self, session: PcscSession, blocking: Callable[[], T], progress: Callable[[], int] = int
    ) -> T:
        def closing_when_late() -> T:
            try:
                return blocking()
            finally:
                if session.stalled:
                    session.close()

        if self._thread.abandoned >= _MOST_ABANDONED:
            raise self._stalled("PC/SC stalls again and again: restart pcscd")
        try:
            return await self._thread.call_within(self._stall_seconds, closing_when_late, progress)
        except TimeoutError as error:
            session.stalled = True
            raise self._stalled(f"PC/SC does not return after {self._stall_seconds:g} s") from error

    def _stalled(self, reason: str) -> DeviceError:
        return DeviceError(DeviceName.CHIP_READER, f"{self._reader}: {reason}")


Within = Callable[[PcscSession, Callable[[], Any], Callable[[], int]], Awaitable[Any]]


class _Carrier:
    """Conversations with the chip of one session, until the session ends."""

    def __init__(self, session: PcscSession, within: Within) -> None:
        self._session = session
        self._within = within
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True

    async def carry(self, conversation: Conversation[T]) -> T:
        abandoned = threading.Event()
        exchanges = 0

        def transmit(command: CommandApdu) -> ResponseApdu:
            nonlocal exchanges
            if abandoned.is_set():
                raise ChipLost("nobody waits for the chip any more")
            exchanges += 1
            return _transmitted(self._session, command)

        if self._ended:
            raise ChipLost("the session with the chip has ended")
        try:
            answer: T = await self._within(
                self._session, lambda: converse(conversation, transmit), lambda: exchanges
            )
        finally:
            abandoned.set()
        return answer


def _transmitted(session: PcscSession, command: CommandApdu) -> ResponseApdu:
    raw = session.transmit(command.encode())
    if len(raw) < _MIN_RESPONSE_BYTES:
        raise ChipLost("the chip answered without a status word")
    return ResponseApdu.decode(raw)


def open_pcsc(address: str, options: OptionValues) -> PcscChipReader:
    """Make the driver ``pcsc``; ``address`` is the reader's name or a part of it."""
    chosen = parse_options("pcsc", PcscOptions, options)
    if not address:
        raise DriverOptionError("driver pcsc: the address is empty; it is the reader's name")
    return PcscChipReader(address, chosen)
