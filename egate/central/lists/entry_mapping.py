"""Entries, proposals and previews between their values and ``dip.egate.v1``."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from google.protobuf.timestamp_pb2 import Timestamp

from egate.central.lists.acts import ActRefused
from egate.central.lists.looking import SeenEntry, SeenProposal
from egate.central.lists.persons import FoundPerson
from egate.domain.record import Direction
from egate.lists.kinds import ListKind
from egate.lists.listed_document import ListedDocument
from egate.lists.person_search import PersonQuery
from egate.lists.source import RefusedRow, RowStatus, SourceRow, read_row
from egate.lists.written_rows import written_rows
from egate.wire.v1 import list_entry_pb2 as wire

_COLUMNS: Final = tuple(field.name for field in wire.ListRow.DESCRIPTOR.fields)


def kind_named(name: str) -> ListKind:
    """Return the list of that name.

    Raises:
        ActRefused: there is none.

    """
    try:
        return ListKind(name)
    except ValueError:
        raise ActRefused("list: there is none of that name") from None


def decode_rows(rows: Iterable[wire.ListRow], kind: ListKind) -> list[SourceRow | RefusedRow]:
    """Return rows as those of a file, numbered from 1."""
    return [
        read_row(number, {name: getattr(row, name) for name in _COLUMNS}, kind)
        for number, row in enumerate(rows, 1)
    ]


def encode_preview(preview: Mapping[str, Any]) -> wire.ListPreview:
    """Return what ``Preview.as_json`` gave."""
    said = {name: value for name, value in preview.items() if name != "list"}
    refused = [wire.RefusedListRow(**each) for each in said.pop("refused_rows", [])]
    return wire.ListPreview(**said, refused_rows=refused)


def encode_proposal(seen: SeenProposal) -> wire.ListProposal:
    made = wire.ListProposal(
        proposal_id=seen.proposal_id,
        list=seen.kind.value,
        kind=seen.act,
        proposed=wire.ActOfOfficer(officer_id=seen.officer_id, reason=seen.reason),
        proposed_at=_stamp(seen.at),
        preview=encode_preview(seen.preview),
    )
    if (decided := seen.decided) is not None:
        act = wire.ActOfOfficer(officer_id=decided.officer_id, reason=decided.reason)
        made.decision.CopyFrom(
            wire.ListDecision(
                approved=decided.approved,
                decided=act,
                decided_at=_stamp(decided.at),
                withdrawn=decided.withdrawn,
            )
        )
    return made


def encode_entry(kind: ListKind, seen: SeenEntry) -> wire.ListedEntry:
    rows = [wire.ListRow(**each) for row in seen.rows for each in written_rows(row)]
    return wire.ListedEntry(
        list=kind.value,
        revision=seen.revision,
        revoked=seen.revoked,
        port=seen.port,
        rows=rows,
    )


def decode_person_query(request: wire.FindPersonsRequest) -> PersonQuery:
    """Return for whom to look: as a gate asks, primary before secondary identifier.

    Raises:
        ActRefused: no such direction or day.
        ListRefused: the document can be none.

    """
    document = None
    if request.document_number:
        document = ListedDocument.of(
            request.document_type, request.issuing_state, request.document_number
        )
    try:
        direction, at = Direction(request.direction), date.fromisoformat(request.day)
    except ValueError:
        raise ActRefused("direction, day: not entry or exit, or not YYYY-MM-DD") from None
    return PersonQuery(
        names=(f"{request.primary_identifier} {request.secondary_identifier}".strip(),),
        date_of_birth=request.date_of_birth or None,
        nationality=request.nationality,
        document=document,
        direction=direction,
        at=at,
    )


def encode_found_person(found: FoundPerson) -> wire.FoundPerson:
    row = SourceRow(0, None, found.entry, RowStatus.LISTED)
    seen = SeenEntry(found.revision, False, found.port, [row])
    return wire.FoundPerson(
        entry=encode_entry(found.entry.kind, seen), score=found.score, exact=found.is_exact
    )


def _stamp(at: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(at)
    return stamp
