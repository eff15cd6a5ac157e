"""A serial line as bytes in and bytes out: exclusive, by path, reopened after a loss."""

import asyncio
import errno
import termios
from typing import Final

import serial

from drivers.transport.backoff import Backoff
from egate.ports.devices import DeviceError, DeviceName

_READ_BYTES: Final = 4096

# pyserial raises SerialException (an OSError) from read and write, a bare OSError
# from in_waiting, termios.error from its settings, ValueError for a speed it cannot set.
LINE_ERRORS: Final = (OSError, termios.error, ValueError)

_REASONS: Final = {
    errno.ENOENT: "no such device: unplugged, or a wrong path",
    errno.ENXIO: "no such device: unplugged, or a wrong path",
    errno.EACCES: "no permission: add this user to the group of the device (dialout)",
    errno.EBUSY: "in use by another program",
    errno.EAGAIN: "in use by another program",  # the lock of an exclusive opening
    errno.ENOTTY: "not a serial line",
    errno.EIO: "unplugged",
}


def why(path: str, error: BaseException) -> str:
    """Say in a technician's words why the line at ``path`` cannot be used."""
    number = getattr(error, "errno", None)
    if number is None and error.args and isinstance(error.args[0], int):
        number = error.args[0]  # termios.error
    return f"{path}: {_REASONS.get(number or 0, str(error) or type(error).__name__)}"


class SerialStream:
    """One serial line, 8N1, opened by its first use.

    After a loss the next call waits out a short pause and opens the line again.

    Args:
        device: whose line it is, for ``DeviceError``.
        path: best one of ``/dev/serial/by-id``, which stays the same.
        baud_rate: bits per second.
        longest_pause_seconds: between two attempts to open it.

    """

    def __init__(
        self,
        device: DeviceName,
        path: str,
        baud_rate: int,
        *,
        longest_pause_seconds: float = 5.0,
    ) -> None:
        self._device = device
        self._path = path
        self._baud_rate = baud_rate
        self._port: serial.Serial | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._backoff = Backoff(longest_pause_seconds)

    @property
    def is_open(self) -> bool:
        return self._port is not None

    async def open(self) -> None:
        """Open the line if it is not open.

        Raises:
            DeviceError: the path is missing, busy, forbidden or no serial line.

        """
        await self._opened()

    async def read(self) -> bytes:
        """Wait for bytes and return what has come, at least one. One reader at a time.

        Raises:
            DeviceError: the line is lost, or was closed meanwhile.

        """
        port = await self._opened()
        received = b""
        while not received:
            await self._wait_until_readable(port)
            try:
                received = port.read(_READ_BYTES)
            except LINE_ERRORS as error:
                raise self._lost(error) from error
        return received

    async def write(self, message: bytes) -> None:
        """Send ``message``, some bytes that fit the line's buffer.

        Raises:
            DeviceError: the line is lost, or takes no bytes.

        """
        port = await self._opened()
        try:
            written = port.write(message)
        except LINE_ERRORS as error:
            raise self._lost(error) from error
        if written != len(message):
            self.close()
            raise DeviceError(self._device, f"{self._path}: the line takes no bytes")

    def close(self) -> None:
        """Let the line go; a reader that waits ends with ``DeviceError``."""
        port, self._port = self._port, None
        if port is None:
            return
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(DeviceError(self._device, f"{self._path}: closed"))
            asyncio.get_running_loop().remove_reader(port.fileno())
        port.close()

    async def _opened(self) -> serial.Serial:
        if self._port is not None:
            return self._port
        await self._backoff.pause()
        if self._port is not None:  # by another caller, during the pause
            return self._port
        try:
            # Timeout 0: never waits. Exclusive: a second program would steal bytes.
            self._port = serial.Serial(
                self._path, self._baud_rate, timeout=0, write_timeout=0, exclusive=True
            )
        except LINE_ERRORS as error:
            raise self._lost(error) from error
        self._backoff.succeeded()
        return self._port

    async def _wait_until_readable(self, port: serial.Serial) -> None:
        loop = asyncio.get_running_loop()
        waiter = self._waiter = loop.create_future()
        loop.add_reader(port.fileno(), _settle, waiter)
        try:
            await waiter
        finally:
            self._waiter = None
            if self._port is port:
                loop.remove_reader(port.fileno())

    def _lost(self, error: BaseException) -> DeviceError:
        reason = f"{self._path}: unplugged" if self.is_open else why(self._path, error)
        self.close()
        self._backoff.failed()
        return DeviceError(self._device, reason)


def _settle(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
