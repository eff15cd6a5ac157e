"""Hands out heads and proofs: stations see for themselves that nothing of theirs is gone."""

from typing import Final

import grpc
from grpc import aio

from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.evidence.trees import ClosedTree, Trees, tree_of_days
from egate.domain.evidence.merkle import MerkleTree
from egate.reporting.identity import Role, require_role
from egate.reporting.tree_heads import SignedHead
from egate.wire.v1 import evidence_pb2 as wire
from egate.wire.v1 import evidence_pb2_grpc as wire_grpc

_STATIONS: Final = frozenset({Role.GATE, Role.CONSOLE})
_MOST_NUMBERS: Final = 200
_MAX_SEQ: Final = 2**63 - 1
_PLACES: Final = """
SELECT gate_seq, position FROM chain_link WHERE station_id = $1 AND gate_seq = ANY($2)
ORDER BY gate_seq, position
"""
_INDEX: Final = "SELECT count(*) FROM chain_link WHERE position > $1 AND position < $2"


class EvidenceService(wire_grpc.EvidenceServiceServicer):
    """Proves what the centre has accepted.

    Args:
        pool: of the centre's database.

    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._trees = Trees(pool)

    async def GetTreeHead(  # noqa: N802 - the name of the call
        self,
        request: wire.GetTreeHeadRequest,
        context: aio.ServicerContext[wire.GetTreeHeadRequest, wire.GetTreeHeadResponse],
    ) -> wire.GetTreeHeadResponse:
        await require_role(context, frozenset(Role))
        try:
            closed = await self._trees.all()
        except CONNECTION_FAULTS as error:
            await away(context, error)
        number = request.number or len(closed)
        if not 1 <= number <= len(closed) or request.known > number:
            await context.abort(grpc.StatusCode.NOT_FOUND, "there is no such head")
        answer = wire.GetTreeHeadResponse(head=_head(closed[number - 1].signed))
        if request.known:
            days = tree_of_days(each.signed.head for each in closed[:number])
            answer.consistency.extend(days.consistency(request.known))
        return answer

    async def GetInclusion(  # noqa: N802 - the name of the call
        self,
        request: wire.GetInclusionRequest,
        context: aio.ServicerContext[wire.GetInclusionRequest, wire.GetInclusionResponse],
    ) -> wire.GetInclusionResponse:
        caller = await require_role(context, _STATIONS)
        numbers = [seq for seq in request.gate_seqs if seq <= _MAX_SEQ]
        if len(request.gate_seqs) > _MOST_NUMBERS:
            await context.abort(
                grpc.StatusCode.INVALID_ARGUMENT, f"gate_seqs: at most {_MOST_NUMBERS}"
            )
        try:
            return await self._proofs(caller.name, numbers)
        except CONNECTION_FAULTS as error:
            await away(context, error)

    async def _proofs(self, station_id: str, numbers: list[int]) -> wire.GetInclusionResponse:
        closed = await self._trees.all()
        answer = wire.GetInclusionResponse()
        for seq, position in await self._pool.fetch(_PLACES, station_id, numbers):
            found = next((each for each in closed if position <= each.until), None)
            if found is not None:
                await self._add(answer, seq, position, found)
        return answer

    async def _add(
        self, answer: wire.GetInclusionResponse, seq: int, position: int, found: ClosedTree
    ) -> None:
        tree: MerkleTree = await self._trees.of_day(found)
        index = await self._pool.fetchval(_INDEX, found.after, position)
        if index >= tree.size:
            return  # somebody wrote into a tree that was closed: there is no proof
        answer.inclusions.add(
            gate_seq=seq,
            number=found.signed.head.number,
            index=index,
            path=tree.inclusion(index),
        )


def _head(signed: SignedHead) -> wire.SignedTreeHead:
    head = signed.head
    return wire.SignedTreeHead(
        number=head.number,
        day=head.day.isoformat(),
        size=head.size,
        root=head.root,
        days_root=head.days_root,
        signature=signed.signature,
        certificate=signed.certificate,
    )
