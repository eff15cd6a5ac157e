"""What a gate still has of its records, to be read beside the gate that runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from egate.outbox.database import reading
from egate.outbox.sealing import Seal, SealBroken

_COUNT: Final = "SELECT count(*) FROM outbox"
_ALL: Final = "SELECT record_id, sealed FROM outbox ORDER BY seq"


class KeptRecords:
    """Records that the centre has not confirmed, and those that it never will.

    Args:
        journal: of the gate.
        seal: of the journal.

    """

    def __init__(self, journal: Path, seal: Seal) -> None:
        self._journal = journal
        self._seal = seal

    def count(self) -> int:
        """Return how many there are.

        Raises:
            DatabaseUnusable: the journal cannot be read.

        """
        with reading(self._journal) as database:
            found: int = database.execute(_COUNT).fetchone()[0]
        return found

    def payloads(self) -> Iterator[bytes | None]:
        """Give each encoded record, the oldest first; None for one whose seal is broken.

        Raises:
            DatabaseUnusable: the journal cannot be read.

        """
        with reading(self._journal) as database:
            for record_id, sealed in database.execute(_ALL):
                try:
                    yield self._seal.unseal(sealed, record_id)
                except SealBroken:
                    yield None
