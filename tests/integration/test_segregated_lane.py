"""A kiosk and its gates over real gRPC with mutual TLS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from grpc import aio

from egate.cli.service_identity import create_authority, issue
from egate.domain.record import CrossingRecord, CrossingStatus, Direction, RecordVerdict
from egate.domain.session import model as m
from egate.domain.session.machine import recover
from egate.domain.token import document_digest
from egate.emrtd.checks import CheckId, Outcome
from egate.ports.devices import DeviceError, DeviceName
from egate.ports.tokens import (
    MAX_PORTRAIT_BYTES,
    Prepared,
    TokenClaim,
    TokenDesk,
    TokenRefusal,
)
from egate.reporting.channel import open_channel
from egate.reporting.credentials import load
from egate.reporting.identity import Role
from egate.reporting.kiosk_client import HallKiosks
from egate.reporting.server import new_server, serving
from egate.reporting.token_service import add_token_service
from egate.settings import Tls
from egate.wire.v1 import token_pb2 as wire
from egate.wire.v1 import token_pb2_grpc as wire_grpc
from tests.gate_lane import QUICK, Hall, hall
from tests.gate_samples import DOCUMENT, INSPECTED, SECRETS, SESSION_ID

GATE, OTHER_GATE, STRANGE_GATE = "DAC-E-02", "DAC-E-03", "CGP-E-01"
HALL = (GATE, OTHER_GATE)
DIGEST = document_digest(DOCUMENT)
PREPARED = Prepared(SESSION_ID, INSPECTED.chip, INSPECTED.background, b"portrait")  # type: ignore[arg-type]


@dataclass
class Desk:
    """A kiosk that answers as a test says."""

    answer: Prepared | TokenRefusal | Exception = PREPARED
    asked: list[TokenClaim] | None = None

    async def redeem(self, claim: TokenClaim) -> Prepared | TokenRefusal:
        self.asked = [*(self.asked or []), claim]
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tls]:
    folder = tmp_path_factory.mktemp("tls")
    create_authority(folder)
    gates = {name: issue(folder, Role.GATE, name) for name in ("DAC-K-01", *HALL, STRANGE_GATE)}
    return {**gates, "console": issue(folder, Role.CONSOLE, "hall")}


@asynccontextmanager
async def serving_desk(desk: TokenDesk, tls: Tls) -> AsyncIterator[str]:
    server = new_server()
    add_token_service(desk, HALL, server)
    async with serving(server, "127.0.0.1:0", tls, Role.GATE) as address:
        yield address


async def ask(address: str, tls: Tls, crossing: str = SESSION_ID) -> Prepared | TokenRefusal:
    async with aclosing(HallKiosks([address], tls)) as kiosks:
        return await kiosks.redeem(DIGEST, m.SessionId(crossing), Direction.ENTRY)


async def test_what_the_kiosk_found_arrives_whole(tls: dict[str, Tls]) -> None:
    desk = Desk()
    async with serving_desk(desk, tls["DAC-K-01"]) as address:
        answer = await ask(address, tls[GATE])
    chip = replace(PREPARED.chip, gate_seconds=0.0)  # the kiosk's record has it
    assert answer == replace(PREPARED, chip=chip)
    assert desk.asked == [TokenClaim(DIGEST, SESSION_ID, GATE, Direction.ENTRY)]


@pytest.mark.parametrize("refusal", [each for each in TokenRefusal if each != "unreachable"])
async def test_a_refusal_arrives_with_its_reason(
    tls: dict[str, Tls], refusal: TokenRefusal
) -> None:
    async with serving_desk(Desk(refusal), tls["DAC-K-01"]) as address:
        assert await ask(address, tls[GATE]) is refusal


@pytest.mark.parametrize("who", [STRANGE_GATE, "console"])
async def test_only_the_gates_of_the_hall_are_answered(tls: dict[str, Tls], who: str) -> None:
    desk = Desk()
    async with serving_desk(desk, tls["DAC-K-01"]) as address:
        assert await ask(address, tls[who]) is TokenRefusal.UNREACHABLE
    assert desk.asked is None


async def test_a_kiosk_that_cannot_record_gives_nothing(tls: dict[str, Tls]) -> None:
    desk = Desk(DeviceError(DeviceName.JOURNAL, "full"))
    async with serving_desk(desk, tls["DAC-K-01"]) as address:
        assert await ask(address, tls[GATE]) is TokenRefusal.UNREACHABLE


async def test_of_several_kiosks_the_one_that_knows_the_document_counts(
    tls: dict[str, Tls],
) -> None:
    async with AsyncExitStack() as stack:
        answers = (TokenRefusal.UNKNOWN, PREPARED, TokenRefusal.UNKNOWN)
        addresses = [
            await stack.enter_async_context(serving_desk(Desk(answer), tls["DAC-K-01"]))
            for answer in answers
        ]
        kiosks = await stack.enter_async_context(
            aclosing(HallKiosks([*addresses, "127.0.0.1:1"], tls[GATE]))
        )
        answer = await kiosks.redeem(DIGEST, SESSION_ID, Direction.ENTRY)
        assert isinstance(answer, Prepared)


async def test_a_kiosk_that_is_away_may_have_been_the_one(tls: dict[str, Tls]) -> None:
    async with (
        serving_desk(Desk(TokenRefusal.UNKNOWN), tls["DAC-K-01"]) as address,
        aclosing(HallKiosks([address, "127.0.0.1:1"], tls[GATE])) as kiosks,
    ):
        answer = await kiosks.redeem(DIGEST, SESSION_ID, Direction.ENTRY)
    assert answer is TokenRefusal.UNREACHABLE


@pytest.mark.parametrize(
    "request_", [
        wire.RedeemRequest(document_digest=b"short", crossing_id=SESSION_ID, direction=1),
        wire.RedeemRequest(document_digest=DIGEST, crossing_id="x" * 37, direction=1),
        wire.RedeemRequest(document_digest=DIGEST, crossing_id=SESSION_ID, direction=0),
        wire.RedeemRequest(document_digest=DIGEST, crossing_id=SESSION_ID, direction=77),
    ],
)  # fmt: skip
async def test_a_request_that_is_none_is_refused(
    tls: dict[str, Tls], request_: wire.RedeemRequest
) -> None:
    desk = Desk()
    async with (
        serving_desk(desk, tls["DAC-K-01"]) as address,
        open_channel(address, load(tls[GATE]), Role.GATE) as channel,
    ):
        with pytest.raises(aio.AioRpcError) as raised:
            await wire_grpc.TokenServiceStub(channel).Redeem(request_, timeout=5)
    assert raised.value.code().name == "INVALID_ARGUMENT"
    assert desk.asked is None


class Odd(wire_grpc.TokenServiceServicer):
    """A kiosk of another version, or none at all."""

    def __init__(self, answer: wire.RedeemResponse) -> None:
        self._answer = answer

    async def Redeem(self, request: object, context: object) -> wire.RedeemResponse:  # noqa: N802
        return self._answer


@pytest.mark.parametrize(
    "answer", [
        wire.RedeemResponse(),
        wire.RedeemResponse(refused="of a newer version"),
        wire.RedeemResponse(
            prepared=wire.PreparedTraveller(portrait=bytes(MAX_PORTRAIT_BYTES + 1))
        ),
        wire.RedeemResponse(
            prepared=wire.PreparedTraveller(chip=wire.InspectedChip(access="MAGIC"))
        ),
        wire.RedeemResponse(
            prepared=wire.PreparedTraveller(
                chip=wire.InspectedChip(checks=[{"check_id": "NEW", "outcome": 1}])
            )
        ),
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_refers(
    tls: dict[str, Tls], answer: wire.RedeemResponse
) -> None:
    server = new_server()
    wire_grpc.add_TokenServiceServicer_to_server(Odd(answer), server)
    async with serving(server, "127.0.0.1:0", tls["DAC-K-01"], Role.GATE) as address:
        assert await ask(address, tls[GATE]) is TokenRefusal.UNREACHABLE


# Whole lanes.


@dataclass
class Segregated:
    """One kiosk and one gate, each a whole lane."""

    kiosk: Hall
    gate: Hall
    address: str

    async def prepare(self) -> CrossingRecord:
        """Let the traveller through the kiosk; return its record."""
        before = len(self.kiosk.centre.records)
        await self.kiosk.walk_up()
        await self.kiosk.until_state(m.ReadingMrz)
        await self.kiosk.present()
        record = (await self.kiosk.records(before + 1))[-1]
        await self.kiosk.go_back()
        if record.status is CrossingStatus.PREPARED:
            await self.kiosk.until_state(m.Idle)
        return record

    async def cross(self) -> None:
        """Let the traveller lay the same document down at the gate."""
        await self.gate.walk_up()
        await self.gate.until_state(m.ReadingMrz)
        await self.gate.present()


@asynccontextmanager
async def segregated(folder: Path, tls: dict[str, Tls]) -> AsyncIterator[Segregated]:
    for name in ("kiosk", "gate"):
        (folder / name).mkdir()
    async with AsyncExitStack() as stack:
        kiosk = await stack.enter_async_context(
            hall(folder / "kiosk", policy=QUICK, flow=m.Flow.KIOSK)
        )
        desk = kiosk.gate.token_desk
        assert desk is not None
        address = await stack.enter_async_context(serving_desk(desk, tls["DAC-K-01"]))
        kiosks = await stack.enter_async_context(aclosing(HallKiosks([address], tls[GATE])))
        gate = await stack.enter_async_context(
            hall(folder / "gate", policy=QUICK, flow=m.Flow.TOKEN_GATE, kiosks=kiosks)
        )
        yield Segregated(kiosk, gate, address)


async def test_a_genuine_traveller_leaves_two_records_that_know_of_each_other(
    tmp_path: Path, tls: dict[str, Tls]
) -> None:
    async with segregated(tmp_path, tls) as both:
        prepared = await both.prepare()
        await both.cross()
        await both.gate.until_state(m.Passing)
        await both.gate.walk_through()
        (crossed,) = await both.gate.records(1)
    assert (prepared.status, prepared.verdict) == (CrossingStatus.PREPARED, RecordVerdict.NONE)
    assert prepared.prepared_crossing_id == ""
    assert (crossed.status, crossed.verdict) == (CrossingStatus.COMPLETED, RecordVerdict.ADMIT)
    assert crossed.prepared_crossing_id == prepared.crossing_id
    assert crossed.crossing_id != prepared.crossing_id
    assert crossed.document == prepared.document == DOCUMENT


async def test_the_same_document_passes_no_second_time(tmp_path: Path, tls: dict[str, Tls]) -> None:
    async with segregated(tmp_path, tls) as both:
        await both.prepare()
        await both.cross()
        await both.gate.until_state(m.Passing)
        await both.gate.walk_through()
        await both.gate.until_state(m.Idle)
        await both.cross()
        await both.gate.until_state(m.AwaitingOfficer)
        _, again = await both.gate.records(2)
    assert again.status is CrossingStatus.REFERRED
    assert again.findings == (CheckId.ACCESS.value,)
    assert detail(again) == "prepared at a kiosk, and used at a gate since"
    assert again.prepared_crossing_id == ""


async def test_who_was_at_no_kiosk_is_referred(tmp_path: Path, tls: dict[str, Tls]) -> None:
    async with segregated(tmp_path, tls) as both:
        await both.cross()
        await both.gate.until_state(m.AwaitingOfficer)
        (record,) = await both.gate.records(1)
    assert detail(record) == "no kiosk has prepared this document"


async def test_a_gate_whose_kiosk_is_away_refers(tmp_path: Path, tls: dict[str, Tls]) -> None:
    async with (
        aclosing(HallKiosks(["127.0.0.1:1"], tls[GATE])) as kiosks,
        hall(tmp_path, flow=m.Flow.TOKEN_GATE, kiosks=kiosks) as gate,
    ):
        await gate.walk_up()
        await gate.present()
        await gate.until_state(m.AwaitingOfficer)
        (record,) = await gate.records(1)
    assert (record.status, detail(record)) == (CrossingStatus.REFERRED, "a kiosk cannot be reached")


async def test_who_is_not_eligible_gets_no_token(tmp_path: Path, tls: dict[str, Tls]) -> None:
    async with segregated(tmp_path, tls) as both:
        bad = replace(both.kiosk.procedure.inspection)
        evidence = replace(bad.evidence, checks=tuple(
            replace(c, outcome=Outcome.FAILED) if c.check_id is CheckId.DG_HASHES else c
            for c in bad.evidence.checks
        ))  # fmt: skip
        both.kiosk.procedure.inspection = replace(bad, evidence=evidence)
        assert (await both.prepare()).status is CrossingStatus.REFERRED
        await both.cross()
        await both.gate.until_state(m.AwaitingOfficer)


async def test_of_gates_that_ask_at_once_one_gets_the_traveller(
    tmp_path: Path, tls: dict[str, Tls]
) -> None:
    async with segregated(tmp_path, tls) as both:
        await both.prepare()
        async with asyncio.TaskGroup() as tasks:
            asked = [
                tasks.create_task(ask(both.address, tls[HALL[number % 2]])) for number in range(12)
            ]
    answers = [each.result() for each in asked]
    assert sum(isinstance(answer, Prepared) for answer in answers) == 1
    assert answers.count(TokenRefusal.USED) == 11


async def test_a_gate_that_dies_with_the_answer_leaves_a_record_and_no_second_chance(
    tmp_path: Path, tls: dict[str, Tls]
) -> None:
    async with segregated(tmp_path, tls) as both:
        await both.prepare()
        both.gate.comparison.compares.clear()
        await both.cross()
        await both.gate.until(lambda: isinstance(both.gate.state, m.Inspecting) and redeemed(both))
        inspecting = both.gate.state
        # What a gate finds in its journal after a crash, and does then.
        recovered = recover(inspecting, QUICK)
        (report,) = [c for c in recovered.commands if isinstance(c, m.Report)]
        assert report.status is CrossingStatus.INTERRUPTED
        assert report.session.prepared is not None
        assert await ask(both.address, tls[GATE]) is TokenRefusal.USED


def redeemed(both: Segregated) -> bool:
    state = both.gate.state
    return isinstance(state, m.Inspecting) and state.session.prepared is not None


async def test_nothing_personal_is_said_or_kept(
    tmp_path: Path, tls: dict[str, Tls], capfd: pytest.CaptureFixture[str]
) -> None:
    async with segregated(tmp_path, tls) as both:
        await both.prepare()
        await both.cross()
        await both.gate.until_state(m.Passing)
    said = "".join(capfd.readouterr())
    folders = (tmp_path / "kiosk", tmp_path / "gate")
    kept = b"".join((folder / "journal.sqlite").read_bytes() for folder in folders)
    for secret in SECRETS:
        assert secret not in said
        assert secret.encode() not in kept
    assert DIGEST not in kept


def detail(record: CrossingRecord) -> str:
    return next(check.detail for check in record.checks if check.check_id is CheckId.ACCESS)
