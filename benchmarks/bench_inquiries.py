"""Officers' searches in an embedded PostgreSQL with a quarter of a country's crossings.

``--crossings 9000000`` is a hundred thousand a day, and takes some minutes and 8 GB. Searches
and a bare answer of the database take turns, so that all met the same machine.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from egate.central.database import Pool, open_database
from egate.central.inquiries.cursors import Place
from egate.central.inquiries.searching import MAX_FOUND, find, searched, shown
from egate.central.inquiries.service import LIMITS
from egate.central.resealing import seal_all
from egate.central.store import Store
from egate.reporting.mapping import encode
from egate.settings import Database
from egate.wire.v1 import crossing_pb2
from egate.wire.v1 import inquiry_pb2 as wire
from tests.centre_harness import record

CROSSINGS = 500_000
GATES = 200
PORTS = 20
DAYS = 90
LOOKUPS = 40
REFERRED = crossing_pb2.CROSSING_STATUS_REFERRED
OFFLOADED = crossing_pb2.CROSSING_STATUS_OFFLOADED
# One in 25 was referred, and three in a million were offloaded.
FILL = f"""
INSERT INTO crossing (doc_key, crossing_id, gate_id, gate_seq, occurred_at, recorded_at,
    clock_suspect, border_crossing_point, direction, verdict, status, findings, issuing_state,
    payload)
SELECT encode(substr(sha256(convert_to('UTO<' || lpad((n / 4)::text, 9, '0'), 'UTF8')), 1, 16),
        'hex')::uuid,
    md5(n::text)::uuid, 'G-' || n % {GATES}, n / {GATES} + 1, at, at, false,
    'BD' || chr(65 + (n % {PORTS})::int) || 'AA', 1 + (n % 2)::int, 1 + (n % 25 = 0)::int,
    CASE WHEN n % 333333 = 7 THEN 9 WHEN n % 25 = 0 THEN 2 ELSE 1 END, '{{}}', 'UTO', $4
FROM (SELECT n, $3::timestamptz + n * ($5::interval / $6::bigint) AS at
    FROM generate_series($1::bigint, $2::bigint - 1) AS n) AS made
"""  # noqa: S608 - of constants


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crossings", type=int, default=CROSSINGS, metavar="N")
    asyncio.run(measure(parser.parse_args().crossings))


async def measure(crossings: int) -> None:
    with tempfile.TemporaryDirectory(prefix="egate-bench-") as name:
        database = Database(embedded=Path(name) / "postgresql")
        async with open_database(database) as pool:
            now: datetime = await pool.fetchval("SELECT now()")
            since = now - timedelta(days=DAYS)
            await fill(pool, crossings, since)
            took = await look_up(pool, crossings, since, now)
    nothing = statistics.median(took.pop("nothing"))
    for what, each in took.items():
        figure = {
            "name": f"search {what} among {crossings:,} crossings of {DAYS} days, p50",
            "value": statistics.median(each),
            "unit": "ms",
            "reference": f"SELECT 1 in turn with it: {nothing:.2f} ms",
            "note": f"slowest of {LOOKUPS}: {max(each):.1f} ms; pages of {MAX_FOUND}",
        }
        print(json.dumps(figure))


async def fill(pool: Pool, crossings: int, since: datetime) -> None:
    payload, span = encode(record(1)), timedelta(days=DAYS)
    for start in range(0, crossings, 100_000):
        end = min(start + 100_000, crossings)
        await pool.execute(FILL, start, end, since, payload, span, crossings, timeout=600)
    await seal_all(pool)
    await pool.execute("VACUUM ANALYZE crossing", timeout=600)


async def look_up(
    pool: Pool, crossings: int, since: datetime, now: datetime
) -> dict[str, list[float]]:
    """Return the milliseconds of each kind of search, and of asking nothing, in turn."""
    chance = random.Random(1)  # noqa: S311 - no secret
    took: dict[str, list[float]] = defaultdict(list)
    for _ in range(LOOKUPS):
        deep = Place(since + chance.random() * (now - since), UUID(int=0))
        number = f"{chance.randrange(crossings // 4):09}"
        gate, port = f"G-{chance.randrange(GATES)}", f"BD{chr(65 + chance.randrange(PORTS))}AA"
        searches: dict[str, tuple[dict[str, Any], Place | None]] = {
            "by document": ({"issuing_state": "UTO", "document_number": number}, None),
            "by gate": ({"gate_id": gate}, None),
            "by port, a page from the middle": ({"border_crossing_point": port}, deep),
            "of referrals at a gate": ({"gate_id": gate, "statuses": [REFERRED]}, None),
            "of offloads, which are rare": ({"statuses": [OFFLOADED]}, None),
        }
        for what, (asked, after) in searches.items():
            request = wire.FindCrossingsRequest(**asked)
            request.since.FromDatetime(since)
            begun = time.perf_counter()
            async with pool.acquire() as connection, connection.transaction(readonly=True):
                await connection.execute(LIMITS)
                await shown(connection, await find(connection, searched(request, now), after, 101))
            took[what].append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        await Store(pool).ping()
        took["nothing"].append((time.perf_counter() - begun) * 1000)
    return took


if __name__ == "__main__":
    main()
