"""What a lane trusts, kept fresh while travellers pass.

An inspection keeps the snapshot that it began with; the next one gets the newest. Whatever
goes wrong with an update or a new store leaves the old snapshot in use and is an alarm.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from egate.gate.clocks import Clocks
from egate.gate.trust_ages import alarms_of, status_of
from egate.observability.logging import logger
from egate.ports.devices import DeviceError, DeviceName
from egate.ports.supervision import TrustAlarm, TrustStatus
from egate.trust.ages import DEFAULT_LIMITS, AgeLimits, Ages, ages
from egate.trust.snapshot import TrustSnapshot
from egate.trust.source import Source, SourceUnavailable
from egate.trust.store import TrustStore, TrustStoreError, stamp_of
from egate.trust.updating import UpdateFailed, update_from

_LOOK_SECONDS: Final = 5.0
_AGAIN_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class TrustPlan:
    """How a lane keeps what it trusts.

    Args:
        folder: of the store.
        own_state: normal spelling; without a valid CSCA of it nobody is served.
        source: of updates, None if they are imported by hand alone.
        every_seconds: between two rounds of updates.
        limits: from when on something is stale or due.

    """

    folder: Path
    own_state: str
    source: Source | None = None
    every_seconds: float = 3600.0
    limits: AgeLimits = DEFAULT_LIMITS


class TrustKeeping:
    """The newest usable version of the store; see ``opened``."""

    def __init__(
        self,
        plan: TrustPlan,
        clocks: Clocks,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._plan = plan
        self._clocks = clocks
        self._sleep = sleep
        self._listener: Callable[[], None] = lambda: None
        self._look_now = asyncio.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._store = TrustStore()
        self._snapshot = TrustSnapshot.of(self._store)
        self._is_store_usable = True
        self._of_updates: tuple[TrustAlarm, ...] = ()
        self.status = TrustStatus()
        self.fault: DeviceError | None = None

    @classmethod
    async def opened(cls, plan: TrustPlan, clocks: Clocks) -> "TrustKeeping":
        """Return it with the store that is there.

        Raises:
            TrustStoreError: there is none, or it is damaged: nothing to go on with.

        """
        keeping = cls(plan, clocks)
        await asyncio.to_thread(keeping._open)
        await keeping.look()
        return keeping

    def snapshot(self) -> TrustSnapshot:
        """Return what is trusted now; it never changes."""
        return self._snapshot

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when status or fault is another."""
        self._listener = listener

    async def check(self) -> None:
        """Raise DeviceError while the own State has no valid CSCA."""
        await self.look()
        if self.fault:
            raise DeviceError(self.fault.device, self.fault.reason)

    async def run(self) -> None:
        """Look for updates and at the store until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_on())
            if self._plan.source:
                tasks.create_task(self._update_on(self._plan.source))

    async def look(self) -> None:
        """Take a new version of the store, however it came, and see how old everything is."""
        async with self._look_now:
            try:
                found = await asyncio.to_thread(self._open)
            except TrustStoreError as error:
                if self._is_store_usable:
                    logger().error("trust store unusable", reason=str(error))
                self._is_store_usable = False
            else:
                self._is_store_usable = True
                if found:
                    version = self._snapshot.version
                    logger().warning("trust store", version=version, count=len(self._store))
            now = dt.datetime.fromtimestamp(self._clocks.utc(), dt.UTC)
            plan = self._plan
            seen = await asyncio.to_thread(ages, self._store, now, plan.own_state, plan.limits)
            self._tell(seen)

    def _open(self) -> bool:
        """Read the store if it is another one; runs beside the gate's loop.

        Raises:
            TrustStoreError: it cannot be read; the one before stays.

        """
        stamp = stamp_of(self._plan.folder)
        if stamp == self._stamp:
            return False
        store = TrustStore.open(self._plan.folder)
        self._snapshot, self._store = TrustSnapshot.of(store), store
        self._stamp = stamp
        return True

    def _tell(self, seen: Ages) -> None:
        own = () if self._is_store_usable else (TrustAlarm.STORE_UNUSABLE,)
        alarms = (*own, *self._of_updates, *alarms_of(seen))
        before, self.status = self.status, status_of(seen, self._snapshot.version, alarms)
        for alarm in sorted({*alarms} - {*before.alarms}):
            logger().error("trust alarm", reason=alarm)
        for alarm in sorted({*before.alarms} - {*alarms}):
            logger().warning("trust alarm ended", reason=alarm)
        missing = TrustAlarm.OWN_CSCA_MISSING in alarms
        state = self._plan.own_state
        reason = f"no valid CSCA certificate of {state}: egate trust import"
        self.fault = DeviceError(DeviceName.OWN_CSCA, reason) if missing else None
        if self.status != before:
            self._listener()

    async def _look_on(self) -> None:
        while True:
            await self.look()
            await self._sleep(_LOOK_SECONDS)

    async def _update_on(self, source: Source) -> None:
        while True:
            await self._update(source)
            await self.look()
            every = self._plan.every_seconds
            has_failed = TrustAlarm.UPDATE_FAILED in self._of_updates
            await self._sleep(min(every, _AGAIN_SECONDS) if has_failed else every)

    async def _update(self, source: Source) -> None:
        now = dt.datetime.fromtimestamp(self._clocks.utc(), dt.UTC)
        try:
            done = await update_from(self._plan.folder, source, now)
        except (SourceUnavailable, UpdateFailed) as error:
            logger().error("trust update failed", reason=str(error))
            self._of_updates = (TrustAlarm.UPDATE_FAILED,)
        except Exception as error:  # noqa: BLE001 - a hostile source must not stop a lane
            logger().error("trust update failed", exc_info=error)
            self._of_updates = (TrustAlarm.UPDATE_FAILED,)
        else:
            if done.read:
                refused = len(done.refused)
                logger().warning("trust update", count=len(done.read), refused=refused)
            self._of_updates = (TrustAlarm.UPDATE_REFUSED,) if done.refused else ()
