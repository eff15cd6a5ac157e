"""Links go beside their records, in calls of their own: a call has them for all or for none."""

from pathlib import Path

import pytest
from grpc import aio

from egate.cli.service_identity import create_authority, issue
from egate.domain.evidence.chain import FIRST, ChainLink
from egate.ports.reporting import CentreUnavailable, PendingRecord, Standing
from egate.reporting.client import CentreClient
from egate.reporting.identity import Role
from egate.reporting.mapping import encode
from egate.reporting.server import new_server, serving
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from tests.centre_harness import record


class Listening(wire_grpc.CrossingServiceServicer):
    """Remembers each call; its standing is of no station."""

    def __init__(self, standing: wire.GetStandingResponse) -> None:
        self.calls: list[wire.PutBatchRequest] = []
        self._standing = standing

    async def PutBatch(  # noqa: N802 - gRPC's name
        self, request: wire.PutBatchRequest, _: object
    ) -> wire.PutBatchResponse:
        self.calls.append(request)
        records = map(wire.CrossingRecord.FromString, request.records)
        return wire.PutBatchResponse(accepted=[each.crossing_id for each in records])

    async def GetStanding(  # noqa: N802 - gRPC's name
        self, *_: object
    ) -> wire.GetStandingResponse:
        return self._standing


def pending(number: int, link: ChainLink | None) -> PendingRecord:
    made = record(number)
    return PendingRecord(number, made.crossing_id, encode(made), link)


def link(number: int) -> ChainLink:
    return ChainLink(FIRST, b"signature %d" % number, b"key")


async def test_each_record_goes_with_its_link(tmp_path: Path) -> None:
    create_authority(tmp_path)
    service, server = Listening(wire.GetStandingResponse()), new_server()
    wire_grpc.add_CrossingServiceServicer_to_server(service, server)
    batch = [pending(1, None), pending(2, None), pending(3, link(3)), pending(4, link(4))]
    async with serving(server, "127.0.0.1:0", issue(tmp_path, "centre", "c"), Role.CENTRE) as at:
        client = CentreClient(at, issue(tmp_path, "gate", "BDDAC-A-01"))
        receipt = await client.submit(batch)
        await client.close()
    assert receipt.accepted == {each.record_id for each in batch}
    before, chained = service.calls
    assert list(before.records) == [each.payload for each in batch[:2]]
    assert not before.links
    assert list(chained.records) == [each.payload for each in batch[2:]]
    assert [(each.previous, each.signature, each.key_id) for each in chained.links] == [
        (FIRST, b"signature 3", b"key"),
        (FIRST, b"signature 4", b"key"),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        wire.GetStandingResponse(highest_gate_seq=2**63),
        wire.GetStandingResponse(highest_gate_seq=1, link=b"short"),
    ],
)
async def test_a_standing_that_is_none_is_not_believed(
    tmp_path: Path, answer: wire.GetStandingResponse
) -> None:
    create_authority(tmp_path)
    server: aio.Server = new_server()
    wire_grpc.add_CrossingServiceServicer_to_server(Listening(answer), server)
    async with serving(server, "127.0.0.1:0", issue(tmp_path, "centre", "c"), Role.CENTRE) as at:
        client = CentreClient(at, issue(tmp_path, "gate", "BDDAC-A-01"))
        with pytest.raises(CentreUnavailable, match="no standing of a station"):
            await client.standing(0)
        await client.close()


async def test_a_centre_of_before_has_no_standing(tmp_path: Path) -> None:
    create_authority(tmp_path)
    async with serving(
        new_server(), "127.0.0.1:0", issue(tmp_path, "centre", "c"), Role.CENTRE
    ) as at:
        client = CentreClient(at, issue(tmp_path, "gate", "BDDAC-A-01"))
        assert await client.standing(5) == Standing(0)
        await client.close()
