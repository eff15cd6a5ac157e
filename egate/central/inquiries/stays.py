"""Stays as officers see them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from egate.central.authorisations.limits import UNLIMITED
from egate.central.database import Connection
from egate.central.holders import holders_of
from egate.central.inquiries.searching import stamp
from egate.central.port_time import DHAKA
from egate.wire.v1 import inquiry_pb2 as wire

_COLUMNS: Final = """entry_id, entry_at, exit_id, exit_at, kind, absence, allowed_until,
    entry_port, now() AS now"""
_OF_HOLDER: Final = f"""
SELECT {_COLUMNS} FROM stay WHERE doc_key = $1 ORDER BY since DESC, first_id DESC LIMIT $2
"""  # noqa: S608 - of constants
_OF_CROSSING: Final = f"""
SELECT {_COLUMNS} FROM stay WHERE doc_key = $1 AND (entry_id = $2 OR exit_id = $2) LIMIT 1
"""  # noqa: S608 - of constants


async def stays_of(connection: Connection, holder: UUID, limit: int) -> list[wire.HolderStay]:
    """Return up to ``limit`` stays of a holder, the newest first."""
    return [_stay(row) for row in await connection.fetch(_OF_HOLDER, holder, limit)]


async def stay_with(
    connection: Connection, document: UUID, crossing_id: UUID
) -> wire.HolderStay | None:
    """Return the stay that a crossing with ``document`` begins or ends, None for none."""
    holder = (await holders_of(connection, [document])).get(document)
    place = holder.key if holder else document
    row = await connection.fetchrow(_OF_CROSSING, place, crossing_id)
    return None if row is None else _stay(row)


def _stay(row: Any) -> wire.HolderStay:  # noqa: ANN401 - asyncpg
    until = row["allowed_until"]
    stay = wire.HolderStay(
        kind=wire.StayKind.ValueType(row["kind"]),
        absence=row["absence"],
        entry_crossing_id=str(row["entry_id"] or ""),
        exit_crossing_id=str(row["exit_id"] or ""),
        entry_border_crossing_point=row["entry_port"] or "",
        unlimited=until == UNLIMITED,
    )
    if row["entry_at"]:
        stay.entry_at.CopyFrom(stamp(row["entry_at"]))
    if row["exit_at"]:
        stay.exit_at.CopyFrom(stamp(row["exit_at"]))
    if until and not stay.unlimited:
        stay.allowed_until = until.isoformat()
        ended: datetime = row["exit_at"] or row["now"]
        stay.overstay_days = max(0, (ended.astimezone(DHAKA).date() - until).days)
    return stay
