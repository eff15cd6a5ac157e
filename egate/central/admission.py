"""Who of those with a certificate of our authority may call the centre.

A call is refused, and somebody is told, when the certificate is revoked or its holder is not
enrolled. The centre's own certificate needs no enrolment. The table is looked at every two
seconds, and at once for somebody who is not known; while the database is away what was known
last holds.
"""

import asyncio
from typing import Final

from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.peers import enrolled, note_certificate, revoked
from egate.reporting.identity import Holder, Identity, Role
from egate.reporting.revocation import Revocations

_FRESH_SECONDS: Final = 2.0
_ALARM_SECONDS: Final = 1.0
_LIST_SECONDS: Final = 60.0

_REVOKED: Final = "your certificate is revoked: enrol again"
_UNKNOWN: Final = "not enrolled at this centre: an officer makes a token (egate central token)"


class Admission:
    """Says of each caller why it may not call.

    Args:
        pool: of the centre's database.
        revocations: the authority's list; None when the settings name none.

    """

    def __init__(self, pool: Pool, revocations: Revocations | None) -> None:
        self._pool = pool
        self._revocations = revocations
        self._enrolled: frozenset[Identity] = frozenset()
        self._revoked: frozenset[str] = frozenset()
        self._noted: set[str] = set()
        self._told: dict[tuple[AlarmKind, str], float] = {}
        self._lock = asyncio.Lock()
        self._looked_at = float("-inf")

    async def __call__(self, holder: Holder) -> str:
        """Return why ``holder`` may not call, "" if it may."""
        await self._look(_FRESH_SECONDS)
        name = f"{holder.identity.role} {holder.identity.name}"
        if self._is_revoked(holder.serial):
            await self._tell(AlarmKind.REVOKED_CERTIFICATE, name, f"serial {holder.serial}")
            return _REVOKED
        if holder.identity.role is Role.CENTRE:
            return ""
        if holder.identity not in self._enrolled:
            await self._look(0.0)
        if holder.identity not in self._enrolled:
            await self._tell(AlarmKind.UNKNOWN_PEER, name, f"serial {holder.serial}")
            return _UNKNOWN
        await self._note(holder)
        return ""

    async def keep_looking(self) -> None:
        """Tell for ever when the authority's list cannot be relied on."""
        while self._revocations is not None:
            try:
                fault = self._revocations.fault(await self._pool.fetchval("SELECT now()"))
            except CONNECTION_FAULTS:
                fault = ""  # others say so
            if fault:
                await self._tell(AlarmKind.REVOCATION_UNKNOWN, "", fault)
            await asyncio.sleep(_LIST_SECONDS)

    def _is_revoked(self, serial: str) -> bool:
        listed = self._revocations is not None and self._revocations.is_revoked(serial)
        return listed or serial in self._revoked

    async def _look(self, age: float) -> None:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        if asked_at - self._looked_at < age:
            return
        async with self._lock:
            if self._looked_at >= asked_at:
                return  # somebody looked while we waited
            now = loop.time()
            try:
                found = await enrolled(self._pool)
                self._revoked = frozenset(serial for serial, _ in await revoked(self._pool))
            except CONNECTION_FAULTS:
                return
            self._enrolled = found
            self._looked_at = now

    async def _note(self, holder: Holder) -> None:
        if holder.serial in self._noted:
            return
        try:
            await note_certificate(self._pool, holder)
        except CONNECTION_FAULTS:
            return
        self._noted.add(holder.serial)

    async def _tell(self, kind: AlarmKind, subject: str, detail: str) -> None:
        """Raise an alarm, at most once a second of one kind and subject."""
        now = asyncio.get_running_loop().time()
        if now - self._told.get((kind, subject), float("-inf")) < _ALARM_SECONDS:
            return
        self._told[kind, subject] = now
        try:
            await raise_alarm(self._pool, kind, subject, detail)
        except CONNECTION_FAULTS:
            del self._told[kind, subject]  # it is in the log; the next call tells it again
