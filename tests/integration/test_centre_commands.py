"""Orders of officers at the centre reach gates over gRPC, and how gates stand reaches officers."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from grpc import aio

from egate.cli.main import main
from egate.ports.commands import CentralOrder, OrderOutcome, OrderResult
from egate.ports.supervision import GateState, GateStatus, OfficerOrder, TravellerMessage
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.command_client import CommandClient
from egate.reporting.gate_mapping import encode_status
from egate.reporting.identity import Role
from egate.wire.v1 import command_pb2 as wire
from egate.wire.v1 import command_pb2_grpc as wire_grpc
from egate.wire.v1 import gate_pb2
from tests.centre_harness import GATE, Centre, beside, database_table

pytestmark = pytest.mark.asyncio(loop_scope="session")
STATUS = GateStatus(
    GATE,
    GateState.IDLE,
    TravellerMessage.WELCOME,
    mode="enabled",
    conditions=("centre_away",),
    flow="one_step",
    direction="entry",
)


@pytest_asyncio.fixture(loop_scope="session")
async def ordering(centre: Centre) -> Centre:
    await centre.database.execute("TRUNCATE gate_order, gate_report, peer")
    return centre


@asynccontextmanager
async def gate(centre: Centre) -> AsyncIterator[CommandClient]:
    async with centre.linked("gate", GATE) as link:
        yield CommandClient(link)


@asynccontextmanager
async def stub(
    centre: Centre, role: str = "officer", name: str = "SB-1107"
) -> AsyncIterator[wire_grpc.CommandServiceStub]:
    loaded = credentials.load(centre.tls(role, name))
    async with open_channel(centre.at.grpc, loaded, Role.CENTRE) as channel:
        yield wire_grpc.CommandServiceStub(channel)


def giving(**changes: object) -> wire.GiveOrderRequest:
    values = {"gate_id": GATE, "order": gate_pb2.OFFICER_ORDER_CLOSE_LANE, "reason": "a fight"}
    return wire.GiveOrderRequest(**(values | changes))  # type: ignore[arg-type]


async def polled(
    client: CommandClient, *results: tuple[int, OrderOutcome]
) -> Sequence[CentralOrder]:
    return await client.poll(STATUS, [OrderResult(*result) for result in results])


async def test_an_order_is_handed_until_the_gate_has_answered(ordering: Centre) -> None:
    async with stub(ordering) as officer, gate(ordering) as client:
        assert await polled(client) == []
        given = (await officer.GiveOrder(giving(), timeout=5)).order_id
        (order,) = await polled(client)
        assert (order.order_id, order.order) == (given, OfficerOrder.CLOSE_LANE)
        assert order.officer_id == "SB-1107"
        assert 50 < order.valid_seconds <= 60
        assert [each.order_id for each in await polled(client)] == [given]
        question = wire.GetOrderRequest(order_id=given)
        assert (await officer.GetOrder(question, timeout=5)).outcome == 0
        assert await polled(client, (given, OrderOutcome.CARRIED_OUT)) == []
        assert await polled(client, (given, OrderOutcome.EXPIRED)) == []  # said once
        answer = await officer.GetOrder(question, timeout=5)
    assert answer.outcome == wire.ORDER_OUTCOME_CARRIED_OUT


async def test_no_gate_sees_or_answers_what_is_for_another(ordering: Centre) -> None:
    ordering.tls("gate", GATE)
    async with stub(ordering) as officer:
        given = (await officer.GiveOrder(giving(), timeout=5)).order_id
        async with stub(ordering, "gate", "BDDAC-A-02") as other:
            status = encode_status(STATUS)
            with pytest.raises(aio.AioRpcError) as caught:
                await other.Poll(wire.PollRequest(status=status), timeout=5)
            assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
            status.gate_id = "BDDAC-A-02"
            done = wire.OrderResult(order_id=given, outcome=wire.ORDER_OUTCOME_CARRIED_OUT)
            answer = await other.Poll(wire.PollRequest(status=status, results=[done]), timeout=5)
            assert not answer.orders
        question = wire.GetOrderRequest(order_id=given)
        assert (await officer.GetOrder(question, timeout=5)).outcome == 0


async def test_an_order_that_nobody_asked_for_in_time_is_expired(ordering: Centre) -> None:
    async with stub(ordering) as officer, gate(ordering) as client:
        given = (await officer.GiveOrder(giving(valid_seconds=1), timeout=5)).order_id
        question = wire.GetOrderRequest(order_id=given)
        async with asyncio.timeout(10):
            while not (answer := await officer.GetOrder(question, timeout=5)).outcome:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        assert answer.outcome == wire.ORDER_OUTCOME_EXPIRED
        assert await polled(client) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"order": gate_pb2.OFFICER_ORDER_EVACUATE}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"order": gate_pb2.OFFICER_ORDER_RESET}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"order": 0}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"order": 77}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"reason": ""}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"reason": "x" * 201}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"reason": "a\nb"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"valid_seconds": 0}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"valid_seconds": 3601}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"gate_id": "BDDAC-Z-99"}, grpc.StatusCode.NOT_FOUND),
        ({"gate_id": "\0"}, grpc.StatusCode.NOT_FOUND),
    ],
)
async def test_what_is_no_order(
    ordering: Centre, changes: dict[str, object], code: grpc.StatusCode
) -> None:
    ordering.tls("gate", GATE)
    async with stub(ordering) as officer:
        with pytest.raises(aio.AioRpcError) as caught:
            await officer.GiveOrder(giving(**changes), timeout=5)
    assert caught.value.code() is code
    assert await ordering.database.fetchval("SELECT count(*) FROM gate_order") == 0


async def test_who_may_do_what(ordering: Centre) -> None:
    async with stub(ordering, "gate", GATE) as own:
        for call in (own.GiveOrder(giving()), own.ListGates(wire.ListGatesRequest())):
            with pytest.raises(aio.AioRpcError) as caught:
                await call
            assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
    async with stub(ordering, "console", "hall-1") as console:
        with pytest.raises(aio.AioRpcError) as caught:
            await console.Poll(wire.PollRequest(), timeout=5)
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
        with pytest.raises(aio.AioRpcError) as caught:
            await console.GiveOrder(giving(), timeout=5)  # a console says for whom
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert (await console.GiveOrder(giving(officer_id="SB-2"), timeout=5)).order_id
        with pytest.raises(aio.AioRpcError) as caught:
            await console.GetOrder(wire.GetOrderRequest(order_id=2**64 - 1), timeout=5)
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_poll_that_is_too_much(ordering: Centre) -> None:
    status = encode_status(STATUS)
    long = encode_status(STATUS)
    long.findings.extend(["x" * 100] * 500)
    one = wire.OrderResult(order_id=1, outcome=wire.ORDER_OUTCOME_EXPIRED)
    unknown = wire.OrderResult(order_id=1)
    unknown.outcome = 99  # type: ignore[assignment]
    async with stub(ordering, "gate", GATE) as own:
        for request in (
            wire.PollRequest(),
            wire.PollRequest(status=long),
            wire.PollRequest(status=status, results=[one] * 101),
            wire.PollRequest(status=status, results=[unknown]),
            wire.PollRequest(status=status, results=[wire.OrderResult(order_id=1)]),
            wire.PollRequest(status=status, results=[wire.OrderResult(order_id=2**63)]),
        ):
            with pytest.raises(aio.AioRpcError) as caught:
                await own.Poll(request, timeout=5)
            assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_the_centre_knows_how_every_gate_stands(ordering: Centre) -> None:
    ordering.tls("gate", "BDDAC-A-02")
    async with gate(ordering) as client, stub(ordering) as officer:
        await polled(client)
        answer = await officer.ListGates(wire.ListGatesRequest(), timeout=5)
    one, other = answer.gates
    assert (one.gate_id, one.border_crossing_point) == (GATE, "BDDAC")
    assert (one.status.mode, list(one.status.conditions)) == ("enabled", ["centre_away"])
    assert one.HasField("seen_at")
    assert one.certificate_until.ToDatetime().year == 2049
    assert (other.gate_id, other.HasField("seen_at")) == ("BDDAC-A-02", False)


async def test_the_commands(
    ordering: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "central.toml"
    file.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(ordering.address)}"
        '[tls]\nca = "a.pem"\ncertificate = "c.pem"\nkey = "c.key"\n'
    )
    by = ("--officer", "SB-1107", "--reason", "a fight")

    def egate(*words: str) -> int:
        return main(["central", words[0], "--config", str(file), *words[1:]])

    ordering.tls("gate", "BDDAC-A-02")
    async with gate(ordering) as client:
        await polled(client)
        capsys.readouterr()
        assert beside(lambda: egate("gates", "--json")) == 0
        one, other = json.loads(capsys.readouterr().out)["gates"]
        assert (one["gate_id"], one["mode"], one["conditions"]) == (
            GATE,
            "enabled",
            ["centre_away"],
        )
        assert (other["gate_id"], other["seen_at"]) == ("BDDAC-A-02", None)
        assert beside(lambda: egate("gates")) == 0
        assert "BDDAC-A-02 BDDAC: never seen" in capsys.readouterr().out
        with ThreadPoolExecutor(1) as threads:
            loop = asyncio.get_running_loop()
            given = loop.run_in_executor(threads, egate, "order", *by, GATE, "close_lane")
            async with asyncio.timeout(10):
                while not (orders := await polled(client)):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                await polled(client, (orders[0].order_id, OrderOutcome.CARRIED_OUT))
            assert await given == 0
        assert capsys.readouterr().out == "carried_out\n"
    late = ("order", *by, "--valid-seconds", "1", GATE, "open_lane")
    assert beside(lambda: egate(*late)) == 1
    assert capsys.readouterr().out == "expired\n"
    assert beside(lambda: egate("order", *by, "BDDAC-Z-99", "open_lane")) == 2
    assert beside(lambda: egate("order", *by, "--valid-seconds", "0", GATE, "open_lane")) == 2
    nobody = ("order", "--officer", "", "--reason", "a", GATE, "open_lane")
    assert beside(lambda: egate(*nobody)) == 2
