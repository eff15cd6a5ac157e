"""A serial line: the device holds one end of a pseudo-terminal, the gate opens the other."""

import asyncio
import os
import shutil
import tempfile
import tty
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from hardware_mocks.faults import CLEAN, FaultyLine, WireFaults

_BITS_A_BYTE: Final = 10  # 8N1: start bit, 8 bits, stop bit
_PACE_SECONDS: Final = 0.005  # bytes are let go in lots of this much line time
_BYTE_PAUSE_SECONDS: Final = 0.001


class Pty:
    """One serial line as the device sees it.

    The gate opens ``path``, a link that stays the same when the line is unplugged
    and plugged in again, as ``/dev/serial/by-id`` does. Like a line without
    handshake it loses what nobody reads.

    Args:
        baud: a pseudo-terminal ignores it, so that both directions are paced here,
            8N1; None lets bytes through at once.
        faults: what goes wrong on the way from the device to the gate.
        name: the last part of ``path``.

    """

    def __init__(
        self, *, baud: int | None = 9600, faults: WireFaults = CLEAN, name: str = "tty"
    ) -> None:
        self._baud = baud
        self._line = FaultyLine(faults)
        self._folder = Path(tempfile.mkdtemp(prefix="lane-"))
        self._link = self._folder / name
        self._ends: tuple[int, int] | None = None
        self._closed = False
        self._arriving = b""
        self._readable = asyncio.Event()
        self._writing = asyncio.Lock()
        self.plug()

    @property
    def path(self) -> str:
        """What the gate opens."""
        return str(self._link)

    @property
    def plugged(self) -> bool:
        return self._ends is not None

    def set_faults(self, faults: WireFaults) -> None:
        """Let other things go wrong from the next frame on."""
        self._line = FaultyLine(faults)

    def plug(self) -> None:
        """Put the line (back) in."""
        if self._ends is not None or self._closed:
            return
        device, gate = os.openpty()
        tty.setraw(gate)
        os.set_blocking(device, False)
        # The gate's end stays open here as well: otherwise every read between two
        # openings would be an error, and the settings would be lost.
        self._ends = device, gate
        self._link.symlink_to(os.ttyname(gate))
        self._readable.set()

    def unplug(self) -> None:
        """Pull the line: the gate's reads and writes fail, and ``path`` is gone."""
        if self._ends is None:
            return
        ends, self._ends = self._ends, None
        self._link.unlink()
        with suppress(RuntimeError):  # no running loop, so nobody is waiting
            asyncio.get_running_loop().remove_reader(ends[0])
        for end in ends:
            os.close(end)
        self._readable.set()

    def close(self) -> None:
        """Unplug for good."""
        self.unplug()
        self._closed = True
        self._readable.set()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def read(self, limit_bytes: int = 256) -> bytes:
        """Wait for bytes of the gate, at most ``limit_bytes``; empty after ``close``.

        An unplugged line gives nothing until it is plugged in again. One reader at a time.
        """
        while not self._closed:
            ends = self._ends
            if ends is not None and self._fetch(ends[0], limit_bytes):
                # Kept in the object while it is paced: a cancelled read loses nothing.
                await self._pace(len(self._arriving))
                received, self._arriving = self._arriving, b""
                return received
            await self._wait_for_bytes(ends)
        return b""

    def _fetch(self, device: int, limit_bytes: int) -> bool:
        if not self._arriving:
            with suppress(OSError):  # nothing there
                self._arriving = os.read(device, limit_bytes)
        return bool(self._arriving)

    async def _wait_for_bytes(self, ends: tuple[int, int] | None) -> None:
        self._readable.clear()
        if ends is None:
            await self._readable.wait()
            return
        loop = asyncio.get_running_loop()
        loop.add_reader(ends[0], self._readable.set)
        try:
            await self._readable.wait()
        finally:
            if self._ends is ends:
                loop.remove_reader(ends[0])

    async def write(self, frame: bytes) -> None:
        """Send one frame to the gate; returns when its last bit would have left."""
        async with self._writing:
            if self._line.faults.delay_seconds:
                await asyncio.sleep(self._line.faults.delay_seconds)
            pieces = self._line.pieces(frame)
            for piece in pieces:
                await self._send(piece)
                if len(pieces) > 1:
                    await asyncio.sleep(_BYTE_PAUSE_SECONDS)

    async def _send(self, piece: bytes) -> None:
        lot = len(piece)
        if self._baud is not None:
            lot = max(1, int(self._baud * _PACE_SECONDS / _BITS_A_BYTE))
        for at in range(0, len(piece), max(1, lot)):
            await self._pace(len(piece[at : at + lot]))
            if self._ends is None:
                return
            with suppress(BlockingIOError):  # nobody reads: lost, as on a real line
                os.write(self._ends[0], piece[at : at + lot])

    async def _pace(self, count_bytes: int) -> None:
        if self._baud is not None:
            await asyncio.sleep(count_bytes * _BITS_A_BYTE / self._baud)
