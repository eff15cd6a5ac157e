"""Finding a document's last entry in an embedded PostgreSQL, at two sizes, beside a bare answer.

``--stays 10000000`` measures ten times as many; what is printed has a tenth of it beside.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from egate.central.database import Pool, open_database
from egate.central.document_key import document_key
from egate.central.store import Store
from egate.settings import Database

STAYS = 1_000_000
STAYS_OF_A_DOCUMENT = 4
LOOKUPS = 3000
# Documents in no order, as in life; the key is that of document_key.
FILL = """
INSERT INTO stay (doc_key, since, first_id, entry_id, entry_at, exit_id, exit_at, kind, absence)
SELECT encode(substr(sha256(convert_to('UTO<' || lpad((n % $3)::text, 9, '0'), 'UTF8')), 1, 16),
        'hex')::uuid,
    begun, md5(n::text)::uuid, md5(n::text)::uuid, begun,
    md5('x' || n)::uuid, begun + interval '9 days', 2, false
FROM (SELECT n, timestamptz '2024-01-01Z' + n * interval '60 seconds' AS begun
    FROM generate_series($1::bigint, $2::bigint - 1) AS n) AS made
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, default=STAYS, metavar="N")
    asyncio.run(measure(parser.parse_args().stays))


async def measure(stays: int) -> None:
    documents = stays // STAYS_OF_A_DOCUMENT
    with tempfile.TemporaryDirectory(prefix="egate-bench-") as folder:
        async with open_database(Database(embedded=Path(folder) / "postgresql")) as pool:
            await fill(pool, 0, stays // 10, documents)
            small = await look_up(pool, stays // 10, documents)
            await fill(pool, stays // 10, stays, documents)
            large = await look_up(pool, stays, documents)
            bare = await ask_nothing(pool)
    figure = {
        "name": "last entry of a document, p50",
        "value": statistics.median(large),
        "unit": "ms",
        "reference": f"SELECT 1 on the same connection: {bare:.3f} ms",
        "ratio": statistics.median(large) / bare,
        "note": f"{stays:,} stays of {documents:,} documents, p99 {p99(large):.2f} ms; with a"
        f" tenth of them p50 {statistics.median(small):.3f} ms, p99 {p99(small):.2f} ms",
    }
    print(json.dumps(figure))


async def fill(pool: Pool, first: int, end: int, documents: int) -> None:
    for start in range(first, end, 500_000):
        await pool.execute(FILL, start, min(start + 500_000, end), documents, timeout=600)
    await pool.execute("VACUUM ANALYZE stay", timeout=600)


async def look_up(pool: Pool, stays: int, documents: int) -> list[float]:
    """Return the milliseconds of each lookup of a document that is there."""
    store, chance = Store(pool), random.Random(1)  # noqa: S311 - no secret
    took = []
    for _ in range(LOOKUPS):
        key = document_key("UTO", f"{chance.randrange(min(stays, documents)):09}")
        if key is None:
            sys.exit("a number without a key")
        begun = time.perf_counter()
        found = await store.last_entry(key)
        took.append((time.perf_counter() - begun) * 1000)
        if found is None:
            sys.exit("a document without an entry")
    return took


async def ask_nothing(pool: Pool) -> float:
    store, took = Store(pool), []
    for _ in range(LOOKUPS):
        begun = time.perf_counter()
        await store.ping()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


if __name__ == "__main__":
    main()
