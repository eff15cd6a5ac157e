"""Entries made one by one: by an officer at a console, and by a decision at a gate."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from egate.central.database import Connection
from egate.central.lists.acts import Act, ActRefused, Maker, Scope
from egate.central.lists.deciding import decide
from egate.central.lists.incoming_rows import Row
from egate.central.lists.proposing import Proposal, Proposed, propose, propose_revocation
from egate.domain.record import Direction
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.source import RefusedRow, RowStatus, SourceRow

_FILED: Final = """
SELECT entry.proposal_id, coalesce(decision.approved, false) AS approved
FROM list_entry AS entry LEFT JOIN list_decision AS decision USING (proposal_id)
WHERE entry.list = $1 AND entry.entry_id = $2 ORDER BY entry.revision LIMIT 1
"""
_LONGEST: Final = dt.timedelta(days=31)


@dataclass(frozen=True, slots=True)
class OffloadOrder:
    """An officer took a traveller off their journey. Personal.

    Args:
        decision_id: of the officer's decision.
        document: the traveller's.
        port: where, as a UN/LOCODE.
        legal_basis: statute or order.
        order_reference: of it, or of the case.
        authority: whose officer it was.
        officer_id: who decided.
        second_officer_id: who agreed; "" while nobody did.
        valid_from: the first day.
        valid_to: the last day, at most 31 days on.
        instruction: to an officer at another port.
        contact: whom they call.

    """

    decision_id: str
    document: ListedDocument
    port: str
    legal_basis: str = field(repr=False)
    order_reference: str = field(repr=False)
    authority: str
    officer_id: str
    second_officer_id: str
    valid_from: dt.date
    valid_to: dt.date
    instruction: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FiledOffload:
    """Where an offload is among the entries.

    Args:
        entry_id: of its entry on OFFLOAD.
        proposal_id: for a second officer, if it is not approved.
        approved: it is in force.

    """

    entry_id: str
    proposal_id: int
    approved: bool


async def propose_entry(
    connection: Connection, kind: ListKind, rows: Sequence[Row], maker: Maker
) -> Proposed:
    """Propose one entry, new or changed: its rows say all that is to be said of it.

    Args:
        connection: to the centre's database.
        kind: of which list.
        rows: of the one entry, each with one of its documents.
        maker: who proposes it, and why.

    Raises:
        ActRefused: a row is refused, they are of several entries, or nothing would change.

    """
    for row in rows:
        if isinstance(row, RefusedRow):
            raise ActRefused(row.reason)
    if len({row.entry.entry_id for row in rows if isinstance(row, SourceRow)}) != 1:
        raise ActRefused("entry_id: not one entry")
    proposed = await propose(connection, Proposal(kind, Act.ENTRY, maker, Scope.ENTRIES), rows)
    _number_of(proposed)
    return proposed


async def revoke_entry(
    connection: Connection, kind: ListKind, entry_id: str, maker: Maker
) -> Proposed:
    """Propose that an entry leaves the list.

    Raises:
        ActRefused: it is not in force.

    """
    proposal = Proposal(kind, Act.REVOCATION, maker, Scope.ENTRIES)
    return await propose_revocation(connection, proposal, entry_id)


async def file_offload(connection: Connection, order: OffloadOrder) -> FiledOffload:
    """Make an entry on OFFLOAD of an officer's decision; again, it is the same entry.

    With a second officer it is in force when the transaction commits, and at every port within
    a minute; without one it waits for somebody else's approval.

    Args:
        connection: in the transaction that stores the decision.
        order: what was decided.

    Raises:
        ActRefused: it can be no entry; says why.

    """
    entry_id = f"offload {order.decision_id}"
    filed = await connection.fetchrow(_FILED, ListKind.OFFLOAD.value, entry_id)
    if filed is not None:
        return FiledOffload(entry_id, filed["proposal_id"], filed["approved"])
    if order.valid_to - order.valid_from > _LONGEST:
        raise ActRefused(
            f"valid_to: more than {_LONGEST.days} days on; a list for longer is another"
        )
    maker = Maker(order.officer_id, f"decision {order.decision_id}")
    proposal = Proposal(ListKind.OFFLOAD, Act.ENTRY, maker, Scope.ENTRIES, port=order.port)
    async with connection.transaction():
        proposed = await propose(connection, proposal, [_row(entry_id, order)])
        number = _number_of(proposed)
        if order.second_officer_id:
            checker = Maker(order.second_officer_id, maker.reason)
            await decide(connection, number, checker, approved=True)
    return FiledOffload(entry_id, number, bool(order.second_officer_id))


def _number_of(proposed: Proposed) -> int:
    """Return the number of a proposal that has to be one; its rows were not refused."""
    if proposed.proposal_id is None:
        raise ActRefused(proposed.preview.refused_rows[0].reason)
    return proposed.proposal_id


def _row(entry_id: str, order: OffloadOrder) -> SourceRow:
    try:
        entry = ListEntry(
            entry_id=entry_id,
            kind=ListKind.OFFLOAD,
            legal_basis=order.legal_basis,
            order_reference=order.order_reference,
            authority=order.authority,
            valid_from=order.valid_from,
            valid_to=order.valid_to,
            direction=Direction.EXIT,
            action=ListAction.REFER_SILENT,
            instruction=order.instruction,
            contact=order.contact,
        )
    except ListRefused as error:
        raise ActRefused(str(error)) from None
    return SourceRow(1, order.document, entry, RowStatus.LISTED)
