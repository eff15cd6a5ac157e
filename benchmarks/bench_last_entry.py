"""Finding a document's last entry in an embedded PostgreSQL, and in one with a tenth of the stays.

``--stays 10000000`` fills ten million rows, which takes two minutes and 5 GB. Lookups in both,
and a bare answer of the database, take turns, so that all three met the same machine.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
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
    with tempfile.TemporaryDirectory(prefix="egate-bench-") as name:
        folder = Path(name)
        async with (
            open_database(Database(embedded=folder / "large" / "postgresql")) as large,
            open_database(Database(embedded=folder / "small" / "postgresql")) as small,
        ):
            await fill(large, stays)
            await fill(small, stays // 10)
            took = await look_up(large, small, stays // STAYS_OF_A_DOCUMENT)
    figure = {
        "name": f"last entry of a document among {stays:,} stays, p50",
        "value": statistics.median(took["large"]),
        "unit": "ms",
        "reference": f"among a tenth of them, in turn: {statistics.median(took['small']):.3f} ms",
        "ratio": statistics.median(took["large"]) / statistics.median(took["small"]),
        "note": f"p99 {p99(took['large']):.2f} ms, and {p99(took['small']):.2f} ms;"
        f" SELECT 1 of the same servers in turn with them"
        f" {statistics.median(took['large, nothing']):.3f} ms,"
        f" and {statistics.median(took['small, nothing']):.3f} ms;"
        f" {STAYS_OF_A_DOCUMENT} stays a document",
    }
    print(json.dumps(figure))


async def fill(pool: Pool, stays: int) -> None:
    documents = stays // STAYS_OF_A_DOCUMENT
    for start in range(0, stays, 500_000):
        await pool.execute(FILL, start, min(start + 500_000, stays), documents, timeout=600)
    await pool.execute("VACUUM ANALYZE stay", timeout=600)


async def look_up(large: Pool, small: Pool, documents: int) -> dict[str, list[float]]:
    """Return the milliseconds of lookups in both tables, and of asking nothing, in turn."""
    took: dict[str, list[float]] = defaultdict(list)
    chance = random.Random(1)  # noqa: S311 - no secret
    for _ in range(LOOKUPS):
        for name, pool, among in (("large", large, documents), ("small", small, documents // 10)):
            key = document_key("UTO", f"{chance.randrange(among):09}")
            if key is None:
                sys.exit("a number without a key")
            begun = time.perf_counter()
            found = await Store(pool).last_entry(key)
            took[name].append((time.perf_counter() - begun) * 1000)
            if found is None:
                sys.exit("a document without an entry")
            begun = time.perf_counter()
            await Store(pool).ping()
            took[f"{name}, nothing"].append((time.perf_counter() - begun) * 1000)
    return took


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


if __name__ == "__main__":
    main()
