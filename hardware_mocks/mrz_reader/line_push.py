"""A reader that pushes lines by itself, in the manner of DESKO and Access-IS.

``[SOD] STX line CR line CR [line CR] ETX [EOD]``: sent once for every document that
is laid down, whatever the check digits say.
"""

from collections.abc import Sequence
from typing import Final

from hardware_mocks.wire.pty import Pty

STX: Final = b"\x02"
ETX: Final = b"\x03"
CR: Final = b"\r"


class LinePushReader:
    """The far end of the ``line_push`` driver.

    ``lay(lines)`` puts a document down and sends its frame, ``lift()`` takes it away,
    ``run()`` reads and drops whatever the gate sends until the line is closed.

    Args:
        pty: the line; the gate opens ``pty.path``.
        start_of_document: bytes before STX, if the device is set to send any.
        end_of_document: bytes after ETX, likewise.

    """

    def __init__(
        self, pty: Pty, *, start_of_document: bytes = b"", end_of_document: bytes = b""
    ) -> None:
        self._pty = pty
        self._start_of_document = start_of_document
        self._end_of_document = end_of_document

    def frame(self, lines: Sequence[str]) -> bytes:
        """Return the bytes that are sent for ``lines``."""
        body = b"".join(line.encode("ascii") + CR for line in lines)
        return self._start_of_document + STX + body + ETX + self._end_of_document

    async def lay(self, lines: Sequence[str]) -> None:
        """Put a document down: its frame is sent once."""
        await self._pty.write(self.frame(lines))

    async def lift(self) -> None:
        """Take the document away; such a reader does not say so."""

    async def run(self) -> None:
        """Drop what the gate sends until the line is closed."""
        while await self._pty.read():
            pass
