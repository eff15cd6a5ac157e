"""Days of a centre that are over, and what stations ask about them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta

from egate.central.evidence.closing import HeadSigner, close_next
from egate.central.evidence.trees import closed_trees
from egate.domain.evidence.chain import FIRST, link_hash
from egate.observability.logging import logger
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.identity import Role
from egate.reporting.station_key import StationKey
from egate.reporting.tree_heads import SignedHead
from egate.settings import Tls
from egate.wire.v1 import evidence_pb2 as wire
from egate.wire.v1 import evidence_pb2_grpc as wire_grpc
from tests.centre_harness import GATE, Centre
from tests.chain_station import Station

AGO = "UPDATE chain_link SET accepted_at = now() - $1::interval WHERE position > $2"


def signer_of(tls: Tls) -> HeadSigner:
    return HeadSigner(StationKey(tls), tls)


class Days:
    """Days of one centre and one station."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.tls = centre.tls("centre", "dhaka")
        self.station = Station.at(centre)
        self.links: list[bytes] = []

    async def take(self, *numbers: int, ago: int = 0) -> None:
        """Accept records with these numbers, so many days ago."""
        last = await self.centre.database.fetchval(
            "SELECT coalesce(max(position), 0) FROM chain_link"
        )
        for sent in self.station.made(*numbers):
            await self.station.send([sent])
            previous = self.links[-1] if self.links else FIRST
            self.links.append(link_hash(GATE, numbers[0], previous, sent.record))
            numbers = numbers[1:]
        await self.centre.database.execute(AGO, timedelta(days=ago), last)

    async def close(self) -> list[SignedHead]:
        while await close_next(self.centre.database, signer_of(self.tls), logger()):
            pass
        return [each.signed for each in await closed_trees(self.centre.database)]

    async def today(self) -> date:
        day: date = await self.centre.database.fetchval("SELECT (now() AT TIME ZONE 'UTC')::date")
        return day

    @asynccontextmanager
    async def stub(self, tls: Tls | None = None) -> AsyncIterator[wire_grpc.EvidenceServiceStub]:
        loaded = credentials.load(tls or self.station.tls)
        async with open_channel(self.centre.at.grpc, loaded, Role.CENTRE) as channel:
            yield wire_grpc.EvidenceServiceStub(channel)

    async def head(self, number: int = 0, known: int = 0) -> wire.GetTreeHeadResponse:
        async with self.stub() as stub:
            request = wire.GetTreeHeadRequest(number=number, known=known)
            return await stub.GetTreeHead(request, timeout=5)

    async def inclusions(self, *numbers: int, tls: Tls | None = None) -> Sequence[wire.Inclusion]:
        async with self.stub(tls) as stub:
            request = wire.GetInclusionRequest(gate_seqs=numbers)
            return (await stub.GetInclusion(request, timeout=5)).inclusions
