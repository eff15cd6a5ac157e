"""The purge as a whole: each kind by its own time, once a day and on demand."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.image_store import ImageStore
from egate.central.images import purge_images
from egate.central.retention.crossings import purge_crossings
from egate.central.retention.registers import ALARMS, AUDIT, INQUIRIES, purge_register
from egate.observability.logging import Logger
from egate.settings import Retention

_FIRST_SECONDS: Final = 300.0
"""After a start, when gates have sent what they kept meanwhile."""
_DAY_SECONDS: Final = 86_400.0
_AGAIN_SECONDS: Final = 600.0
_ALONE: Final = "SELECT pg_try_advisory_lock($1)"
_LOCK: Final = 0x70757267  # of two centres on one database, one purges at a time
_NOTE: Final = "INSERT INTO purge (kind, before, rows) VALUES ($1, $2, $3)"
_Purge = Callable[[timedelta], Awaitable[tuple[datetime, int]]]


async def purge_all(pool: Pool, retention: Retention, images: ImageStore | None) -> dict[str, int]:
    """Let go of whatever is over, and note how much it was; return how many rows of each kind.

    Args:
        pool: of the centre's database.
        retention: how long each kind stays.
        images: where pictures lie; None for a centre of no pictures.

    Raises:
        OSError: the disk does not let a picture go.
        what ``CONNECTION_FAULTS`` names: the database is away.

    """
    kinds: dict[str, tuple[int, _Purge]] = {
        "crossings": (retention.crossings, lambda keep: purge_crossings(pool, keep)),
        "inquiries": (retention.inquiries, lambda keep: purge_register(pool, INQUIRIES, keep)),
        "alarms": (retention.alarms, lambda keep: purge_register(pool, ALARMS, keep)),
        "audit": (retention.audit, lambda keep: purge_register(pool, AUDIT, keep)),
    }
    if images is not None:
        kinds["images"] = retention.images, lambda keep: purge_images(pool, images, keep)
    gone: dict[str, int] = {}
    async with pool.acquire() as connection:  # whose lock ends with it
        if not await connection.fetchval(_ALONE, _LOCK):
            return gone
        for kind, (days, purge) in kinds.items():
            before, gone[kind] = await purge(timedelta(days=days))
            if gone[kind]:
                await pool.execute(_NOTE, kind, before, gone[kind])
    return gone


async def keep_purging(
    pool: Pool, retention: Retention, images: ImageStore | None, log: Logger
) -> None:
    """Purge soon and once a day, until cancelled."""
    seconds = _FIRST_SECONDS
    while True:
        await asyncio.sleep(seconds)
        seconds = _DAY_SECONDS
        try:
            gone = await purge_all(pool, retention, images)
            if any(gone.values()):
                log.info("purged", count=sum(gone.values()))
        except (OSError, *CONNECTION_FAULTS) as error:
            log.warning("not purged", error=type(error).__name__)
            seconds = _AGAIN_SECONDS
