"""Officers' decisions, and what follows from them for lists, each in one transaction."""

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Final
from uuid import UUID

from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.bodies import keys_of
from egate.central.database import Connection, Pool
from egate.central.intake import CONFLICT
from egate.central.key_ring import Sealed
from egate.central.lists.acts import ActRefused
from egate.central.lists.entries import OffloadOrder, file_offload
from egate.central.lists.settled import Settled, settle
from egate.central.port_time import DHAKA
from egate.domain.decision import (
    Decision,
    IdentityConfirmed,
    OfficerDecision,
    decision_faults,
)
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.listed_document import ListedDocument
from egate.reporting.decision_mapping import (
    MAX_DECISION_BYTES,
    decode_decision,
    encode_decision,
)
from egate.reporting.wire_values import RecordMalformed

_KEEP: Final = """
INSERT INTO officer_decision
    (decision_id, content_hash, crossing_id, console_id, officer_id, superseded_by, payload,
    key_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING 1
"""
# What was filled in once is not changed any more.
_FILL_IN: Final = """
UPDATE officer_decision SET superseded_by = coalesce(superseded_by, $3)
WHERE decision_id = $1 AND content_hash = $2
    AND coalesce(superseded_by, $3) IS NOT DISTINCT FROM coalesce($3, superseded_by)
RETURNING 1
"""
_KEEP_CONFLICT: Final = """
INSERT INTO officer_decision_conflict (decision_id, content_hash, console_id, payload, key_id)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""


def examine_decision(payload: bytes) -> OfficerDecision | str:
    """Return what ``payload`` says, or the first reason against it."""
    if len(payload) > MAX_DECISION_BYTES:
        return f"larger than {MAX_DECISION_BYTES} bytes"
    try:
        decision = decode_decision(payload)
    except RecordMalformed as error:
        return str(error)
    return next(iter(decision_faults(decision)), decision)


async def put_decision(
    pool: Pool, decision: OfficerDecision, payload: bytes, console_id: str
) -> str | None:
    """Store ``decision``; return None when it is durable, else why it never will be.

    Storing it again changes nothing, but that ``superseded_by`` may be filled in, once. A known
    id with other content is kept aside and refused.

    Args:
        pool: of connections to the centre's database.
        decision: without faults.
        payload: as it was sent.
        console_id: whose certificate sent it.

    """
    try:
        async with pool.acquire() as connection, connection.transaction():
            return await _put(connection, decision, payload, console_id)
    except (ActRefused, ListRefused) as error:
        return str(error)


async def _put(
    connection: Connection, decision: OfficerDecision, payload: bytes, console_id: str
) -> str | None:
    decision_id, keys = UUID(decision.decision_id), keys_of(connection)
    later = UUID(decision.superseded_by) if decision.superseded_by else None
    content = hashlib.sha256(encode_decision(replace(decision, superseded_by=""))).digest()
    is_new = await connection.fetchval(
        _KEEP,
        decision_id,
        content,
        UUID(decision.crossing_id),
        console_id,
        decision.officer_id,
        later,
        keys.seal(Sealed.DECISION, decision_id, payload),
        keys.newest,
    )
    if is_new:
        await _follow(connection, decision)
        return None
    if await connection.fetchval(_FILL_IN, decision_id, content, later):
        return None
    content = hashlib.sha256(payload).digest()
    sealed = keys.seal(Sealed.DECISION_CONFLICT, decision_id, payload)
    await connection.execute(_KEEP_CONFLICT, decision_id, content, console_id, sealed, keys.newest)
    detail = f"decision {decision_id} with other content"
    await raise_alarm(connection, AlarmKind.REPLAYED_RECORD, console_id, detail)
    return CONFLICT


async def _follow(connection: Connection, decision: OfficerDecision) -> None:
    if decision.decision is Decision.OFFLOAD:
        await file_offload(connection, _order(decision))
    if decision.identity_confirmed is IdentityConfirmed.NOT_SAME_PERSON:
        await settle(connection, _settled(decision))


def _order(decision: OfficerDecision) -> OffloadOrder:
    decided = dt.datetime.fromtimestamp(decision.decided_at, DHAKA).date()
    until = dt.date.fromisoformat(decision.offload_until)
    if until < decided:
        raise ActRefused("offload_until: before the decision")
    return OffloadOrder(
        decision_id=decision.decision_id,
        document=_holder(decision),
        port=decision.border_crossing_point,
        legal_basis=decision.legal_basis,
        order_reference=f"crossing {decision.crossing_id}",
        authority=decision.officer_authority,
        officer_id=decision.officer_id,
        second_officer_id=decision.second_officer_id,
        valid_from=decided,
        valid_to=until,
        instruction=" ".join(decision.reason_text.split()),
        contact=f"{decision.officer_authority} {decision.station}",
    )


def _settled(decision: OfficerDecision) -> Settled:
    try:
        kind = ListKind(decision.watchlist)
    except ValueError:
        raise ActRefused("watchlist: no list of that name") from None
    return Settled(
        decision_id=decision.decision_id,
        kind=kind,
        entry_id=decision.watchlist_entry_id,
        revision=decision.watchlist_revision,
        holder=_holder(decision),
        officer_id=decision.officer_id,
    )


def _holder(decision: OfficerDecision) -> ListedDocument:
    document = decision.documents_seen[0]
    return ListedDocument.of(
        document.document_code, document.issuing_state, document.document_number
    )
