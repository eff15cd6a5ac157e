"""Who of those with a certificate of our authority may call the centre.

A call is refused, and somebody is told, when the certificate is revoked, its time is over, or its
holder is not enrolled. TLS looks at the time only when a connection begins, and they last for
weeks. The centre's own certificate needs no enrolment. The table is read every two seconds
beside the calls, and at once for somebody who is not known; while the database is away what was
known last holds, and nobody who is known waits for it.
"""

import asyncio
from types import MappingProxyType
from typing import Final

from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.peers import enrolled, note_certificate, revoked
from egate.reporting.identity import Holder, Identity, Role
from egate.reporting.revocation import Revocations

_FRESH_SECONDS: Final = 2.0
_ALARM_SECONDS: Final = 1.0
_LIST_SECONDS: Final = 60.0
_PATIENCE_SECONDS: Final = 4.0

_NOT_NOW: Final = "the centre cannot look you up now: call again"
_REASONS: Final = MappingProxyType(
    {
        AlarmKind.REVOKED_CERTIFICATE: "your certificate is revoked: enrol again",
        AlarmKind.EXPIRED_CERTIFICATE: "the time of your certificate is over: enrol again",
        AlarmKind.UNKNOWN_PEER: "not enrolled at this centre: an officer makes a token"
        " (egate central token)",
    }
)


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
        self._wall_ahead: float | None = None
        """By which the database's wall clock is ahead of the loop's."""

    async def __call__(self, holder: Holder) -> str:
        """Return why ``holder`` may not call, "" if it may."""
        fault = self._fault(holder)
        if fault is AlarmKind.UNKNOWN_PEER:
            if not await self._look_since(asyncio.get_running_loop().time()):
                return _NOT_NOW
            fault = self._fault(holder)
        if fault is None:
            await self._note(holder)
            return ""
        identity = holder.identity
        await self._tell(fault, f"{identity.role} {identity.name}", f"serial {holder.serial}")
        return _REASONS[fault]

    def _fault(self, holder: Holder) -> AlarmKind | None:
        """Return what stands against ``holder``, as far as is known."""
        if self._is_revoked(holder.serial):
            return AlarmKind.REVOKED_CERTIFICATE
        if self._is_over(holder):
            return AlarmKind.EXPIRED_CERTIFICATE
        known = holder.identity.role is Role.CENTRE or holder.identity in self._enrolled
        return None if known else AlarmKind.UNKNOWN_PEER

    async def keep_looking(self) -> None:
        """Read the table for ever, and tell when the authority's list cannot be relied on."""
        told_at = float("-inf")
        while True:
            now = asyncio.get_running_loop().time()
            if await self._look_since(now) and now - told_at > _LIST_SECONDS:
                told_at = now
                await self._look_at_list()
            await asyncio.sleep(_FRESH_SECONDS)

    async def _look_at_list(self) -> None:
        if self._revocations is None:
            return
        try:
            fault = self._revocations.fault(await self._pool.fetchval("SELECT now()"))
        except CONNECTION_FAULTS:
            return  # others say so
        if fault:
            await self._tell(AlarmKind.REVOCATION_UNKNOWN, "", fault)

    def _is_revoked(self, serial: str) -> bool:
        listed = self._revocations is not None and self._revocations.is_revoked(serial)
        return listed or serial in self._revoked

    def _is_over(self, holder: Holder) -> bool:
        if self._wall_ahead is None:
            return False  # the handshake was a moment ago
        wall = asyncio.get_running_loop().time() + self._wall_ahead
        return wall > holder.until.timestamp()

    async def _look_since(self, asked_at: float) -> bool:
        """Read the table, unless it was read after ``asked_at``; False if it cannot be read."""
        async with self._lock:
            if self._looked_at >= asked_at:
                return True  # somebody looked while we waited
            now = asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    found = await enrolled(self._pool)
                    listed = await revoked(self._pool)
                    wall = await self._pool.fetchval("SELECT now()")
            except CONNECTION_FAULTS:
                return False
            self._enrolled, self._revoked = found, frozenset(serial for serial, _ in listed)
            self._looked_at = now
            self._wall_ahead = wall.timestamp() - now
            return True

    async def _note(self, holder: Holder) -> None:
        if holder.serial in self._noted or holder.identity.role is Role.CENTRE:
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
