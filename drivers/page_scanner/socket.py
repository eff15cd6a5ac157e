"""A scanner whose vendor's program connects to us and sends each page (``message``).

On this machine only: a Unix socket, which its folder's owner guards, or a port of the loopback
interface, to which any program of the machine could send a page. One program at a time; the next
one waits until it has gone.
"""

import asyncio
import ipaddress
import os
import socket
import stat
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from drivers.options import DriverOptions, OptionValues, parse_host_and_port, parse_options
from drivers.page_scanner.lights import LightsUnusable, page_of
from drivers.page_scanner.message import REFUSED, TAKEN, MessageBroken, read_page
from egate.ports.devices import DeviceError, DeviceName, DriverOptionError, PageScan, UnusablePage

_NAME: Final = "socket"
_FORMS: Final = "unix:/PATH or tcp:127.0.0.1:PORT"
_OWNER_AND_GROUP: Final = 0o660
_WAITING_PROGRAMS: Final = 2


class SocketOptions(DriverOptions):
    """Options of the driver ``socket``.

    Args:
        page_seconds: in which a page has to arrive, from its first byte.

    """

    page_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0


class SocketPageScanner:
    """Gives the pages that arrive at one address, in their order.

    Args:
        place: path of a Unix socket, or host and port.
        page_seconds: see ``SocketOptions``.

    """

    def __init__(self, place: Path | tuple[str, int], page_seconds: float) -> None:
        self._place = place
        self._page_seconds = page_seconds

    async def pages(self) -> AsyncGenerator[PageScan | UnusablePage]:
        """Give each page from now on; while nobody asks for pages, nobody can connect."""
        with self._listening() as listener:
            while True:
                connected, _ = await asyncio.get_running_loop().sock_accept(listener)
                async with aclosing(self._pages_of(connected)) as given:
                    async for page in given:
                        yield page
                        del page  # nothing holds it while the next one is waited for

    async def check(self) -> None:
        """See that the socket can be where it should be; a gate that runs may have it."""
        if isinstance(self._place, Path):
            await asyncio.to_thread(self._check_folder, self._place.parent)

    async def aclose(self) -> None:
        """Nothing is held open while nobody asks for pages."""

    async def _pages_of(self, connected: socket.socket) -> AsyncGenerator[PageScan | UnusablePage]:
        """Give the pages of one program until it goes."""
        reader, writer = await asyncio.open_connection(sock=connected)
        try:
            while first := await reader.read(1):
                page = await self._page(first, reader, writer)
                yield page
                del page
        except MessageBroken as error:
            yield UnusablePage(str(error))
        except OSError:  # the program is gone; one that comes back begins anew
            return
        finally:
            writer.close()

    async def _page(
        self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> PageScan | UnusablePage:
        """Return a page that has begun, and tell its program whether it can be used.

        Raises:
            MessageBroken: it is no page, nor is what follows.

        """
        try:
            files = await read_page(first, reader, self._page_seconds)
            page = await asyncio.to_thread(page_of, files)
        except (LightsUnusable, MessageBroken) as error:
            writer.write(REFUSED)
            if isinstance(error, MessageBroken):
                raise
            return UnusablePage(str(error))
        writer.write(TAKEN)
        return page

    @contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        try:
            listener = self._bound()
        except OSError as error:
            reason = f"{self._place}: {error.strerror}"
            raise DeviceError(DeviceName.PAGE_SCANNER, reason) from error
        with listener:
            listener.listen(_WAITING_PROGRAMS)
            listener.setblocking(False)
            yield listener

    def _bound(self) -> socket.socket:
        if isinstance(self._place, Path):
            _remove_socket(self._place)
            with ExitStack() as unless_bound:
                made = unless_bound.enter_context(socket.socket(socket.AF_UNIX))
                made.bind(str(self._place))
                self._place.chmod(_OWNER_AND_GROUP)
                unless_bound.pop_all()
            return made
        family = socket.AF_INET6 if ":" in self._place[0] else socket.AF_INET
        return socket.create_server(self._place, family=family)

    def _check_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            raise DeviceError(DeviceName.PAGE_SCANNER, f"{folder}: no such folder")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise DeviceError(DeviceName.PAGE_SCANNER, f"{folder}: may not be changed by us")


def open_socket(address: str, options: OptionValues) -> SocketPageScanner:
    """Make the driver ``socket``; ``address`` is ``unix:/PATH`` or ``tcp:127.0.0.1:PORT``.

    Raises:
        DriverOptionError: the address or an option cannot be used.

    """
    chosen = parse_options(_NAME, SocketOptions, options)
    return SocketPageScanner(_place(address), chosen.page_seconds)


def _place(address: str) -> Path | tuple[str, int]:
    form, _, rest = address.partition(":")
    if form == "unix" and Path(rest).is_absolute():
        return Path(rest)
    if form == "tcp":
        host, port = parse_host_and_port(_NAME, rest)
        if _is_loopback(host):
            return host, port
    raise DriverOptionError(f"driver {_NAME}: address {address!r} is not {_FORMS}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _remove_socket(path: Path) -> None:
    """Remove the socket that a process of before has left; nothing else."""
    try:
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except FileNotFoundError:
        return
    if is_socket:
        path.unlink(missing_ok=True)
