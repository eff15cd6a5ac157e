"""Lets the centre keep the head of the audit log, so that a log written anew is found out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from egate.console.audit.log import AuditLog, AuditUnusable
from egate.domain.evidence.audit_head import AuditHead
from egate.observability.logging import logger
from egate.ports.reporting import CentreUnavailable
from egate.ports.signing import SignerUnavailable

_EVERY_SECONDS: Final = 600.0
_LAST_SECONDS: Final = 3.0
"""For the head at the end: nobody waits longer for a centre that is away."""


class HeadKeeper(Protocol):
    """Keeps heads elsewhere."""

    async def put(self, head: AuditHead) -> None:
        """Keep ``head``.

        Raises:
            CentreUnavailable: it is not sure that it is kept.
            SignerUnavailable: it cannot be signed.

        """
        ...


async def keep_heads(
    log: AuditLog,
    keeper: HeadKeeper,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Send the head of ``log`` every ten minutes if it is another one, until cancelled; then too.

    Args:
        log: of this console.
        keeper: to whom.
        sleep: waits so many seconds.

    """
    sent = _Sent(log, keeper)
    try:
        while True:
            await sent.send()
            await sleep(_EVERY_SECONDS)
    finally:
        try:
            async with asyncio.timeout(_LAST_SECONDS):
                await sent.send()
        except TimeoutError:
            logger().warning("audit head not sent", reason="the centre does not answer")


class _Sent:
    def __init__(self, log: AuditLog, keeper: HeadKeeper) -> None:
        self._log = log
        self._keeper = keeper
        self._last: AuditHead | None = None

    async def send(self) -> None:
        try:
            head = await asyncio.to_thread(self._log.head)
            if head is None or head == self._last:
                return
            await self._keeper.put(head)
        except (CentreUnavailable, SignerUnavailable, AuditUnusable) as error:
            logger().warning("audit head not sent", reason=str(error))
        else:
            self._last = head
