"""Facts of records: what statistics need, taken out of each once, and nothing of a person."""

import asyncio
import math
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from egate.central.bodies import keys_of, whole_or_none
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.key_ring import KeyRing, Sealed
from egate.central.statistics.period import TIME_ZONE
from egate.observability.logging import Logger
from egate.reporting.mapping import parse
from egate.wire.v1 import crossing_pb2 as wire

_BATCH: Final = 2000
_PAUSE_SECONDS: Final = 5.0
"""Between batches: 400 records a second are more than a country makes, and hold up nobody."""
_BATCH_SECONDS: Final = 30.0
_MAX_STEPS: Final = 16
_MAX_MODE: Final = 2**15 - 1
_MAX_STEP_SECONDS: Final = 3600.0
_STEP: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CHECK: Final = re.compile(r"BACKGROUND\.[A-Z_]{1,48}")
_OWN_CHECKS: Final = frozenset({"BACKGROUND.ELIGIBILITY", "BACKGROUND.SERVICE"})
"""Known without asking any list."""
_STATE: Final = re.compile(r"[A-Z]{1,3}")
_CODE: Final = re.compile(r"[A-Z][A-Z0-9]?")
_ANSWERS: Final = frozenset({int(wire.OUTCOME_SUCCESSFUL), int(wire.OUTCOME_FAILED)})

_MARK: Final = "SELECT accepted_at, crossing_id FROM crossing_fact_mark FOR UPDATE"
# accepted_at is the beginning of the transaction that stores a record. Whatever began before
# the oldest one that still runs is committed, or never will be: no record is left behind.
# A query of its own: it has to be older than what the next one sees.
_SETTLED: Final = """
SELECT least(min(xact_start), clock_timestamp() - interval '1 second') FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND xact_start IS NOT NULL
"""
_NEXT: Final = """
SELECT accepted_at, crossing_id, gate_id, occurred_at, clock_suspect, border_crossing_point,
    direction, verdict, status, findings, issuing_state, key_id, payload
FROM crossing
WHERE accepted_at >= $1 AND (accepted_at, crossing_id) > ($1, $2) AND accepted_at < $3
ORDER BY accepted_at, crossing_id LIMIT $4
"""
# Lists within a row have no line feed.
_INSERT: Final = """
INSERT INTO crossing_fact (crossing_id, gate_id, occurred_at, clock_suspect,
    border_crossing_point, direction, verdict, status, issuing_state, nationality,
    document_code, findings, answered, steps, step_seconds, capture_mode, under_fallback)
SELECT crossing_id, gate_id, occurred_at, clock_suspect, border_crossing_point, direction,
    verdict, status, issuing_state, nationality, document_code,
    string_to_array(findings, E'\\n'), string_to_array(answered, E'\\n'),
    string_to_array(steps, E'\\n'), string_to_array(step_seconds, E'\\n')::real[],
    capture_mode, under_fallback
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::boolean[], $5::text[],
    $6::smallint[], $7::smallint[], $8::smallint[], $9::text[], $10::text[], $11::text[],
    $12::text[], $13::text[], $14::text[], $15::text[], $16::smallint[], $17::boolean[])
    AS made (crossing_id, gate_id, occurred_at, clock_suspect, border_crossing_point, direction,
        verdict, status, issuing_state, nationality, document_code, findings, answered, steps,
        step_seconds, capture_mode, under_fallback)
ON CONFLICT DO NOTHING
RETURNING border_crossing_point, occurred_at, direction, verdict, status
"""
_COUNT: Final = f"""
WITH fresh AS ({_INSERT})
INSERT INTO crossing_tally
SELECT border_crossing_point, (occurred_at AT TIME ZONE '{TIME_ZONE}')::date, direction, verdict,
    status, count(*)
FROM fresh GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (border_crossing_point, day, direction, verdict, status)
    DO UPDATE SET count = crossing_tally.count + excluded.count
"""  # noqa: S608 - of constants
_MOVE: Final = "UPDATE crossing_fact_mark SET accepted_at = $1, crossing_id = $2"


async def make_facts(pool: Pool) -> int:
    """Make the facts of the next records and return of how many; 0: all have theirs."""
    async with pool.acquire() as connection, connection.transaction():
        accepted_at, crossing_id = await connection.fetchrow(_MARK, timeout=_BATCH_SECONDS)
        settled = await connection.fetchval(_SETTLED)
        rows = await connection.fetch(
            _NEXT, accepted_at, crossing_id, settled, _BATCH, timeout=_BATCH_SECONDS
        )
        if rows:
            keys = keys_of(connection)
            columns = zip(*(_fact(row, _record(keys, row)) for row in rows), strict=True)
            await connection.execute(_COUNT, *map(list, columns), timeout=_BATCH_SECONDS)
            await connection.execute(_MOVE, rows[-1]["accepted_at"], rows[-1]["crossing_id"])
    return len(rows)


async def make_all_facts(pool: Pool) -> None:
    """Make the facts of every record that is there."""
    while await make_facts(pool):
        pass


async def keep_making_facts(pool: Pool, log: Logger) -> None:
    """Make facts until cancelled, slowly enough that no gate waits."""
    while True:
        try:
            await make_facts(pool)
        except CONNECTION_FAULTS as error:
            log.warning("facts of records not made", error=type(error).__name__)
        await asyncio.sleep(_PAUSE_SECONDS)


def _record(keys: KeyRing, row: Any) -> wire.CrossingRecord:  # noqa: ANN401 - asyncpg
    """Return the record of a row; an empty one if it was changed where it lies."""
    return parse(whole_or_none(keys, Sealed.CROSSING, row["crossing_id"], row) or b"")


def _fact(row: Any, record: wire.CrossingRecord) -> tuple[Any, ...]:  # noqa: ANN401 - asyncpg
    steps = list(_steps(record.steps))
    return (
        row["crossing_id"],
        row["gate_id"],
        row["occurred_at"],
        row["clock_suspect"],
        row["border_crossing_point"],
        row["direction"],
        row["verdict"],
        row["status"],
        row["issuing_state"],
        _sound(_STATE.fullmatch, record.document.nationality.rstrip("<")),
        _sound(_CODE.fullmatch, record.document.document_code.rstrip("<")),
        "\n".join(row["findings"]),
        "\n".join(_answered(record.checks)),
        "\n".join(step.step for step in steps),
        "\n".join(f"{step.seconds:.3f}" for step in steps),
        _capture_mode(record.capture_mode),
        record.entered_under_fallback,
    )


def _capture_mode(number: int) -> int:
    """Return the mode; a record without one is a gate's, and an absurd one is unknown."""
    return (number or int(wire.CAPTURE_MODE_EGATE)) if 0 <= number <= _MAX_MODE else _MAX_MODE


def _sound(fits: Callable[[str], object], text: str) -> str | None:
    return text if fits(text) else None


def _answered(checks: Iterable[wire.CheckResult]) -> list[str]:
    found = {
        check.check_id
        for check in checks
        if check.outcome in _ANSWERS and _CHECK.fullmatch(check.check_id)
    }
    return sorted(found - _OWN_CHECKS)


def _steps(steps: Iterable[wire.StepDuration]) -> Iterable[wire.StepDuration]:
    sound = [
        step
        for step in steps
        if _STEP.fullmatch(step.step)
        and math.isfinite(step.seconds)
        and 0.0 <= step.seconds <= _MAX_STEP_SECONDS
    ]
    return sound[:_MAX_STEPS]
