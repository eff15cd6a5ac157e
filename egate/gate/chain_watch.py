"""Looks over the gate's own chain after a start, a little at a time beside the lane."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Final

from egate.observability.logging import logger
from egate.outbox.chain_audit import ChainAudit

_PART: Final = 20
"""Three milliseconds of computing; nobody in the lane waits for longer."""
_PAUSE_SECONDS: Final = 0.05


async def watch_chain(
    audit: ChainAudit, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Look over the whole chain once, and log where it breaks.

    It does not stop the lane: what the centre has of the chain is whole, and it raises an alarm
    when the next record does not continue it.

    Args:
        audit: of the gate's chain, on the gate's own connection.
        sleep: waits so many seconds.

    """
    try:
        while audit.look(_PART):
            await sleep(_PAUSE_SECONDS)
    except sqlite3.Error as error:
        logger().error("chain cannot be read", error=type(error).__name__)
        return
    if audit.found:
        logger().error("chain broken", gate_seq=audit.found.gate_seq, reason=audit.found.fault)
