"""The Special Branch's system over gRPC: told in order and at least once, whatever it does."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
from grpc import aio

from egate.central.acceptance import CrossingRow, examine
from egate.central.desk_acceptance import examine_of_desk
from egate.central.metrics import Metrics
from egate.central.service import running_centre
from egate.central.special_branch.forwarding import keep_telling
from egate.central.special_branch.outbox import hand_over, keep
from egate.central.special_branch.remote_system import RemoteSystem
from egate.central.store import Store
from egate.cli.service_identity import issue
from egate.domain.record import CaptureMode, CrossingStatus, RecordVerdict
from egate.observability.logging import logger
from egate.ports.special_branch import PersonHit, PersonQuery, SpecialBranchAway
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.identity import Role
from egate.reporting.mapping import encode
from egate.settings import CentralSettings, Database, Listen, SpecialBranchRemote
from egate.wire.v1 import crossing_pb2
from egate.wire.v1 import person_query_pb2 as wire
from egate.wire.v1 import person_query_pb2_grpc as wire_grpc
from hardware_mocks.special_branch.system import Fault, Person, Police, serving
from tests.centre_harness import GATE, Centre, record

pytestmark = pytest.mark.asyncio(loop_scope="session")
NAME = "special-branch.test"
WANTED = Person("ERIKSSON", "1974-08-12", "SB-2026-17", "wanted", "Hold and call the desk")
DOCUMENT = record(1).document
assert DOCUMENT is not None


@pytest.fixture
def certificates(running: Centre) -> tuple[Path, Path, Path]:
    tls = issue(running.pki, "console", "special-branch", [NAME])
    return tls.ca, tls.certificate, tls.key


@pytest.fixture
def police(tmp_path: Path) -> Police:
    return Police(tmp_path / "told", [WANTED])


@pytest_asyncio.fixture(loop_scope="session")
async def system(
    running: Centre, police: Police, certificates: tuple[Path, Path, Path]
) -> AsyncIterator[RemoteSystem]:
    """Our adapter, to a stand-in that serves ``police``."""
    async with (
        serving(police, "127.0.0.1:0", certificates) as address,
        aclosing(RemoteSystem(remote(running, address))) as made,
    ):
        yield made


def remote(centre: Centre, address: str) -> SpecialBranchRemote:
    tls = centre.tls("centre", "dhaka")
    return SpecialBranchRemote(driver="grpc", address=address, server_name=NAME, tls=tls)


@pytest_asyncio.fixture(loop_scope="session")
async def store(centre: Centre) -> Store:
    await centre.database.execute("TRUNCATE special_branch_outbox")
    return Store(centre.database, also=(keep,))


async def put(store: Store, *numbers: int, gate: str = GATE) -> None:
    rows = [examine(encode(record(number, gate_id=gate)), gate) for number in numbers]
    assert await store.put([row for row in rows if isinstance(row, CrossingRow)])


def told(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def numbers(file: Path) -> list[int]:
    return [one["gate_seq"] for one in told(file)]


async def test_a_crossing_arrives_as_it_was(
    centre: Centre, store: Store, system: RemoteSystem, police: Police
) -> None:
    before = datetime.now(UTC)  # noqa: TID251 - beside the database's clock
    await put(store, 1)
    assert await hand_over(centre.database, system) == 1
    (one,) = told(police.told)
    assert abs(one.pop("accepted_at")["seconds"] - before.timestamp()) < 60
    assert one.pop("position") > 0
    assert one == {
        "crossing_id": record(1).crossing_id,
        "gate_id": GATE,
        "gate_seq": 1,
        "direction": "ENTRY",
        "verdict": "REFER",
        "status": "REFERRED",
        "border_crossing_point": "BDDAC",
        "occurred_at": {"seconds": 1_790_000_001, "nanos": 250_000_000},
        "passage_confirmed": 1,
        "findings": ["BIOMETRIC.FACE"],
        "document": {
            "document_code": "P",
            "issuing_state": "UTO",
            "document_number": "L898902C3",
            "date_of_expiry": "2032-04-15",
            "primary_identifier": "ERIKSSON",
            "secondary_identifier": "ANNA",
            "nationality": "UTO",
            "date_of_birth": "1974-08-12",
            "sex": "F",
        },
        "capture_mode": "EGATE",
    }


async def test_what_a_desk_settled_says_whose_place_it_takes(
    centre: Centre, store: Store, system: RemoteSystem, police: Police
) -> None:
    settled = record(
        2,
        verdict=RecordVerdict.ADMIT,
        status=CrossingStatus.COMPLETED,
        capture_mode=CaptureMode.DESK,
        entered_by="sb-1042",
        supersedes=record(1).crossing_id,
        fallback_reasons=("centre_away",),
    )
    row = examine_of_desk(encode(settled), GATE)
    assert isinstance(row, CrossingRow)
    await store.put([row])
    assert await hand_over(centre.database, system) == 1
    (one,) = told(police.told)
    assert (one["capture_mode"], one["supersedes"]) == ("DESK", record(1).crossing_id)
    assert one["entered_under_fallback"] == 1


@pytest.mark.parametrize(
    ("fault", "then"),
    [
        (Fault.REFUSES, [1, 2, 3]),
        (Fault.FORGETS_TO_ANSWER, [1, 2, 3, 1, 2, 3]),
        (Fault.TAKES_HALF, [1, 1, 2, 3]),
    ],
)
async def test_what_was_not_surely_taken_comes_again(
    centre: Centre,
    store: Store,
    system: RemoteSystem,
    police: Police,
    fault: Fault,
    then: Sequence[int],
) -> None:
    await put(store, 1, 2, 3)
    police.fault = fault
    with pytest.raises(SpecialBranchAway):
        await hand_over(centre.database, system)
    police.fault = Fault.NONE
    assert await hand_over(centre.database, system) == 3
    assert numbers(police.told) == list(then)


async def test_nothing_but_the_right_name_is_told_anything(
    centre: Centre, store: Store, police: Police, certificates: tuple[Path, Path, Path]
) -> None:
    await put(store, 1)
    async with serving(police, "127.0.0.1:0", certificates) as address:
        settings = remote(centre, address).model_copy(update={"server_name": "another.test"})
        async with aclosing(RemoteSystem(settings)) as system:
            with pytest.raises(SpecialBranchAway, match=r"not a another\.test"):
                await hand_over(centre.database, system)
    assert not police.told.exists()


class Killed:
    """The stand-in as a process on one address, which can be killed and started again."""

    def __init__(self, folder: Path, certificates: tuple[Path, Path, Path]) -> None:
        self.told = folder / "told"
        self.address = "127.0.0.1:0"
        self._certificates = certificates
        self._running: subprocess.Popen[str] | None = None

    def start(self, fault: Fault = Fault.NONE) -> None:
        ca, certificate, key = map(str, self._certificates)
        command = [sys.executable, "-m", "hardware_mocks", "special-branch", "--ca", ca]
        command += ["--certificate", certificate, "--key", key, "--told", str(self.told)]
        command += ["--listen", self.address, "--fault", fault]
        self._running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._running.stdout is not None
        self.address = self._running.stdout.readline().strip()
        assert self.address

    def end(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.communicate()

    def wait(self) -> None:
        assert self._running is not None
        self._running.communicate(timeout=10)


@pytest.fixture
def killed(tmp_path: Path, certificates: tuple[Path, Path, Path]) -> Iterator[Killed]:
    process = Killed(tmp_path, certificates)
    yield process
    process.end()


async def test_it_dies_and_comes_back_and_misses_nothing(
    centre: Centre, store: Store, killed: Killed
) -> None:
    """Two gates go on meanwhile; each one's crossings come in order, some of them again."""
    killed.start(Fault.DIES)
    async with (
        aclosing(RemoteSystem(remote(centre, killed.address))) as system,
        asyncio.timeout(20),
        asyncio.TaskGroup() as tasks,
    ):
        telling = tasks.create_task(keep_telling(centre.database, system, logger()))
        await put(store, 1, 2)
        await asyncio.to_thread(killed.wait)  # it had taken them, and nobody was told so
        await put(store, 3, 4)
        for number in (10, 11, 12):
            await put(store, number, gate="BDDAC-A-02")
        killed.start()
        while await centre.database.fetchval("SELECT count(*) FROM special_branch_outbox"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        telling.cancel()
    found = told(killed.told)
    for gate, sent in ((GATE, [1, 2, 3, 4]), ("BDDAC-A-02", [10, 11, 12])):
        mine = [one for one in found if one["gate_id"] == gate]
        first = {one["crossing_id"]: one["gate_seq"] for one in mine}
        assert list(first.values()) == sent
        again = [one["gate_seq"] for one in mine[len(mine) - len(sent) :]]
        assert again == sent


async def test_the_backlog_and_its_age_are_gauges(centre: Centre, store: Store) -> None:
    def gauges(text: bytes) -> dict[str, float]:
        lines = [line.split() for line in text.decode().splitlines() if "special_branch" in line]
        return {name: float(value) for name, value in (each for each in lines if len(each) == 2)}

    none = gauges(await Metrics(centre.store, centre.database, lambda: 0).text())
    assert none == {
        "egate_special_branch_waiting": 0,
        "egate_special_branch_oldest_age_seconds": 0,
    }
    await put(store, 1, 2)
    await centre.database.execute(
        "UPDATE special_branch_outbox SET accepted_at = now() - interval '90 seconds'"
    )
    some = gauges(await Metrics(centre.store, centre.database, lambda: 0).text())
    assert some["egate_special_branch_waiting"] == 2
    assert 90 <= some["egate_special_branch_oldest_age_seconds"] < 120


class TestPersonQueries:
    async def test_who_is_known_is_found(self, system: RemoteSystem) -> None:
        query = PersonQuery("SB-1107", record(1).crossing_id, DOCUMENT)
        assert await system.ask(query, 5.0) == [
            PersonHit("SB-2026-17", "wanted", "Hold and call the desk")
        ]
        nobody = replace(query, document=replace(DOCUMENT, primary_identifier="HOQUE"))
        assert await system.ask(nobody, 5.0) == []
        assert "ERIKSSON" not in repr(query)

    async def test_an_officer_waits_no_longer_than_they_said(
        self, system: RemoteSystem, police: Police
    ) -> None:
        police.fault = Fault.SLOW
        query = PersonQuery("SB-1107", record(1).crossing_id, DOCUMENT)
        async with asyncio.timeout(10):
            with pytest.raises(SpecialBranchAway, match="DEADLINE"):
                await system.ask(query, 0.2)

    async def test_what_comes_back_is_bounded_text(
        self, system: RemoteSystem, police: Police
    ) -> None:
        nasty = Person("ERIKSSON", "1974-08-12", "a\nb\x1b[31m", "x" * 10_000, "")
        police.persons = [nasty] * 80
        hits = await system.ask(PersonQuery("SB-1107", "", DOCUMENT), 5.0)
        assert len(hits) == 50
        assert hits[0] == PersonHit("a b [31m", "x" * 400, "")

    @asynccontextmanager
    async def centre_with(
        self, running: Centre, database: Database, address: str
    ) -> AsyncIterator[Centre]:
        settings = CentralSettings(
            listen="127.0.0.1:0",
            page=Listen(listen="127.0.0.1:0"),
            database=database,
            tls=running.tls("centre", "dhaka"),
            special_branch=remote(running, address),
        )
        async with running_centre(settings, logger()) as at:
            yield replace(running, at=at)

    async def ask(self, centre: Centre, role: str, **changes: object) -> wire.QueryPersonResponse:
        sent = crossing_pb2.CrossingRecord.FromString(encode(record(1))).document
        values = {
            "crossing_id": record(1).crossing_id,
            "document": sent,
            "officer_id": "SB-1107",
        } | changes
        tls = credentials.load(centre.tls(role, "SB-1107"))
        async with open_channel(centre.at.grpc, tls, Role.CENTRE) as channel:
            stub = wire_grpc.PersonQueryServiceStub(channel)
            return await stub.QueryPerson(wire.QueryPersonRequest(**values), timeout=5)

    async def test_officers_ask_through_the_centre_and_nothing_is_kept(
        self,
        centre: Centre,
        centre_database: Database,
        police: Police,
        certificates: tuple[Path, Path, Path],
        capsys: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        async with (
            serving(police, "127.0.0.1:0", certificates) as address,
            self.centre_with(centre, centre_database, address) as asked,
        ):
            answer = await self.ask(asked, "officer")
            assert [hit.reference for hit in answer.hits] == ["SB-2026-17"]
            answer = await self.ask(asked, "console")
            assert [hit.instruction for hit in answer.hits] == ["Hold and call the desk"]
            for role, changes, code in (
                ("gate", {}, grpc.StatusCode.PERMISSION_DENIED),
                ("console", {"officer_id": "no id!"}, grpc.StatusCode.INVALID_ARGUMENT),
                ("officer", {"crossing_id": "x"}, grpc.StatusCode.INVALID_ARGUMENT),
                ("officer", {"document": None}, grpc.StatusCode.INVALID_ARGUMENT),
            ):
                with pytest.raises(aio.AioRpcError) as refused:
                    await self.ask(asked, role, **changes)
                assert refused.value.code() is code
            police.fault = Fault.REFUSES
            with pytest.raises(aio.AioRpcError) as away:
                await self.ask(asked, "officer")
            assert away.value.code() is grpc.StatusCode.UNAVAILABLE
        printed = "".join(capsys.readouterr()) + caplog.text
        assert "person asked about" in printed
        for word in ("ERIKSSON", "L898902C3", "1974", "SB-2026-17", "wanted"):
            assert word not in printed

    async def test_without_such_a_system_there_is_nothing_to_ask(self, centre: Centre) -> None:
        with pytest.raises(aio.AioRpcError) as refused:
            await self.ask(centre, "officer")
        assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
