"""Keeps the pictures of referred travellers, and sends them when no record waits."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from egate.domain.session.states import SessionId
from egate.gate.clocks import Clocks
from egate.observability.logging import logger
from egate.outbox.images import ImageQueue
from egate.ports.case_images import CaseImage, CaseImageKind, ImageRefused, ImageSink
from egate.ports.reporting import CentreUnavailable
from egate.ports.supervision import GateState, Supervision

_LOOK_SECONDS: Final = 2.0
_AWAY_SECONDS: Final = 30.0

Images = Callable[[SessionId], tuple[CaseImage, ...]]
"""Gives the pictures of the session that an officer takes care of."""


class ImageSending:
    """One loop that keeps and one that sends; neither is ever in the way of the lane.

    Args:
        supervision: of the lane: who is referred, and whether records wait.
        images: of the lane.
        queue: on the disk.
        sink: the centre.
        kinds: what is kept at all.
        clocks: of this machine.
        sleep: waits so many seconds.

    """

    def __init__(  # noqa: PLR0913 - what one lane has
        self,
        supervision: Supervision,
        images: Images,
        queue: ImageQueue,
        sink: ImageSink,
        kinds: Collection[CaseImageKind],
        clocks: Clocks,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._supervision = supervision
        self._images = images
        self._queue = queue
        self._sink = sink
        self._kinds = frozenset(kinds)
        self._clocks = clocks
        self._sleep = sleep
        self._disk = asyncio.Lock()

    async def keep(self) -> None:
        """Keep the pictures of whoever is referred to an officer, until cancelled."""
        kept = ""
        async for status in self._supervision.changes():
            referred = status.state is GateState.AWAITING_OFFICER and status.crossing_id
            if referred and status.crossing_id != kept:
                kept = status.crossing_id
                await self._keep(SessionId(kept))

    async def _keep(self, session: SessionId) -> None:
        images = [each for each in self._images(session) if each.kind in self._kinds]
        at = self._clocks.utc_now()
        try:
            async with self._disk:
                for number, image in enumerate(images):
                    await asyncio.to_thread(self._queue.add, session, number, image, at)
        except OSError as error:
            logger().error("pictures not kept", error=type(error).__name__)

    async def send(self) -> None:
        """Send what is kept, the oldest first and only while no record waits, until cancelled."""
        while True:
            await self._sleep(await self._send_one())

    async def _send_one(self) -> float:
        """Send a picture if it is time; return after how many seconds to look again."""
        if self._supervision.status().outbox_depth:
            return _LOOK_SECONDS
        try:
            async with self._disk:
                waiting = await asyncio.to_thread(self._queue.oldest, self._clocks.utc_now())
            if waiting is None:
                return _LOOK_SECONDS
            try:
                await self._sink.put(waiting.crossing_id, waiting.image)
            except ImageRefused as error:
                logger().warning(
                    "picture refused", crossing_id=waiting.crossing_id, reason=str(error)
                )
            async with self._disk:
                await asyncio.to_thread(self._queue.settle, waiting)
        except CentreUnavailable:
            return _AWAY_SECONDS
        except OSError as error:
            logger().error("pictures cannot be read", error=type(error).__name__)
            return _AWAY_SECONDS
        return 0.0
