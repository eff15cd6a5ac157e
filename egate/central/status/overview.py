"""The status page's content, made once for all who look: readers never hold up the gates."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from google.protobuf.message import DecodeError

from egate.central.alarm_texts import ALARM_TEXTS
from egate.central.alarms import Alarm, open_alarms
from egate.central.database import Pool
from egate.central.gate_orders import EnrolledGate, enrolled_gates
from egate.central.port_time import DHAKA
from egate.central.special_branch import outbox
from egate.central.statistics.document import Words
from egate.central.status import figures, texts
from egate.central.store import Fork, Gap, Store, StoredCrossing
from egate.reporting.mapping import parse
from egate.wire.v1 import gate_pb2

_LATEST: Final = 25
_SHOWN_GATES: Final = 500
_SHOWN_CONDITIONS: Final = 12
_FRESH_SECONDS: Final = 1.0
_WORK_FRESH_SECONDS: Final = 60.0
_SILENT: Final = timedelta(minutes=2)
_SOON: Final = timedelta(days=7)
_VERSION: Final = re.compile("[0-9a-f]{64}")
_SHOWN_DIGITS: Final = 8
_ALARMS: Final = {kind.value: Words(*words) for kind, words in ALARM_TEXTS.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One record; ``trusted`` is the beginning of the trust store's version."""

    at: datetime
    gate_id: str
    gate_seq: int
    style: str
    verdict: Words
    status: Words
    findings: tuple[str, ...]
    trusted: str


@dataclass(frozen=True, slots=True)
class GateLine:
    """One gate, as it stood when it was last heard.

    Args:
        gate_id: which.
        border_crossing_point: where.
        style: ``good``, ``poor`` or ``bad`` on the page.
        mode: for what it is there.
        conditions: what is amiss.
        unsent: records that it still has; None while it was never heard.
        seen_at: when it was last heard.
        certificate_until: when its certificate ends.
        certificate_ends_soon: within a week.
        software_version: what runs.

    """

    gate_id: str
    border_crossing_point: str
    style: str
    mode: Words
    conditions: tuple[Words, ...]
    unsent: int | None
    seen_at: datetime | None
    certificate_until: datetime | None
    certificate_ends_soon: bool
    software_version: str


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list: its newest version, and the gates that were heard with an older one."""

    name: Words
    version: int
    made_at: datetime
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows; all times are Bangladesh's."""

    made_at: datetime
    total: int
    verdicts: tuple[tuple[str, Words, int], ...]
    today: Sequence[figures.PortToday]
    alarms: tuple[tuple[Alarm, Words], ...]
    gaps: Sequence[Gap]
    forks: Sequence[Fork]
    conflicts: int
    gates: tuple[GateLine, ...]
    lists: tuple[ListLine, ...]
    waiting: figures.Waiting
    work: figures.Work
    sources: Sequence[figures.Source]
    untold: outbox.Waiting | None
    lines: tuple[Line, ...]


class Overviews:
    """Makes one at most every second, and counts work lists at most every minute.

    Args:
        store: of records.
        pool: of connections to the centre's database.
        tells: there is a system of the Special Branch.

    """

    def __init__(self, store: Store, pool: Pool, *, tells: bool) -> None:
        self._store = store
        self._pool = pool
        self._tells = tells
        self._lock = asyncio.Lock()
        self._last: tuple[float, Overview] | None = None
        self._work: tuple[float, figures.Work] | None = None

    async def newest(self) -> Overview:
        """Return what there is.

        Raises:
            what ``CONNECTION_FAULTS`` names: the database does not answer.

        """
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if self._work is None or now - self._work[0] > _WORK_FRESH_SECONDS:
                self._work = (now, await figures.work(self._pool))
            if self._last is None or now - self._last[0] > _FRESH_SECONDS:
                self._last = (now, await self._make(self._work[1]))
            return self._last[1]

    async def _make(self, work: figures.Work) -> Overview:
        pool = self._pool
        made_at: datetime = await pool.fetchval("SELECT now()")
        counts = await figures.verdicts(pool)
        gates = (await enrolled_gates(pool))[:_SHOWN_GATES]
        statuses = {gate.gate_id: _status(gate) for gate in gates}
        return Overview(
            made_at=made_at.astimezone(DHAKA),
            total=sum(counts.values()),
            verdicts=tuple(
                (style, name, counts.get(number, 0))
                for number, (style, name) in texts.VERDICTS.items()
            ),
            today=await figures.today(pool),
            alarms=tuple(
                (alarm, texts.word(_ALARMS, alarm.kind)) for alarm in await open_alarms(pool)
            ),
            gaps=await self._store.gaps(),
            forks=await self._store.forks(),
            conflicts=await self._store.conflicts(),
            gates=tuple(_gate(gate, statuses[gate.gate_id], made_at) for gate in gates),
            lists=tuple(_list(one, statuses) for one in await figures.newest_versions(pool)),
            waiting=await figures.waiting_for_officers(pool),
            work=work,
            sources=await figures.sources(pool),
            untold=await outbox.waiting(pool) if self._tells else None,
            lines=tuple(_line(found) for found in await self._store.latest(_LATEST)),
        )


def _status(gate: EnrolledGate) -> gate_pb2.GateStatus:
    try:
        return gate_pb2.GateStatus.FromString(gate.status or b"")
    except DecodeError:
        return gate_pb2.GateStatus()


def _gate(gate: EnrolledGate, status: gate_pb2.GateStatus, now: datetime) -> GateLine:
    heard = gate.seen_at is not None and now - gate.seen_at < _SILENT
    until = gate.certificate_until
    return GateLine(
        gate_id=gate.gate_id,
        border_crossing_point=gate.border_crossing_point,
        style="bad" if not heard else "good" if status.mode == "enabled" else "poor",
        mode=texts.word(texts.MODES, status.mode) if status.mode else texts.UNKNOWN,
        conditions=tuple(
            texts.word(texts.CONDITIONS, condition)
            for condition in status.conditions[:_SHOWN_CONDITIONS]
        ),
        unsent=status.outbox_depth if gate.seen_at else None,
        seen_at=gate.seen_at,
        certificate_until=until,
        certificate_ends_soon=until is not None and until - now < _SOON,
        software_version=status.software_version,
    )


def _list(newest: figures.NewestVersion, statuses: Mapping[str, gate_pb2.GateStatus]) -> ListLine:
    behind = (
        gate_id
        for gate_id, status in statuses.items()
        for one in status.lists
        if one.name == newest.list and one.version < newest.version
    )
    name = texts.word(texts.LISTS, newest.list)
    return ListLine(name, newest.version, newest.made_at, tuple(behind))


def _line(found: StoredCrossing) -> Line:
    style, verdict = texts.VERDICTS.get(found.verdict, ("none", texts.UNKNOWN))
    return Line(
        at=found.occurred_at,
        gate_id=found.gate_id,
        gate_seq=found.gate_seq,
        style=style,
        verdict=verdict,
        status=texts.STATUSES.get(found.status, texts.UNKNOWN),
        findings=found.findings,
        trusted=_beginning(parse(found.payload).trust_store_version),
    )


def _beginning(version: str) -> str:
    """Return as much of a trust store's version as tells it from others, "" if it is none."""
    return version[:_SHOWN_DIGITS] if _VERSION.fullmatch(version) else ""
