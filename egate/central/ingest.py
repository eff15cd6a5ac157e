"""The centre's service for gates and desks: an answer means committed."""

from collections.abc import Sequence
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from egate.central.acceptance import FOREIGN, NOT_A_GATES, CrossingRow, Refusal, examine
from egate.central.alarms import AlarmKind
from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS
from egate.central.desk_acceptance import NOT_A_DESKS, examine_of_desk
from egate.central.evidence.signatures import SignatureCheck
from egate.central.group_commit import GroupCommit
from egate.central.intake import CONFLICT
from egate.central.store import Store, StoredCrossing
from egate.domain.evidence.chain import ChainLink
from egate.observability.logging import Logger
from egate.reporting.channel import MAX_BATCH_BYTES, MAX_RECORDS
from egate.reporting.identity import Role, require_role
from egate.reporting.mapping import parse
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc

_EXAMINE: Final = MappingProxyType({Role.GATE: examine, Role.CONSOLE: examine_of_desk})
_READERS: Final = frozenset({Role.CENTRE, Role.CONSOLE, Role.OFFICER})
_ALARMING: Final = MappingProxyType(
    {
        FOREIGN: AlarmKind.FOREIGN_RECORD,
        CONFLICT: AlarmKind.REPLAYED_RECORD,
        NOT_A_GATES: AlarmKind.NOT_ITS_TO_SEND,
        NOT_A_DESKS: AlarmKind.NOT_ITS_TO_SEND,
    }
)
_MAX_LISTED: Final = 1000
# A list of many crossings has to fit into one message, whatever one gate has sent.
_MAX_STEPS: Final = 16
_MAX_ID: Final = 36
_MAX_STEP_NAME: Final = 32


class CrossingService(wire_grpc.CrossingServiceServicer):
    """Takes records of gates and desks and lists them for officers.

    Args:
        store: where they are.
        commits: how they get there.
        signatures: what is looked at of their links before.
        log: for alarms.

    """

    def __init__(
        self, store: Store, commits: GroupCommit, signatures: SignatureCheck, log: Logger
    ) -> None:
        self._store = store
        self._commits = commits
        self._signatures = signatures
        self._log = log
        self.refused = 0
        """Records since the start."""

    async def PutBatch(  # noqa: N802 - the name of the call
        self,
        request: wire.PutBatchRequest,
        context: aio.ServicerContext[wire.PutBatchRequest, wire.PutBatchResponse],
    ) -> wire.PutBatchResponse:
        caller = await require_role(context, _EXAMINE)
        count, size = len(request.records), sum(map(len, request.records))
        if not 1 <= count <= MAX_RECORDS or size > MAX_BATCH_BYTES:
            limits = f"1 to {MAX_RECORDS} records, at most {MAX_BATCH_BYTES} bytes in all"
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, limits)
        if len(request.links) not in {0, count}:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "links: one a record, or none")
        examine_one = _EXAMINE[caller.role]
        examined = [
            examine_one(payload, caller.name, link)
            for payload, link in zip_longest(request.records, map(_link, request.links))
        ]
        try:
            answer = await self._store_all(caller.name, examined)
            await self._alarm(caller.name, answer)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        self.refused += len(answer.refused)
        for refusal in answer.refused:
            self._log.error(
                "crossing record refused",
                gate_id=caller.name,
                crossing_id=refusal.crossing_id,
                reason=refusal.reason,
            )
        return answer

    async def GetStanding(  # noqa: N802 - the name of the call
        self,
        request: wire.GetStandingRequest,
        context: aio.ServicerContext[wire.GetStandingRequest, wire.GetStandingResponse],
    ) -> wire.GetStandingResponse:
        caller = await require_role(context, _EXAMINE)
        try:
            here = await self._store.standing(caller.name)
            last = request.last_gate_seq
            if last < here.gate_seq and await self._store.is_behind(caller.name, last):
                detail = f"its last number is {last}, and {here.gate_seq} is here"
                await self._store.alarm(AlarmKind.STATION_BEHIND, caller.name, detail)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        return wire.GetStandingResponse(
            highest_gate_seq=here.gate_seq,
            link=here.link,
            key_id=here.key_id,
            database_life=here.database_life,
            watermark=here.watermark,
        )

    async def ListCrossings(  # noqa: N802 - the name of the call
        self,
        request: wire.ListCrossingsRequest,
        context: aio.ServicerContext[wire.ListCrossingsRequest, wire.ListCrossingsResponse],
    ) -> wire.ListCrossingsResponse:
        await require_role(context, _READERS)
        limit = min(request.limit or _MAX_LISTED, _MAX_LISTED)
        if "\0" in request.gate_id:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "gate_id: not a gate's id")
        try:
            # In this order the list has what was counted, also while records come in.
            total = await self._store.total(request.gate_id)
            found = await self._store.oldest(request.gate_id, limit)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        return wire.ListCrossingsResponse(crossings=map(_summary, found), total=total)

    async def _store_all(
        self, sender: str, examined: list[CrossingRow | Refusal]
    ) -> wire.PutBatchResponse:
        rows: Sequence[CrossingRow]
        rows = [row for row in examined if isinstance(row, CrossingRow)]
        rows = await self._signatures.marked(sender, rows)
        stored = await self._commits.put(sender, rows)
        reasons = iter(stored.reasons)
        answer = wire.PutBatchResponse(watermark=stored.watermark)
        for index, entry in enumerate(examined):
            reason = entry.reason if isinstance(entry, Refusal) else next(reasons)
            crossing_id = str(entry.crossing_id)
            if reason is None:
                answer.accepted.append(crossing_id)
            else:
                answer.refused.add(index=index, crossing_id=crossing_id, reason=reason)
        return answer

    async def _alarm(self, gate_id: str, answer: wire.PutBatchResponse) -> None:
        """Alarm of what no honest gate sends: at most once a batch of each kind."""
        for reason, kind in _ALARMING.items():
            ids = [each.crossing_id for each in answer.refused if each.reason == reason]
            if ids:
                await self._store.alarm(kind, gate_id, f"{len(ids)} in a batch, first {ids[0]}")


def _link(sent: wire.ChainLink) -> ChainLink | None:
    """Return what came with a record, None for one of before its station's chain began."""
    link = ChainLink(sent.previous, sent.signature, sent.key_id)
    return link if link.previous or link.signature or link.key_id else None


def _summary(found: StoredCrossing) -> wire.CrossingSummary:
    """Return ``found`` without what is personal."""
    record = parse(found.payload)
    occurred_at = Timestamp()
    occurred_at.FromDatetime(found.occurred_at)
    return wire.CrossingSummary(
        crossing_id=str(found.crossing_id),
        gate_id=found.gate_id,
        gate_seq=found.gate_seq,
        occurred_at=occurred_at,
        verdict=wire.Verdict.ValueType(found.verdict),
        status=wire.CrossingStatus.ValueType(found.status),
        findings=found.findings,
        steps=[step for step in record.steps if len(step.step) <= _MAX_STEP_NAME][:_MAX_STEPS],
        passage_confirmed=record.passage_confirmed,
        prepared_crossing_id=record.prepared_crossing_id[:_MAX_ID],
    )
