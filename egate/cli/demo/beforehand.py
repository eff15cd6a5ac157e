"""What the centre knows before the first traveller comes, as the scenario's file has it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from egate import __version__
from egate.central.authorisations.acts import Origin, file_act
from egate.central.authorisations.rows import ROWS
from egate.central.database import Pool
from egate.cli.demo.listed import Listed
from egate.domain.evidence import StayGrant, TravelDocument
from egate.domain.record import CrossingRecord, CrossingStatus, Direction, RecordVerdict
from egate.domain.record_id import RANDOM_BITS, make_record_id
from egate.domain.time import UtcSeconds
from egate.ports.reporting import PendingRecord
from egate.reporting.mapping import encode

OTHER_GATE_ID: Final = "BDCGP-DEMO-01"
OTHER_PORT: Final = "BDCGP"  # Chattogram
_SUBJECTS: Final = ("systems", "authorisations", "successions")
_ORIGIN: Final = Origin("demo", "for the demo", "demo")
_DAY_SECONDS: Final = 86_400
_WALK_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A foreigner's entry of some days ago, at another port.

    Args:
        issuing_state: of the document.
        document_number: likewise.
        days_ago: when.
        kind: of the authorisation by which they entered, such as ``E_VISA``.
        number: of the authorisation.
        max_stay_days: that it gave.

    """

    issuing_state: str
    document_number: str
    days_ago: int
    kind: str
    number: str
    max_stay_days: int


@dataclass(frozen=True, slots=True)
class Beforehand:
    """The tables of a scenario that are not about who comes.

    Args:
        direction: of the lane.
        rows: by their subject, as the centre's files have them.
        entries: that were recorded.
        listed: by officers.

    """

    direction: Direction
    rows: Mapping[str, Sequence[Mapping[str, str]]]
    entries: tuple[Entry, ...]
    listed: Listed

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> "Beforehand":
        """Return what the file's ``tables`` say.

        Raises:
            KeyError, TypeError, ValueError: a key is unknown or missing, or a value is wrong.

        """
        return cls(
            direction=Direction(tables.get("direction", Direction.ENTRY)),
            rows={name: tables[name] for name in _SUBJECTS if name in tables},
            entries=tuple(Entry(**table) for table in tables.get("entries", ())),
            listed=Listed.from_tables(tables),
        )

    async def file(self, pool: Pool) -> None:
        """File the rows at the centre, as the systems that issue authorisations and officers do.

        Raises:
            RowRefused, ActRefused: a row cannot be taken.

        """
        for subject, rows in self.rows.items():
            await file_act(pool, [ROWS[subject].of(row) for row in rows], _ORIGIN)
        await self.listed.file(pool)

    def records(self, now: UtcSeconds) -> list[PendingRecord]:
        """Return the records of the entries, as the other port's gate would have sent them."""
        made = [_record(number, entry, now) for number, entry in enumerate(self.entries, 1)]
        return [PendingRecord(each.gate_seq, each.crossing_id, encode(each)) for each in made]


NOTHING: Final = Beforehand(Direction.ENTRY, {}, (), Listed())


def _record(number: int, entry: Entry, now: UtcSeconds) -> CrossingRecord:
    at = UtcSeconds(now - entry.days_ago * _DAY_SECONDS)
    return CrossingRecord(
        crossing_id=make_record_id(at, secrets.randbits(RANDOM_BITS)),
        gate_id=OTHER_GATE_ID,
        gate_seq=number,
        direction=Direction.ENTRY,
        border_crossing_point=OTHER_PORT,
        occurred_at=at,
        recorded_at=UtcSeconds(at + _WALK_SECONDS),
        verdict=RecordVerdict.ADMIT,
        status=CrossingStatus.COMPLETED,
        policy_version="demo",
        software_version=__version__,
        document=TravelDocument(
            document_code="P",
            issuing_state=entry.issuing_state,
            document_number=entry.document_number,
            date_of_expiry="",
            primary_identifier="",
            secondary_identifier="",
            nationality=entry.issuing_state,
            date_of_birth="",
            sex="",
        ),
        passage_confirmed=True,
        grant=StayGrant(entry.kind, entry.number, entry.max_stay_days, ""),
    )
