"""The barrier controller as a turnstile's: frames, with one byte for yes and one for no.

Only the frame (``02 sizeLo sizeHi command... XOR``), ``06``, ``15`` and the passages ``1A``
and ``1B`` are known; the other commands and the reach of the XOR are the controller's
own, chosen here.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from hardware_mocks.barrier.lane import Coil, Input, Lane
from hardware_mocks.wire.pty import Pty

STX: Final = 0x02
ACK: Final = b"\x06"
NAK: Final = b"\x15"
PASSED: Final = 0x1A
PASSED_BACK: Final = 0x1B

DOORS: Final = ord("D")
LIGHTS: Final = ord("L")
FACE_LIGHT: Final = ord("F")
HEARTBEAT: Final = ord("W")
STATE: Final = ord("S")

_COILS_OF: Final = {
    DOORS: (Coil.ENTRY_OPEN, Coil.EXIT_OPEN),
    LIGHTS: (Coil.RED, Coil.GREEN, Coil.BLUE),
    FACE_LIGHT: (Coil.FACE_LIGHT,),
    HEARTBEAT: (Coil.WATCHDOG,),
}
_MAX_FRAME_BYTES: Final = 64
_SILENCE_SECONDS: Final = 0.05
_TICK_SECONDS: Final = 0.02
_AGAIN_SECONDS: Final = 0.2
_TELLINGS: Final = 3


def frame_of(content: bytes) -> bytes:
    """Return ``content`` framed: the XOR covers the size and the content."""
    covered = bytes((len(content) & 0xFF, len(content) >> 8)) + content
    check = 0
    for byte in covered:
        check ^= byte
    return bytes((STX,)) + covered + bytes((check,))


class TurnstileController:
    """The far end of the turnstile driver, in the same world as ``BarrierBoard``.

    Args:
        pty: the line; the gate opens ``pty.path``.
        motor_seconds: from closed to open and back.
        watchdog_seconds: see ``Lane``.
        third_beam: whether its light barrier is wired; if not, only passages are told.
        speed: divides the motor time.
        clock: steady, in seconds.

    """

    def __init__(
        self,
        pty: Pty,
        *,
        motor_seconds: float = 0.8,
        watchdog_seconds: float = 3.0,
        third_beam: bool = True,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lane = Lane(
            motor_seconds=motor_seconds / speed, watchdog_seconds=watchdog_seconds, now=clock()
        )
        self._pty = pty
        self._third_beam = third_beam
        self._clock = clock
        self._received = bytearray()
        self._behind = False
        self._to_tell = b""
        self._tellings = 0
        self._tell_at = 0.0

    async def run(self) -> None:
        """Answer the gate until the line is closed."""
        async with asyncio.TaskGroup() as tasks:
            moving = tasks.create_task(self._move())
            await self._serve()
            moving.cancel()

    async def _serve(self) -> None:
        while received := await self._read():
            self._received += received
            while (answer := self._next_answer()) is not None:
                await self._pty.write(answer)

    async def _read(self) -> bytes:
        while True:
            try:
                async with asyncio.timeout(_SILENCE_SECONDS if self._received else None):
                    return await self._pty.read()
            except TimeoutError:
                self._received.clear()  # the rest of it will never come

    def _next_answer(self) -> bytes | None:
        """Answer the next whole frame among what came; b"" to an acknowledgement."""
        if self._received[:1] == ACK:
            del self._received[0]
            self._to_tell = b""
            return b""
        if len(self._received) < 3:
            return None
        length = 3 + self._received[1] + 256 * self._received[2] + 1
        if self._received[0] != STX or length > _MAX_FRAME_BYTES:
            self._received.clear()
            return NAK
        if len(self._received) < length:
            return None
        frame = bytes(self._received[:length])
        del self._received[:length]
        content = frame[3:-1]
        return self.answer(content) if frame == frame_of(content) else NAK

    def answer(self, content: bytes) -> bytes:
        """Answer one command at the clock's time."""
        self.lane.advance(self._clock())
        if content == bytes((STATE,)):
            return frame_of(content + self._state())
        if len(content) != 2 or content[0] not in _COILS_OF:
            return NAK
        for bit, coil in enumerate(_COILS_OF[content[0]]):
            self.lane.write_coil(coil, bool(content[1] >> bit & 1))
        return ACK

    def _state(self) -> bytes:
        doors = sum(self.lane.coils[coil] << bit for bit, coil in enumerate(_COILS_OF[DOORS]))
        inputs = 0
        for each in Input:
            if each is not Input.PRESENCE_3 or self._third_beam:
                inputs |= self.lane.read_input(each) << each
        return bytes((doors, inputs & 0xFF, inputs >> 8))

    async def _move(self) -> None:
        while True:
            self.lane.advance(self._clock())
            self._notice_passage()
            if self._to_tell and self._clock() >= self._tell_at:
                self._tell_at = self._clock() + _AGAIN_SECONDS
                self._tellings += 1
                await self._pty.write(self._to_tell)
                if self._tellings == _TELLINGS:
                    self._to_tell = b""
            await asyncio.sleep(_TICK_SECONDS)

    def _notice_passage(self) -> None:
        """Somebody has left the beam behind the doors while one was open."""
        before, self._behind = self._behind, self.lane.presence[2]
        is_open = self.lane.entry.opened > 0 or self.lane.exit.opened > 0
        if before and not self._behind and is_open:
            back = self.lane.presence[1]  # where somebody stands who came from behind
            self._to_tell = frame_of(bytes((PASSED_BACK if back else PASSED,)))
            self._tellings, self._tell_at = 0, 0.0
