"""An imager that takes commands after SYN, in the manner of Honeywell and the Access-IS LSR.

``16 54 0D`` switches it on until it has read something, ``16 55 0D`` off; ``16 4D 0D`` and
a command up to ``.`` or ``!`` is repeated with 06 behind it. In presentation mode it
reads by itself whatever is laid down.
"""

from collections.abc import Sequence
from typing import Final

from hardware_mocks.wire.pty import Pty

SYN: Final = 0x16
CR: Final = 0x0D
ACK: Final = b"\x06"
_MAX_COMMAND_BYTES: Final = 64


class SynImager:
    """The far end of the ``syn_imager`` driver.

    Args:
        pty: the line; the gate opens ``pty.path``.
        ending: after each line of the MRZ: CR, LF or CR LF.
        presentation: reads by itself; else only when it is triggered.

    """

    def __init__(self, pty: Pty, *, ending: bytes = b"\r", presentation: bool = False) -> None:
        self._pty = pty
        self._ending = ending
        self._presentation = presentation
        self._on = False
        self._mrz = b""
        self._received = bytearray()

    async def lay(self, lines: Sequence[str]) -> None:
        """Put a document down; it is read at once in presentation mode or when triggered."""
        self._mrz = b"".join(line.encode("ascii") + self._ending for line in lines)
        if self._presentation:
            await self._pty.write(self._mrz)
        else:
            await self._look()

    async def lift(self) -> None:
        """Take the document away."""
        self._mrz = b""

    async def run(self) -> None:
        """Follow commands until the line is closed."""
        while received := await self._pty.read():
            self._received += received
            while self._received and await self._follow():
                pass

    async def _follow(self) -> bool:
        """Follow one whole command; False when there is none yet."""
        if self._received[0] != SYN:
            del self._received[0]
            return True
        if len(self._received) < 3:
            return False
        kind, whole = self._received[1], self._received[2] == CR
        if kind == ord("M") and whole:
            return await self._menu()
        del self._received[:3]
        if whole and kind in b"TU":
            self._on = kind == ord("T")
            await self._look()
        return True

    async def _menu(self) -> bool:
        ends = [at for at in (self._received.find(b"."), self._received.find(b"!")) if at > 0]
        if not ends:
            if len(self._received) > _MAX_COMMAND_BYTES:
                self._received.clear()
            return False
        command = bytes(self._received[3 : min(ends)])
        del self._received[: min(ends) + 1]
        await self._pty.write(command + ACK + b".")
        return True

    async def _look(self) -> None:
        if self._on and self._mrz:
            self._on = False
            await self._pty.write(self._mrz)
