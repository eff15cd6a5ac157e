"""A reader with the command set of the Elyctis IDBOX One.

A request is ``op lenHi lenLo data``, an answer the same. Inquire ``49 00 00`` is
answered with ``49 L1 L2 MRZ``, an MRZ of no bytes when no document lies there.
Continuous mode, on with ``43 00 01 01`` and off with ``43 00 01 00``, sends that
answer by itself for every document that is laid down. Not documented publicly, so
assumed: the acknowledgement ``43 00 00`` and CR after every line but the last.
"""

import struct
from collections.abc import Sequence
from typing import Final

from hardware_mocks.wire.pty import Pty

INQUIRE: Final = 0x49
CONTINUOUS: Final = 0x43
_MAX_REQUEST_BYTES: Final = 16


class ElyctisReader:
    """The far end of the ``elyctis`` driver.

    ``lay(lines)`` puts a document down, ``lift()`` takes it away, ``run()`` answers
    the gate until the line is closed.

    Args:
        pty: the line; the gate opens ``pty.path``.
        separator: between two lines of the MRZ: CR, LF or CR LF.
        continuous: whether continuous mode is on before the gate says so.

    """

    def __init__(self, pty: Pty, *, separator: bytes = b"\r", continuous: bool = False) -> None:
        self.continuous = continuous
        self._pty = pty
        self._separator = separator
        self._mrz = b""
        self._request = bytearray()

    async def lay(self, lines: Sequence[str]) -> None:
        """Put a document down; in continuous mode its lines are sent at once."""
        self._mrz = self._separator.join(line.encode("ascii") for line in lines)
        if self.continuous:
            await self._pty.write(self._frame(INQUIRE, self._mrz))

    async def lift(self) -> None:
        """Take the document away."""
        self._mrz = b""

    async def run(self) -> None:
        """Answer requests until the line is closed."""
        while received := await self._pty.read():
            for answer in self.answers(received):
                await self._pty.write(answer)

    def answers(self, received: bytes) -> list[bytes]:
        """Take bytes of the gate and return the answers to whole requests among them."""
        self._request += received
        answers = []
        while len(self._request) >= 3:
            operation, length = struct.unpack(">BH", self._request[:3])
            if operation not in {INQUIRE, CONTINUOUS} or length > _MAX_REQUEST_BYTES:
                del self._request[0]  # not the start of a request: look for one further on
                continue
            if len(self._request) < 3 + length:
                break
            content = bytes(self._request[3 : 3 + length])
            del self._request[: 3 + length]
            answers.append(self._answer(operation, content))
        return answers

    def _answer(self, operation: int, content: bytes) -> bytes:
        if operation == INQUIRE:
            return self._frame(INQUIRE, self._mrz)
        if content in {b"\x00", b"\x01"}:
            self.continuous = content == b"\x01"
        return self._frame(CONTINUOUS, b"")

    @staticmethod
    def _frame(operation: int, content: bytes) -> bytes:
        return struct.pack(">BH", operation, len(content)) + content
