"""A camera without a lens: it sees the picture it is shown."""

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np
import numpy.typing as npt

from egate.domain.time import Instant
from egate.ports.devices import DeviceError, DeviceName, Frame


class SimulatedCamera:
    """Gives the shown picture every ``period_seconds``, each time as a new frame.

    Args:
        clock: seconds on the gate's monotonic clock; stamps the frames.
        period_seconds: time between two frames.

    """

    def __init__(self, clock: Callable[[], float], *, period_seconds: float = 0.005) -> None:
        self._clock = clock
        self._period_seconds = period_seconds
        self._pixels: npt.NDArray[np.uint8] = np.zeros((48, 64, 3), np.uint8)
        self._failure: DeviceError | None = None

    def show(self, pixels: npt.NDArray[np.uint8]) -> None:
        """Put ``pixels`` (height x width x 3, BGR) before the lens."""
        self._pixels = pixels

    def fail(self, reason: str = "unplugged") -> None:
        """Make the next frame a ``DeviceError``; frames after it come again."""
        self._failure = DeviceError(DeviceName.CAMERA, reason)

    async def frames(self) -> AsyncIterator[Frame]:
        while True:
            await self.check()
            yield Frame(self._pixels, Instant(self._clock()))
            await asyncio.sleep(self._period_seconds)

    async def check(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    async def aclose(self) -> None:
        pass
