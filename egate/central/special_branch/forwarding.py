"""Hands records to the Special Branch's system, for ever."""

import asyncio
import secrets
from typing import Final

from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.special_branch.outbox import hand_over
from egate.observability.logging import Logger
from egate.outbox.backoff import delays
from egate.outbox.sealing import SealBroken
from egate.ports.special_branch import SpecialBranch, SpecialBranchAway

_LOOK_SECONDS: Final = 1.0


async def keep_telling(pool: Pool, system: SpecialBranch, log: Logger) -> None:
    """Run until cancelled; what the system did not take is tried again and again."""
    is_away = False
    waits = delays(secrets.SystemRandom().random)
    while True:
        moved, fault = await _attempt(pool, system)
        if fault and not is_away:
            log.error("special branch away", reason=fault)
        if is_away and not fault:
            log.info("special branch back")
            waits = delays(secrets.SystemRandom().random)
        is_away = bool(fault)
        if not moved:
            await asyncio.sleep(next(waits) if fault else _LOOK_SECONDS)


async def _attempt(pool: Pool, system: SpecialBranch) -> tuple[int, str]:
    """Return how many messages were taken, and why none was."""
    try:
        return await hand_over(pool, system), ""
    except SpecialBranchAway as error:
        return 0, str(error)
    except SealBroken:
        return 0, "a record was changed where it lies; nothing is handed over before it"
    except CONNECTION_FAULTS as error:
        return 0, f"database: {type(error).__name__}"
