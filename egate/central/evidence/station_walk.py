"""Walks over the links of one station in the order of its numbers, and finds what does not hold."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from egate.central.acceptance import examine_by
from egate.central.alarms import AlarmKind
from egate.central.evidence.links import Link, fault_after
from egate.central.evidence.signatures import Keys, is_signed_by
from egate.domain.evidence.chain import link_hash_of_digest

_FAULTS: Final = {
    AlarmKind.CHAIN_BROKEN: "does not hang on the record before",
    AlarmKind.LINK_MISSING: "has no link, and those before have",
}


@dataclass(frozen=True, slots=True)
class Break:
    """Something that does not hold. Nothing personal.

    Args:
        what: does not hold, as the end of a sentence about the record or the tree.
        station_id: whose record; "" for a tree.
        gate_seq: number of the record; of a tree its own.

    """

    what: str
    station_id: str
    gate_seq: int

    def __str__(self) -> str:
        subject = f"{self.station_id} number" if self.station_id else "tree"
        return f"{subject} {self.gate_seq}: {self.what}"


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A line of ``chain_link``.

    Args:
        gate_seq: number of the record.
        crossing_id: of the record.
        link: as it is stored.
        digest: SHA-256 that the record had.
        in_question: whether it is looked at, or only what the next one hangs on.
        may_be_gone: the record is so old that it may have been deleted in due time.

    """

    gate_seq: int
    crossing_id: UUID
    link: Link
    digest: bytes
    in_question: bool
    may_be_gone: bool


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A line of ``crossing``.

    Args:
        gate_seq: number of the record.
        body: its bytes as they came; None if they cannot be opened any more.
        columns: what the line says of it, by the names of `CrossingRow`.

    """

    gate_seq: int
    body: bytes | None = field(repr=False)
    columns: Mapping[str, object] = field(repr=False)


Records = Mapping[UUID, StoredRecord]


class StationWalk:
    """What is known of a station so far.

    Args:
        station_id: whose links they are.
        keys: that it has or had, by certificates of our authority.
        last: number after which the walk begins.

    """

    def __init__(self, station_id: str, keys: Keys, last: int) -> None:
        self.station_id = station_id
        self.keys = keys
        self.records = 0
        """That were looked at."""
        self.gone = 0
        """Of them, those that had been deleted in due time."""
        self._last = last
        self._before: Sequence[Link] = ()

    def page(self, links: Sequence[StoredLink], records: Records) -> Iterator[Break]:
        """Look at the next links, and give what does not hold.

        Args:
            links: in the order of the numbers, all of each number.
            records: with those numbers.

        """
        by_number: dict[int, list[StoredLink]] = defaultdict(list)
        for each in links:
            by_number[each.gate_seq].append(each)
        linked = {each.crossing_id for each in links}
        added = {record.gate_seq for each, record in records.items() if each not in linked}
        for gate_seq in sorted(by_number.keys() | added):
            if gate_seq in by_number:
                yield from self._number(gate_seq, by_number[gate_seq], records)
            if gate_seq in added:
                yield Break("was added: it was never accepted", self.station_id, gate_seq)

    def _number(
        self, gate_seq: int, links: Sequence[StoredLink], records: Records
    ) -> Iterator[Break]:
        if gate_seq > self._last + 1:
            last = gate_seq - 1
            upto = f", nor is any up to {last}" if last > self._last + 1 else ""
            yield Break(f"is not here{upto}", self.station_id, self._last + 1)
            self._before = ()
        for each in links:
            if each.in_question:
                self.records += 1
                if fault := self._fault_of_record(each, records) or self._fault_of_link(each):
                    yield Break(fault, self.station_id, gate_seq)
        self._last, self._before = gate_seq, [each.link for each in links]

    def _fault_of_record(self, each: StoredLink, records: Records) -> str:
        record = records.get(each.crossing_id)
        if record is None:
            self.gone += each.may_be_gone
            return "" if each.may_be_gone else "is gone: it was accepted"
        if record.body is None or hashlib.sha256(record.body).digest() != each.digest:
            return "was changed"
        said = examine_by(_no_rule, record.body, self.station_id, None)
        differing = [
            name for name, value in record.columns.items() if getattr(said, name, None) != value
        ]
        return f"is told otherwise than it came: {', '.join(differing)}" if differing else ""

    def _fault_of_link(self, each: StoredLink) -> str:
        link = each.link
        whole = link_hash_of_digest(self.station_id, each.gate_seq, link.previous, each.digest)
        if link.hash != whole:
            return "has a link that was changed"
        if fault := fault_after(self._before, each.gate_seq, link):
            return _FAULTS[AlarmKind(fault)]
        if not link.signature:
            return "came with a link that is none" if link.fault else ""
        if link.key_id not in self.keys:
            return "is signed with a key that the station never had"
        return "" if is_signed_by(self.keys, link) else "has a wrong signature"


def _no_rule(_: object, __: object) -> None:
    """Whoever sent it, it was taken."""
