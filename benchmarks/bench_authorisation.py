"""The centre's answer about a traveller's visa, clearance and stay: over mutual TLS, from tables.

Every document has four crossings, a visa that was used twice, and an extension; one in ten took
the place of another that has as much. A bare answer of the same database takes turns with the
questions, so that both met the same machine. ``--documents 2000000`` fills eight million crossings.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.centre_process import (
    centre,
    database_of,
    enrol_gates,
    gate_id,
    model_record,
)
from egate.central.database import Connection, Pool, open_database
from egate.central.resealing import seal_all
from egate.cli.service_identity import issue
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.domain.authorisation.traveller import Traveller
from egate.domain.evidence import StayGrant
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import Outcome
from egate.reporting.authorisation_client import AuthorisationClient
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.mapping import encode

DOCUMENTS = 50_000
QUESTIONS = 2000
AT_ONCE = 16
NOW = UtcSeconds(1_795_000_000.0)  # 18 November 2026
KEY = """encode(substr(sha256(convert_to('UTO<' || lpad({0}::text, 9, '0'), 'UTF8')), 1, 16),
    'hex')::uuid"""
CROSSINGS = """
INSERT INTO crossing (doc_key, crossing_id, gate_id, gate_seq, occurred_at, recorded_at,
    clock_suspect, border_crossing_point, direction, verdict, status, findings, issuing_state,
    payload)
SELECT KEY, md5(n || ' ' || turn)::uuid, 'BENCH-0', n * 4 + turn, at, at, false, 'BDDAC',
    1 + turn % 2, 1, 1, '{}', 'UTO', $2
FROM generate_series(1, $1::int) AS n, generate_series(0, 3) AS turn,
    LATERAL (SELECT to_timestamp($3) - (400 - 90 * turn + n % 80) * interval '1 day' AS at) AS made
"""
ENTRIES = """
INSERT INTO authorisation_entry (doc_key, subject, identity, act_id, content)
SELECT KEY, subject, identity, md5('')::uuid, content FROM generate_series(1, $1::int) AS n,
    LATERAL (VALUES
        ('authorisations', 'visa_mrv V' || n, jsonb_build_object('kind', 'visa_mrv', 'number',
            'V' || n, 'issuing_state', 'UTO', 'document_number', lpad(n::text, 9, '0'),
            'valid_from', '2025-01-01', 'valid_to', '2027-12-31', 'max_stay_days', '30')),
        ('extensions', 'X' || n, jsonb_build_object('number', 'X' || n, 'issuing_state', 'UTO',
            'document_number', lpad(n::text, 9, '0'), 'given_on', '2026-01-01',
            'authorised_until', '2026-02-01'))) AS rows (subject, identity, content)
"""
SUCCESSIONS = """
INSERT INTO authorisation_entry (doc_key, subject, identity, act_id, content)
SELECT KEY, 'successions', 'renewed ' || n / 2, md5('')::uuid, jsonb_build_object('kind',
    'renewed', 'earlier_issuing_state', 'UTO', 'earlier_document_number',
    lpad((n / 2 * 2)::text, 9, '0'), 'later_issuing_state', 'UTO', 'later_document_number',
    lpad((n / 2 * 2 + 1)::text, 9, '0'))
FROM generate_series(2, $1::int) AS n WHERE n / 2 % 10 = 0
"""
HOLDERS = """
INSERT INTO document_holder (doc_key, holder, members, own)
SELECT unnest(members), members[1], members, false
FROM (SELECT array_agg(KEY ORDER BY KEY) AS members
    FROM generate_series(2, $1::int) AS n WHERE n / 2 % 10 = 0 GROUP BY n / 2) AS made
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS, metavar="N")
    documents = parser.parse_args().documents
    with tempfile.TemporaryDirectory(prefix="egate-bench-") as name:
        folder = Path(name)
        with centre(folder) as address:
            asyncio.run(measure(folder, address, documents))


async def measure(folder: Path, address: str, documents: int) -> None:
    await enrol_gates(folder, 1)
    async with open_database(database_of(folder)) as pool:
        await fill(pool, documents)
        link = Link(address, issue(folder, "gate", gate_id(0)), Role.CENTRE)
        gate = AuthorisationClient(link, 10.0)
        asked, bare = await one_by_one(gate, pool, documents)
        rate = await many_at_once(gate, documents)
        await link.close()
    figure = {
        "name": f"answer about visa, clearance and stay among {4 * documents:,} crossings, p50",
        "value": statistics.median(asked),
        "unit": "ms",
        "reference": f"SELECT 1 of the same database, in turn: {statistics.median(bare):.3f} ms",
        "ratio": statistics.median(asked) / statistics.median(bare),
        "note": f"p99 {p99(asked):.1f} ms, of SELECT 1 {p99(bare):.2f} ms; over mutual TLS;"
        f" {AT_ONCE} at once: {rate:.0f} answers/s",
    }
    print(json.dumps(figure))


async def fill(pool: Pool, documents: int) -> None:
    model = model_record(0)
    grant = StayGrant("visa_mrv", "V", 30, "")
    payload = encode(replace(model, crossing_id="x", grant=grant, occurred_at=NOW))
    async with pool.acquire() as connection:
        await run(connection, CROSSINGS, documents, payload, float(NOW))
        await run(connection, ENTRIES, documents)
        await run(connection, SUCCESSIONS, documents)
        await run(connection, HOLDERS, documents)
    await seal_all(pool)
    async with pool.acquire() as connection:
        for table in ("crossing", "authorisation_entry", "document_holder"):
            await connection.execute(f"VACUUM ANALYZE {table}", timeout=600)


async def run(connection: Connection, query: str, *values: object) -> None:
    await connection.execute(query.replace("KEY", KEY.format("n")), *values, timeout=600)


async def one_by_one(
    gate: AuthorisationClient, pool: Pool, documents: int
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of questions, and of asking the database nothing, in turn."""
    chance = random.Random(1)  # noqa: S311 - no secret
    asked, bare = [], []
    for _ in range(QUESTIONS):
        begun = time.perf_counter()
        await ask(gate, chance.randrange(2, documents))
        asked.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        await pool.fetchval("SELECT 1")
        bare.append((time.perf_counter() - begun) * 1000)
    return asked, bare


async def many_at_once(gate: AuthorisationClient, documents: int) -> float:
    """Return answers a second."""
    chance = random.Random(2)  # noqa: S311 - no secret

    async def go_on() -> None:
        for _ in range(QUESTIONS // AT_ONCE):
            await ask(gate, chance.randrange(2, documents))

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(go_on())
    return QUESTIONS // AT_ONCE * AT_ONCE / (time.perf_counter() - begun)


async def ask(gate: AuthorisationClient, number: int) -> None:
    document = DocumentKey("UTO", f"{number:09}")
    traveller = Traveller(document, "P", "UTO", Direction.ENTRY, "BDDAC", NOW)
    answer = await gate.check(traveller, "0197f000-0000-7000-8000-000000000001")
    if {check.outcome for check in answer.checks} != {Outcome.SUCCESSFUL} or not answer.grant:
        sys.exit(f"not as expected: {answer.checks}")


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


if __name__ == "__main__":
    main()
