"""Orders to gates and how gates stand, in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from egate.central.database import Connection, Pool

_GIVE: Final = """
INSERT INTO gate_order (gate_id, officer_order, officer_id, reason, expires_at)
SELECT name, $2, $3, $4, now() + $5 FROM peer
WHERE role = 'gate' AND name = $1 AND retired_at IS NULL RETURNING order_id
"""
_REPORT: Final = """
INSERT INTO gate_report (gate_id, seen_at, status) VALUES ($1, now(), $2)
ON CONFLICT (gate_id) DO UPDATE SET seen_at = excluded.seen_at, status = excluded.status
"""
_NOTE: Final = """
UPDATE gate_order SET outcome = said.outcome, outcome_at = now()
FROM unnest($2::bigint[], $3::smallint[]) AS said (order_id, outcome)
WHERE gate_order.order_id = said.order_id AND gate_id = $1 AND gate_order.outcome = 0
"""
_HAND: Final = """
UPDATE gate_order SET handed_at = coalesce(handed_at, now())
WHERE order_id IN (
    SELECT order_id FROM gate_order WHERE gate_id = $1 AND outcome = 0 AND expires_at > now()
    ORDER BY order_id LIMIT $2)
RETURNING order_id, officer_order, officer_id,
    extract(epoch FROM expires_at - now())::float8 AS valid_seconds
"""
_OUTCOME: Final = """
SELECT outcome, handed_at IS NULL AND expires_at <= now() AS expired FROM gate_order
WHERE order_id = $1
"""
_GATES: Final = """
SELECT name AS gate_id, border_crossing_point, enrolled_at,
    (SELECT max(until) FROM peer_certificate AS one
        WHERE one.role = 'gate' AND one.name = peer.name AND revoked_at IS NULL)
        AS certificate_until, seen_at, status
FROM peer LEFT JOIN gate_report ON gate_report.gate_id = peer.name
WHERE peer.role = 'gate' AND retired_at IS NULL ORDER BY name LIMIT 10000
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What an officer orders.

    Args:
        gate_id: whom.
        officer_order: number of the wire's enum.
        officer_id: who.
        reason: why.
        lifetime: how long it may be carried out.

    """

    gate_id: str
    officer_order: int
    officer_id: str
    reason: str
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class HandedOrder:
    """An order as a gate is told of it; ``valid_seconds`` from now on."""

    order_id: int
    officer_order: int
    officer_id: str
    valid_seconds: float


@dataclass(frozen=True, slots=True)
class EnrolledGate:
    """A gate that is enrolled, and how it stood when it last asked for orders.

    Args:
        gate_id: the gate.
        border_crossing_point: UN/LOCODE.
        enrolled_at: when.
        certificate_until: end of its newest certificate; None while none was seen.
        seen_at: when it last asked; None while it never has.
        status: ``dip.egate.v1.GateStatus`` of then; None likewise.

    """

    gate_id: str
    border_crossing_point: str
    enrolled_at: datetime
    certificate_until: datetime | None
    seen_at: datetime | None
    status: bytes | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an order: a number of the wire's enum; ``expired``: nobody asked in time."""

    outcome: int
    expired: bool


async def give_order(pool: Pool, order: Order) -> int | None:
    """Keep ``order`` for its gate and return its id; None when there is no such gate."""
    given: int | None = await pool.fetchval(
        _GIVE,
        order.gate_id,
        order.officer_order,
        order.officer_id,
        order.reason,
        order.lifetime,
    )
    return given


async def note_poll(
    connection: Connection, gate_id: str, status: bytes, results: Sequence[tuple[int, int]]
) -> None:
    """Note how a gate stands, and what came of its orders; those of other gates stay as they are.

    Args:
        connection: in a transaction.
        gate_id: of its certificate.
        status: ``dip.egate.v1.GateStatus``.
        results: id and outcome of each.

    """
    await connection.execute(_REPORT, gate_id, status)
    if results:
        await connection.execute(_NOTE, gate_id, *map(list, zip(*results, strict=True)))


async def hand_orders(connection: Connection, gate_id: str, most: int) -> list[HandedOrder]:
    """Return what a gate has to carry out now, the oldest first."""
    rows = await connection.fetch(_HAND, gate_id, most)
    return sorted((HandedOrder(**row) for row in rows), key=lambda order: order.order_id)


async def standing_of(pool: Pool, order_id: int) -> Standing | None:
    """Return what is known of an order, None when there is none."""
    row = await pool.fetchrow(_OUTCOME, order_id)
    return None if row is None else Standing(**row)


async def enrolled_gates(pool: Pool) -> list[EnrolledGate]:
    """Return all gates that are enrolled."""
    return [EnrolledGate(**row) for row in await pool.fetch(_GATES)]
