"""Gauges of the centre for Prometheus, counted when asked for. Nothing personal."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from egate.central.alarms import count_alarms
from egate.central.database import Pool
from egate.central.special_branch.outbox import waiting
from egate.central.status.figures import verdicts
from egate.central.store import Store

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_FRESH_SECONDS: Final = 15.0
_QUERY_SECONDS: Final = 30.0
# By the gate's clock; one that is wrong would make an age of nobody.
_LAST: Final = """
SELECT gate_id, greatest(0, extract(epoch FROM now() - max(occurred_at)))::float8 AS age
FROM crossing_fact WHERE NOT clock_suspect GROUP BY gate_id ORDER BY gate_id
"""
_HEARD: Final = """
SELECT gate_id, greatest(0, extract(epoch FROM now() - max(until)))::float8 AS age
FROM gate_service GROUP BY gate_id ORDER BY gate_id
"""
# A centre that never made one is as old as its first table.
_BACKUP: Final = """
SELECT extract(epoch FROM now() - coalesce(max(begun_at),
    (SELECT min(applied_at) FROM schema_version)))::float8 FROM backup
"""


@dataclass(frozen=True, slots=True)
class _Refused(Collector):
    """How many records were refused since the process started."""

    count: Callable[[], int]

    def collect(self) -> Iterable[Metric]:
        yield CounterMetricFamily(
            "egate_ingest_refused", "records refused since the start", value=self.count()
        )


class Metrics:
    """What the centre tells about itself.

    Args:
        store: of records.
        pool: of connections to its database.
        refused: gives how many records were refused since the process started.

    """

    def __init__(self, store: Store, pool: Pool, refused: Callable[[], int]) -> None:
        self._store = store
        self._pool = pool
        self._lock = asyncio.Lock()
        self._text: bytes | None = None
        self._made_at = 0.0
        self._registry = CollectorRegistry()
        self._registry.register(_Refused(refused))
        self._records = self._gauge("egate_records", "records stored")
        self._conflicts = self._gauge("egate_conflicts", "contents kept aside: their id was taken")
        self._gaps = self._gauge("egate_gaps", "ranges missing in gates' sequences, to 1000")
        self._forks = self._gauge("egate_forks", "numbers that a gate used twice, to 1000")
        self._gates = self._gauge("egate_gates_seen", "gates that made a record")
        self._alarms = self._gauge("egate_alarms", "alarms that nobody has settled", "kind")
        self._last = self._gauge(
            "egate_gate_last_record_age_seconds", "since a gate's last record", "gate"
        )
        self._heard = self._gauge(
            "egate_gate_last_report_age_seconds", "since a gate's last report of service", "gate"
        )
        self._backup = self._gauge(
            "egate_backup_age_seconds",
            "since the last backup began; before the first, since the first start",
        )
        self._untold = self._gauge(
            "egate_special_branch_waiting", "records of which the Special Branch knows nothing yet"
        )
        self._untold_age = self._gauge(
            "egate_special_branch_oldest_age_seconds", "since the oldest of them was accepted"
        )

    async def text(self) -> bytes:
        """Return the gauges, at most 15 s old, in the text format of Prometheus.

        Raises:
            what ``CONNECTION_FAULTS`` names: the database does not answer.

        """
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if self._text is None or now - self._made_at > _FRESH_SECONDS:
                await self._count()
                self._text, self._made_at = generate_latest(self._registry), now
            return self._text

    async def _count(self) -> None:
        self._records.set(sum((await verdicts(self._pool)).values()))
        self._conflicts.set(await self._store.conflicts())
        self._gaps.set(len(await self._store.gaps()))
        self._forks.set(len(await self._store.forks()))
        untold = await waiting(self._pool)
        self._untold.set(untold.count)
        self._untold_age.set(untold.oldest_seconds)
        self._backup.set(max(0.0, await self._pool.fetchval(_BACKUP)))
        last = await self._pool.fetch(_LAST, timeout=_QUERY_SECONDS)
        self._gates.set(len(last))
        for gauge, found in (
            (self._alarms, (await count_alarms(self._pool)).items()),
            (self._last, last),
            (self._heard, await self._pool.fetch(_HEARD, timeout=_QUERY_SECONDS)),
        ):
            gauge.clear()
            for label, value in found:
                gauge.labels(label).set(value)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self._registry)
