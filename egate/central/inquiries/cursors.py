"""Where the next page of a search begins, signed so that it is of no use in another search."""

import hashlib
import hmac
import struct
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from egate.central.uuids import to_uuid

_MAC_BYTES: Final = 16
_PLACE: Final = struct.Struct(">q16s")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class CursorForged(ValueError):
    """It was not made by a centre of this database for this search."""


class Place(NamedTuple):
    """The last record of a page: records are ordered by their time, then by their id."""

    occurred_at: datetime
    crossing_id: UUID


def seal_place(place: Place, search: bytes, key: bytes) -> bytes:
    """Return the cursor of ``place``.

    Args:
        place: of the last record that was shown.
        search: all that decides what is found, and who asks.
        key: of the database.

    """
    microseconds = (place.occurred_at - _EPOCH) // _MICROSECOND
    packed = _PLACE.pack(microseconds, place.crossing_id.bytes)
    return _mac(packed, search, key) + packed


def open_place(cursor: bytes, search: bytes, key: bytes) -> Place:
    """Return the place of which ``cursor`` was made.

    Raises:
        CursorForged: by another search, or by nobody.

    """
    mac, packed = cursor[:_MAC_BYTES], cursor[_MAC_BYTES:]
    if len(packed) != _PLACE.size or not hmac.compare_digest(mac, _mac(packed, search, key)):
        raise CursorForged("cursor: not of this search")
    microseconds, crossing_id = _PLACE.unpack(packed)
    return Place(_EPOCH + microseconds * _MICROSECOND, to_uuid(crossing_id))


def _mac(packed: bytes, search: bytes, key: bytes) -> bytes:
    return hmac.digest(key, hashlib.sha256(search).digest() + packed, "sha256")[:_MAC_BYTES]
