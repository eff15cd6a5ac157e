"""Lets go of rows of the audit log after their time, each day."""

import asyncio
from collections.abc import Callable
from typing import Final

from egate.console.audit.log import AuditLog, AuditUnusable
from egate.domain.time import UtcSeconds
from egate.observability.logging import logger

_WHO: Final = "console"
_DAY_SECONDS: Final = 86_400.0


async def keep_retention(log: AuditLog, keep_days: int, now: Callable[[], UtcSeconds]) -> None:
    """Purge ``log`` of what is older than ``keep_days``, now and once a day, until cancelled."""
    while True:
        before = UtcSeconds(now() - keep_days * _DAY_SECONDS)
        try:
            await asyncio.to_thread(log.purge, before, _WHO)
        except AuditUnusable:
            logger().error("audit log not purged")
        await asyncio.sleep(_DAY_SECONDS)
