"""Bodies of stored rows: the one place where they are sealed and opened."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from egate.central.database import Connection
from egate.central.key_ring import KeyRing, Sealed
from egate.observability.logging import logger
from egate.outbox.sealing import SealBroken


def keys_of(connection: Connection) -> KeyRing:
    """Return the keys of the database that ``connection`` of its pool is to."""
    keys: KeyRing = connection.keys
    return keys


def record_of(keys: KeyRing, row: Mapping[str, Any]) -> bytes:
    """Return the encoded record of a row of ``crossing``, byte for byte as it was sent.

    Args:
        keys: of the database.
        row: with ``crossing_id``, ``key_id`` and ``payload``.

    Raises:
        SealBroken: it was changed.

    """
    return _opened(keys, Sealed.CROSSING, row["crossing_id"], row)


def decision_of(keys: KeyRing, row: Mapping[str, Any]) -> bytes:
    """Return the encoded decision of a row with ``decision_id``, ``key_id`` and ``payload``.

    Raises:
        SealBroken: it was changed.

    """
    return _opened(keys, Sealed.DECISION, row["decision_id"], row)


def message_of(keys: KeyRing, row: Mapping[str, Any]) -> bytes:
    """Return the encoded record of a row of ``special_branch_outbox``.

    Raises:
        SealBroken: it was changed.

    """
    return _opened(keys, Sealed.SPECIAL_BRANCH, row["crossing_id"], row)


def whole_or_none(
    keys: KeyRing, column: Sealed, row_id: UUID, row: Mapping[str, Any]
) -> bytes | None:
    """Return the body of a row; None, and a line in the log, if it was changed where it lies.

    For work that goes over many rows, and that one of them must not stop.

    Args:
        keys: of the database.
        column: where it is stored.
        row_id: id of the row.
        row: with ``key_id`` and ``payload``.

    """
    try:
        return _opened(keys, column, row_id, row)
    except SealBroken:
        logger().error("body changed where it lies", at=column, crossing_id=str(row_id))
        return None


def _opened(keys: KeyRing, column: Sealed, row_id: UUID, row: Mapping[str, Any]) -> bytes:
    return keys.unseal(column, row_id, row["key_id"], row["payload"])
