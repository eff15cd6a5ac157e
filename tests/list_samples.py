"""Lists to test with: a signer, a key, rows, and versions made of them."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from egate.domain.record import Direction
from egate.lists.build import collect, compare
from egate.lists.incoming import take_in
from egate.lists.keeper import Kept, ListKeeper, Pinned, read_manifest
from egate.lists.keys import ListKey
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.listed_person import ListedPerson
from egate.lists.publishing import Publisher
from egate.lists.reception import PartWanted
from egate.lists.source import RowStatus, Settled, SourceRow

NOW = dt.datetime(2026, 11, 22, 12, 0, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SIGNER = ec.generate_private_key(ec.SECP256R1())
KEY = ListKey(bytes(range(32)))
KIND = ListKind.OFFLOAD
KARIM = ListedPerson(("Md. Abdul Karim Chowdhury", "Kala Karim"), "1974-08-12", "BGD", "M")


def document(number: str) -> ListedDocument:
    return ListedDocument.of("P", "BGD", number)


def entry(entry_id: str = "E-1", kind: ListKind = KIND, **changes: object) -> ListEntry:
    row: dict[str, object] = {
        "entry_id": entry_id,
        "kind": kind,
        "legal_basis": "Emigration Act 1982 s. 7",
        "order_reference": "SB/2026/118",
        "authority": "Special Branch",
        "valid_from": dt.date(2026, 1, 1),
        "valid_to": dt.date(2027, 1, 1),
        "direction": Direction.EXIT,
        "action": ListAction.REFER_SILENT,
        "instruction": "call the duty officer",
    }
    return ListEntry(**{**row, **changes})  # type: ignore[arg-type]


def row(
    number: str, entry_id: str = "E-1", status: RowStatus = RowStatus.LISTED, **changes: object
) -> SourceRow:
    return SourceRow(1, document(number), entry(entry_id, **changes), status)


@dataclass
class Versions:
    """A folder of published versions, each a minute after the one before."""

    folder: Path
    kind: ListKind = KIND
    signer: ec.EllipticCurvePrivateKey = SIGNER
    key: ListKey = KEY
    made: int = 0

    def publish(
        self,
        rows: Iterable[SourceRow],
        at: dt.datetime | None = None,
        valid: dt.timedelta = DAY,
        settled: Iterable[Settled] = (),
    ) -> Path:
        """Return the folder of the version made of ``rows``."""
        publisher = Publisher(self.folder, self.kind, self.key, self.signer)
        old = publisher.newest()
        change = compare(old.contents, collect(rows, self.kind, self.key, settled), self.kind)
        when = at or NOW + dt.timedelta(minutes=self.made)
        manifest = publisher.publish(old, change, old.version + 1, when, valid)
        self.made += 1
        return self.folder / self.kind / f"{manifest.version:016}"


def gate(folder: Path, kind: ListKind = KIND) -> ListKeeper:
    return ListKeeper(folder, kind, Pinned(SIGNER.public_key(), KEY))


def take(keeper: ListKeeper, source: Path, now: dt.datetime = NOW) -> None:
    """Bring a version in, part by part."""
    with keeper.locked():
        kept = keeper.open()
        try:
            kept = take_in(keeper, kept, read_manifest(source), part_of(source), now)
        finally:
            kept.close()


def part_of(source: Path) -> Callable[[PartWanted], bytes]:
    """Return what fetches parts from a folder."""
    return lambda part: (source / part.name).read_bytes()[part.offset :][: part.length]


def of_persons(entry_id: str, *persons: ListedPerson, **changes: object) -> SourceRow:
    return SourceRow(1, None, entry(entry_id, persons=persons, **changes), RowStatus.LISTED)


def found(kept: Kept, number: str) -> list[str]:
    """Return the ids of the entries that name this document."""
    digest = KEY.document_digest(document(number))
    return sorted(each.entry_id for each in kept.usable(NOW).find(digest))


def in_force(keeper: ListKeeper) -> int | None:
    """Return which version is in use."""
    kept = keeper.open()
    try:
        return None if kept.version is None else kept.version.manifest.version
    finally:
        kept.close()
