"""Record ids: UUID version 7 (RFC 9562 section 5.7), sortable by the time they were made."""

from typing import Final
from uuid import UUID

from egate.domain.time import UtcSeconds

RANDOM_BITS: Final = 74


def make_record_id(at: UtcSeconds, random_bits: int) -> str:
    """Return the id of a session that begins now.

    Args:
        at: now, not before 1970.
        random_bits: 74 unpredictable bits.

    """
    milliseconds = int(at * 1000) & (1 << 48) - 1
    high, low = random_bits >> 62 & 0xFFF, random_bits & (1 << 62) - 1
    return str(UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low))


def made_at(record_id: str) -> UtcSeconds:
    """Return when ``record_id`` was made, to the millisecond.

    Args:
        record_id: a UUID version 7.

    """
    return UtcSeconds((UUID(record_id).int >> 80) / 1000)
