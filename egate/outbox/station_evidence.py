"""What a station knows of its own evidence: what is proven, and what is broken.

It lies beside the chain, in the same database, so that a break is told over a restart and by
``egate doctor``.
"""

import sqlite3
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, TypeVar

from egate.observability.logging import logger
from egate.outbox.chain_audit import ChainAudit
from egate.outbox.chain_proof import ChainProof
from egate.outbox.database import reading

Result = TypeVar("Result")
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS evidence_fault (
    part TEXT PRIMARY KEY,
    fault TEXT NOT NULL
);
"""
_FAULTS: Final = "SELECT part, fault FROM evidence_fault"
_MADE: Final = "SELECT 1 FROM sqlite_master WHERE name = 'evidence_fault'"
_NOTE: Final = """
INSERT INTO evidence_fault VALUES (?, ?) ON CONFLICT DO UPDATE SET fault = excluded.fault
"""


class EvidencePart(StrEnum):
    """Which evidence of a station's records."""

    CHAIN = "chain"
    """The station's own chain."""
    PROOF = "proof"
    """What the centre proves to have of it."""


class EvidenceUnusable(Exception):
    """The station's database cannot be read or written now; one line."""


class StationEvidence:
    """Of one station, over the database in which it numbers its records.

    Args:
        database: open, and this process's alone; the chain's tables are there when it is asked.
        station_id: as in the records.
        never_taken: numbers of the records that the centre need not have.

    """

    def __init__(
        self,
        database: sqlite3.Connection,
        station_id: str,
        never_taken: Callable[[], set[int]],
    ) -> None:
        self._database = database
        with database:
            database.executescript(_SCHEMA)
        self.proof = ChainProof(database, station_id, never_taken)
        self.audit = ChainAudit(database, station_id)
        self.faults: Mapping[str, str] = dict(database.execute(_FAULTS).fetchall())
        """What is broken now, by its part; nothing personal."""

    def note(self, part: EvidencePart, fault: str) -> None:
        """Let ``fault`` be what is broken of ``part``, "" for nothing.

        Raises:
            sqlite3.Error: it is told, and forgotten when the station starts anew.

        """
        if self.faults.get(part, "") == fault:
            return
        others = {each: text for each, text in self.faults.items() if each != part}
        self.faults = others | {part: fault} if fault else others
        if fault:
            logger().error("evidence broken", code=part, reason=fault)
        else:
            logger().warning("evidence whole again", code=part)
        with self._database:
            if fault:
                self._database.execute(_NOTE, (part, fault))
            else:
                self._database.execute("DELETE FROM evidence_fault WHERE part = ?", (part,))


class AskEvidence(Protocol):
    """Does a piece of work on a station's evidence, in the thread that has its database."""

    async def __call__(self, work: Callable[[StationEvidence], Result]) -> Result:
        """Return what ``work`` returns.

        Raises:
            EvidenceUnusable: it is not sure that it was done.

        """
        ...


def in_own_thread(evidence: StationEvidence) -> AskEvidence:
    """Return how ``evidence`` is asked where its database is used by the event loop itself."""

    async def ask(work: Callable[[StationEvidence], Result]) -> Result:
        try:
            return work(evidence)
        except sqlite3.Error as error:
            raise EvidenceUnusable(str(error)) from error

    return ask


def evidence_faults(file: Path) -> Mapping[str, str]:
    """Return what the station of ``file`` last found broken, by its part; it may run meanwhile.

    Raises:
        DatabaseUnusable: it cannot be read.

    """
    with reading(file) as database:
        if database.execute(_MADE).fetchone() is None:
            return {}  # no station of this version has run with it
        return dict(database.execute(_FAULTS).fetchall())
