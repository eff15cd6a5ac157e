"""The traveller's mirror image, from memory alone and only while the face is looked at."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from egate.ports.devices import Camera, Frame

WIDTH: Final = 360
HEIGHT: Final = 480
_JPEG: Final = (cv2.IMWRITE_JPEG_QUALITY, 80)
_LEAST_SECONDS: Final = 0.1
_LONGEST_WAIT_SECONDS: Final = 2.0


class Mirror:
    """The newest frame, if anybody is looked at; costs nothing while nobody asks.

    The capture only leaves its frame here. Whoever asks waits, in a row with the others, so
    that all displays together cost ten small pictures a second at most.
    """

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._arrived = asyncio.Event()
        self._turn = asyncio.Lock()
        self._last_at = float("-inf")

    def take(self, frame: Frame) -> None:
        """Show ``frame`` in the place of the one before."""
        self._frame = frame
        self._arrived.set()

    def clear(self) -> None:
        """Forget the traveller; whoever waits for a picture gets none."""
        self._frame = None
        self._arrived.set()

    def _newest(self) -> Frame | None:
        return self._frame

    async def picture(self) -> bytes | None:
        """Return the next frame as a JPEG, mirrored and reduced; None if nobody is looked at."""
        async with self._turn:
            clock = asyncio.get_running_loop().time
            await asyncio.sleep(self._last_at + _LEAST_SECONDS - clock())
            if self._newest() is None:
                return None
            self._arrived.clear()
            try:
                async with asyncio.timeout(_LONGEST_WAIT_SECONDS):
                    await self._arrived.wait()
            except TimeoutError:
                return None
            self._last_at = clock()
            frame = self._newest()
            if frame is None:
                return None
            picture = await asyncio.to_thread(reflection, frame.pixels)
            return picture if self._newest() else None  # nobody is shown who has gone meanwhile


class MirroredCamera:
    """A camera whose frames the traveller sees, too, for as long as somebody takes them.

    Args:
        camera: whose frames.
        mirror: where they are seen.

    """

    def __init__(self, camera: Camera, mirror: Mirror) -> None:
        self._camera = camera
        self._mirror = mirror

    async def frames(self) -> AsyncIterator[Frame]:
        try:
            async with aclosing(_closing(self._camera.frames())) as frames:
                async for frame in frames:
                    self._mirror.take(frame)
                    yield frame
        finally:
            self._mirror.clear()

    async def check(self) -> None:
        await self._camera.check()

    async def aclose(self) -> None:
        await self._camera.aclose()


async def _closing(frames: AsyncIterator[Frame]) -> AsyncGenerator[Frame, None]:
    async for frame in frames:
        yield frame


def reflection(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Return the upright middle of a picture, mirrored, as a JPEG: computing work.

    Args:
        pixels: height x width x 3, BGR, 8 bits a channel.

    """
    height, width = pixels.shape[:2]
    across = max(1, min(width, height * WIDTH // HEIGHT))
    down = max(1, min(height, across * HEIGHT // WIDTH))
    left, top = (width - across) // 2, (height - down) // 2
    middle = pixels[top : top + down, left : left + across]
    reduced = cv2.resize(middle, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    return cv2.imencode(".jpg", cv2.flip(reduced, 1), _JPEG)[1].tobytes()
