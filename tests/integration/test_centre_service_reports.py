"""Gates tell over mutual TLS when they were in service; the centre keeps it once."""

import time
from dataclasses import replace

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from egate.domain.service_span import ServiceSpan
from egate.domain.time import UtcSeconds
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.client import CentreClient
from egate.reporting.identity import Role
from egate.reporting.span_mapping import encode_span
from egate.wire.v1 import service_report_pb2 as wire
from egate.wire.v1 import service_report_pb2_grpc as wire_grpc
from tests.centre_harness import GATE, Centre

pytestmark = pytest.mark.asyncio(loop_scope="session")


def span(since: float, until: float, **changes: object) -> ServiceSpan:
    now = time.time_ns() // 10**9
    made = ServiceSpan(
        UtcSeconds(now + since), UtcSeconds(now + until), True, "degraded", ("centre_away",), "1"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def call(
    centre: Centre, *spans: wire.ServiceSpan, role: str = "gate"
) -> wire.ReportStatusResponse:
    channel = open_channel(centre.at.grpc, credentials.load(centre.tls(role)), Role.CENTRE)
    async with channel:
        stub = wire_grpc.ServiceReportServiceStub(channel)
        return await stub.ReportStatus(wire.ReportStatusRequest(spans=spans), timeout=5)


async def test_a_span_that_goes_on_is_one_row(centre: Centre) -> None:
    client = CentreClient(centre.at.grpc, centre.tls())
    first = span(-300, -240)
    await client.report([first])
    await client.report([replace(first, until=UtcSeconds(first.until + 60)), span(-60, 0)])
    await client.report([first])  # late: a longer one is known
    await client.close()
    rows = await centre.database.fetch("SELECT * FROM gate_service ORDER BY since")
    assert [(row["until"] - row["since"]).seconds for row in rows] == [120, 60]
    assert rows[0]["gate_id"] == GATE
    assert (rows[0]["in_service"], rows[0]["mode"]) == (True, "degraded")
    assert (rows[0]["conditions"], rows[1]["conditions"]) == (["centre_away"], ["centre_away"])


@pytest.mark.parametrize(
    "bad",
    [
        encode_span(span(-60, 3600)),  # not yet
        encode_span(span(-41 * 86_400, -41 * 86_400 + 60)),  # of long ago
        encode_span(span(0, -60)),  # backwards
        encode_span(span(-3 * 3600, 0)),  # longer than any
        encode_span(span(-60, 0, mode="UPPER; DROP")),
        encode_span(span(-60, 0, mode="")),
        encode_span(span(-60, 0, conditions=("a,b",))),
        encode_span(span(-60, 0, conditions=("x",) * 33)),
        encode_span(span(-60, 0, software_version="\0")),
        wire.ServiceSpan(since=Timestamp(seconds=-1), until=Timestamp(seconds=1), mode="enabled"),
        wire.ServiceSpan(since=Timestamp(nanos=-1), until=Timestamp(seconds=1), mode="enabled"),
        wire.ServiceSpan(since=Timestamp(seconds=2**62), until=Timestamp(), mode="enabled"),
    ],
)
async def test_what_cannot_be_is_left_out_and_the_rest_is_kept(
    centre: Centre, bad: wire.ServiceSpan
) -> None:
    answer = await call(centre, encode_span(span(-60, 0)), bad)
    assert answer.kept == 1
    assert await centre.database.fetchval("SELECT count(*) FROM gate_service") == 1


async def test_a_span_twice_in_one_call_is_one(centre: Centre) -> None:
    once = span(-120, -60)
    answer = await call(
        centre, encode_span(once), encode_span(replace(once, until=UtcSeconds(once.until + 30)))
    )
    assert answer.kept == 1
    row = await centre.database.fetchrow("SELECT until - since AS long FROM gate_service")
    assert row["long"].seconds == 90


@pytest.mark.parametrize("role", ["console", "officer", "centre"])
async def test_only_gates_report(centre: Centre, role: str) -> None:
    with pytest.raises(aio.AioRpcError) as refused:
        await call(centre, encode_span(span(-60, 0)), role=role)
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize("count", [0, 501])
async def test_too_many_or_none_are_refused(centre: Centre, count: int) -> None:
    with pytest.raises(aio.AioRpcError) as refused:
        await call(centre, *[encode_span(span(-60, 0))] * count)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
