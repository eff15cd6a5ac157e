"""A reader of 3M in its native protocol: it pushes what it reads.

``SOH len 'OU' STX flag l1 CR l2 CR l3 CR ETX BCC``, the lines at the bottom, ``_`` in the
places above.
"""

from collections.abc import Sequence
from typing import Final

from hardware_mocks.wire.pty import Pty

SOH: Final = b"\x01"
STX: Final = b"\x02"
ETX: Final = b"\x03"
CR: Final = b"\r"
FLAG: Final = b"0"


class RteReader:
    """The far end of the ``rte_native`` driver.

    ``lay(lines)`` puts a document down and sends its frame, ``lift()`` takes it away,
    ``run()`` reads and drops whatever the gate sends until the line is closed.
    """

    def __init__(self, pty: Pty) -> None:
        self._pty = pty

    @staticmethod
    def frame(lines: Sequence[str]) -> bytes:
        """Return the bytes that are sent for ``lines``."""
        above = ["_" * len(lines[-1])] * (3 - len(lines))
        rows = b"".join(line.encode("ascii") + CR for line in [*above, *lines])
        body = b"OU" + STX + FLAG + rows + ETX
        checked = bytes((len(body),)) + body
        check = 0
        for byte in checked:
            check ^= byte
        return SOH + checked + bytes((check,))

    async def lay(self, lines: Sequence[str]) -> None:
        """Put a document down: its frame is sent once."""
        await self._pty.write(self.frame(lines))

    async def lift(self) -> None:
        """Take the document away; such a reader does not say so."""

    async def run(self) -> None:
        """Drop what the gate sends until the line is closed."""
        while await self._pty.read():
            pass
