"""Serves a Modbus RTU slave on a serial line."""

import asyncio
from collections.abc import Callable
from typing import Final

from hardware_mocks.wire.modbus_server import RtuDecoder
from hardware_mocks.wire.pty import Pty

_SILENCE_SECONDS: Final = 0.05  # 3.5 characters are 4 ms at 9600; a busy machine needs more


class RtuLine:
    """Finds requests on the line and writes the answers to them.

    Args:
        pty: the line.
        answer: gives the answer to a request without its CRC; None if it is not for us.

    """

    def __init__(self, pty: Pty, answer: Callable[[bytes], bytes | None]) -> None:
        self._pty = pty
        self._answer = answer
        self._decoder = RtuDecoder()

    async def serve(self) -> None:
        """Answer the gate until the line is closed."""
        while received := await self._received():
            for request in self._decoder.feed(received):
                await self._send(self._answer(request))

    async def _received(self) -> bytes:
        while True:
            try:
                async with asyncio.timeout(_SILENCE_SECONDS if self._decoder.waiting else None):
                    return await self._pty.read()
            except TimeoutError:
                request = self._decoder.silence()
                if request is not None:
                    await self._send(self._answer(request))

    async def _send(self, answer: bytes | None) -> None:
        if answer is not None:
            await self._pty.write(answer)
