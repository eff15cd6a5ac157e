"""The lane's face light while somebody is looked at: a live face answers a change of it."""

import asyncio
from contextlib import suppress
from typing import Final

from egate.domain.time import Instant
from egate.gate.clocks import Clocks
from egate.observability.logging import logger
from egate.ports.devices import DeviceError
from egate.ports.presentation_attack import FaceLight

RESTING: Final = 1.0
"""The level between two travellers."""
# One change in half a second: far below the three flashes a second that can do harm.
_LEVELS: Final = (0.3, RESTING)
_HOLD_SECONDS: Final = 0.5
# A frame that arrives now was exposed, encoded and carried before: two frames of a slow camera.
# One that is taken for the other level makes a living face look like a screen.
_CAMERA_SECONDS: Final = 0.2
_REST_SECONDS: Final = 1.0


class FaceLighting:
    """Changes the light back and forth, and knows how bright it was at a moment.

    Args:
        light: of the lane, None when it has none.
        clocks: of this machine.

    """

    def __init__(self, light: FaceLight | None, clocks: Clocks) -> None:
        self._light = light
        self._clocks = clocks
        self._level: float | None = None if light else 0.0
        self._since = Instant(float("-inf"))
        self._looked = asyncio.Event()

    @property
    def changes(self) -> bool:
        """Whether the lane has a light that answers."""
        return self._light is not None

    def level_at(self, captured_at: Instant) -> float | None:
        """Return the level in a frame that arrived at ``captured_at``; None while it changes."""
        return self._level if captured_at >= self._since + _CAMERA_SECONDS else None

    def look(self) -> None:
        """Go on: a frame was looked at. Without frames nothing changes."""
        self._looked.set()

    async def run(self) -> None:
        """Change the light until cancelled, or until it is lost; then leave it at rest."""
        if self._light is None:
            return
        try:
            await self._change(self._light)
        except DeviceError as error:  # a cue is absent, and no session ends by it
            logger().warning("face light lost", reason=error.reason)
            self._light, self._level = None, 0.0
        finally:
            await self._rest()

    async def _change(self, light: FaceLight) -> None:
        while True:
            for level in _LEVELS:
                self._level = None
                await light.set_level(level)
                self._level, self._since = level, self._clocks.now()
                await self._hold()

    async def _hold(self) -> None:
        until = self._clocks.now() + _HOLD_SECONDS
        while self._clocks.now() < until:
            self._looked.clear()
            await self._looked.wait()

    async def _rest(self) -> None:
        if self._light is None:
            return
        with suppress(DeviceError, TimeoutError):
            async with asyncio.timeout(_REST_SECONDS):
                await self._light.set_level(RESTING)
