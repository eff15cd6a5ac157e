"""A gate asks a running centre about visas and stays, over gRPC with mutual TLS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.domain.evidence import BackgroundEvidence, StayGrant, TravelDocument
from egate.domain.record import CrossingRecord, CrossingStatus, RecordVerdict
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId, Outcome
from egate.gate.background.authorised import AuthorisationsAtGate
from egate.gate.background.checking import OF_LISTS, BackgroundChecking
from egate.gate.chip_reading import ChipInspection
from egate.ports.supervision import OfficerOrder
from egate.reporting.authorisation_client import AuthorisationClient
from egate.reporting.client import CentreClient
from egate.reporting.mapping import decode
from tests.authorisation_samples import RULES
from tests.centre_harness import Centre
from tests.gate_lane import IDENTITY, Background, Comparison, Hall, Procedure, hall
from tests.gate_samples import DOCUMENT, chip, results
from tests.hanging_up import stop_listening
from tests.integration.test_authorisation_service import ALL_SYSTEMS, know, renewed, visa

pytestmark = pytest.mark.asyncio(loop_scope="session")
CITIZEN = replace(DOCUMENT, issuing_state="BGD", nationality="BGD", document_number="A01234567")
OLDER = DocumentKey("UTO", "L11111111")
ANNAS = DocumentKey(DOCUMENT.issuing_state, DOCUMENT.document_number)
SECONDS = 1.0
_STORED = "SELECT payload FROM crossing WHERE gate_id = $1 ORDER BY accepted_at, gate_seq"


@dataclass
class Wire:
    """Between the gate and the centre; it can be cut, and answers can be held up."""

    to: str
    address: str = ""
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def mend(self) -> None:
        """Let the gate through, at the same address as before."""
        self.answers.set()
        host, _, port = self.address.rpartition(":")
        self._server = await asyncio.start_server(self._carry, host or "127.0.0.1", int(port or 0))
        self.address = "{}:{}".format(*self._server.sockets[0].getsockname())

    def cut(self) -> None:
        """Nobody is there any more."""
        assert self._server is not None
        server, self._server = self._server, None
        stop_listening(server)
        self.answers.set()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, gate: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        ends = {back}
        self._writers.add(back)
        try:
            host, _, port = self.to.rpartition(":")
            centre, onward = await asyncio.open_connection(host, int(port))
            ends.add(onward)
            self._writers.add(onward)
            if self._server is None:
                return  # cut meanwhile
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._one_way(gate, onward))
                tasks.create_task(self._one_way(centre, back, held=True))
        except* OSError:
            pass  # one of the two has gone
        finally:
            for writer in self._writers & ends:
                writer.transport.abort()
            self._writers -= ends

    async def _one_way(
        self, read: asyncio.StreamReader, write: asyncio.StreamWriter, *, held: bool = False
    ) -> None:
        while content := await read.read(1 << 16):
            if held:
                await self.answers.wait()
            write.write(content)
            await write.drain()
        write.close()


@dataclass
class Lane:
    """A lane behind that wire."""

    hall: Hall
    wire: Wire
    centre: Centre

    async def comes(self, document: TravelDocument = DOCUMENT) -> m.State:
        """Let a traveller with ``document`` come, and return how the gate decided."""
        h = self.hall
        h.procedure.inspection = ChipInspection(replace(chip(), document=document), b"portrait")
        await h.until_state(m.Idle)
        await h.walk_up()
        await h.present()
        await h.until(lambda: isinstance(h.state, m.Passing | m.AwaitingOfficer), 15)
        return h.state

    async def passes(self, document: TravelDocument = DOCUMENT) -> None:
        assert isinstance(await self.comes(document), m.Passing)
        await self.hall.walk_through()
        await self.hall.until_state(m.Idle)

    async def is_referred(self, document: TravelDocument = DOCUMENT) -> set[str]:
        """Return why."""
        state = await self.comes(document)
        assert isinstance(state, m.AwaitingOfficer)
        await self.hall.go_back()
        self.hall.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        return set(state.findings)

    async def records(self, count: int) -> list[CrossingRecord]:
        """Return what the centre has of this gate, once there are so many, in their order."""
        async with asyncio.timeout(20):
            while True:
                rows = await self.centre.database.fetch(_STORED, IDENTITY.gate_id)
                if len(rows) >= count:
                    return [decode(row["payload"]) for row in rows]
                await asyncio.sleep(0.05)


@asynccontextmanager
async def lane(centre: Centre, folder: Path) -> AsyncIterator[Lane]:
    await know(centre, *ALL_SYSTEMS)
    wire = Wire(centre.at.grpc)
    await wire.mend()
    tls = centre.tls("gate", IDENTITY.gate_id)
    client = AuthorisationClient(wire.address, tls, SECONDS)
    sink = CentreClient(wire.address, tls)
    lists = Background(BackgroundEvidence(results(OF_LISTS)))
    asked = BackgroundChecking((lists, AuthorisationsAtGate(client, RULES)))
    ways = (Procedure(), lambda _: Comparison())
    async with hall(folder, centre=sink, asked=asked, ways=ways) as h:  # type: ignore[arg-type]
        yield Lane(h, wire, centre)
    wire.cut()
    await client.aclose()
    await sink.close()


async def test_a_foreigner_with_a_good_visa_is_admitted_and_the_stay_begins(
    centre: Centre, tmp_path: Path
) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(ANNAS, kind="e_visa", number="EV1", valid_to="2099-12-31"))
        await made.passes()
        (record,) = await made.records(1)
        assert record.verdict is RecordVerdict.ADMIT
        assert record.grant is not None
        assert replace(record.grant, authorised_until="") == StayGrant("E_VISA", "EV1", 30, "")
        assert record.grant.authorised_until > "2026-01-01"
        assert record.fallback_reasons == ()
        details = {c.check_id: c.detail for c in record.checks}
        assert details[CheckId.AUTHORISATION] == f"rules {RULES.version}: e_visa"
        # The centre knows of it at once: the same passport a moment later is another's hands.
        assert await made.is_referred() == {CheckId.STAY}


async def test_a_foreigner_without_a_visa_is_referred(centre: Centre, tmp_path: Path) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(OLDER, valid_to="2099-12-31"))
        assert await made.is_referred() == {CheckId.AUTHORISATION}
        (record,) = await made.records(1)
        assert record.grant is None
        assert record.fallback_reasons == ()


async def test_a_visa_in_the_passport_before_admits(centre: Centre, tmp_path: Path) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(OLDER, valid_to="2099-12-31"), renewed(OLDER, ANNAS))
        await made.passes()


async def test_without_the_centre_citizens_come_home_and_it_learns_of_all_in_order(
    centre: Centre, tmp_path: Path
) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(ANNAS, valid_to="2099-12-31"))
        made.wire.cut()
        await made.passes(CITIZEN)
        assert await made.is_referred() == {CheckId.AUTHORISATION, CheckId.STAY}
        await made.passes(replace(CITIZEN, document_number="A07654321"))
        assert not await centre.database.fetch("SELECT 1 FROM crossing")
        await made.wire.mend()
        first, second, third = await made.records(3)
        assert [each.gate_seq for each in (first, second, third)] == [1, 2, 3]
        assert [each.status for each in (first, second, third)] == [
            CrossingStatus.COMPLETED,
            CrossingStatus.REFERRED,
            CrossingStatus.COMPLETED,
        ]
        assert all("centre_away" in each.fallback_reasons for each in (first, second, third))
        (stay,) = [c for c in first.checks if c.check_id is CheckId.STAY]
        assert stay.outcome is Outcome.UNDETERMINED
        assert stay.detail.startswith("fallback own citizens come home (centre_away); ")
        async with asyncio.timeout(20):
            while await made.comes() and not isinstance(made.hall.state, m.Passing):
                await made.hall.go_back()  # the channel waits a while before it tries again
                made.hall.gate.supervision.order(OfficerOrder.RESET, "officer-1")


async def test_a_centre_that_answers_too_late_is_as_one_that_is_away(
    centre: Centre, tmp_path: Path
) -> None:
    async with lane(centre, tmp_path) as made:
        await know(centre, visa(ANNAS, valid_to="2099-12-31"))
        made.wire.answers.clear()
        assert await made.is_referred() == {CheckId.AUTHORISATION, CheckId.STAY}
        await made.passes(CITIZEN)
        assert not made.wire.answers.is_set()
        made.wire.answers.set()
        late, home = await made.records(2)
        assert (late.verdict, home.verdict) == (RecordVerdict.REFER, RecordVerdict.ADMIT)
        assert "centre_away" in late.fallback_reasons
        assert "centre_away" in home.fallback_reasons
