"""The centre's answer about a traveller, over gRPC with mutual TLS and from PostgreSQL."""

import asyncio
import datetime as dt
import itertools
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import asyncpg
import grpc
import pytest
import pytest_asyncio
from grpc import aio

from egate.central.authorisations.acts import Origin, file_act
from egate.central.authorisations.rows import (
    AuthorisationRow,
    ExtensionRow,
    Row,
    SuccessionRow,
    SystemRow,
)
from egate.central.lists.entries import OffloadOrder, file_offload
from egate.domain.authorisation.background import BackgroundAnswer
from egate.domain.authorisation.travel_authorisation import AuthorisationKind, DocumentKey
from egate.domain.authorisation.traveller import Purpose, Traveller
from egate.domain.evidence import StayGrant, TravelDocument
from egate.domain.record import CrossingRecord, CrossingStatus, Direction
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, Outcome
from egate.lists.listed_document import ListedDocument
from egate.ports.authorisations import AuthorisationsAway
from egate.reporting import credentials
from egate.reporting.authorisation_client import AuthorisationClient
from egate.reporting.authorisation_mapping import encode_question
from egate.reporting.channel import open_channel
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.wire.v1 import authorisation_pb2_grpc as wire_grpc
from tests.authorisation_samples import at
from tests.centre_harness import GATE, Centre, record

pytestmark = pytest.mark.asyncio(loop_scope="session")
CROSSING_ID = "0197f000-0000-7000-8000-0000000000aa"
NUMBERS = itertools.count(1)
VISAS = Origin("dip", "Visa Policy 2019", "visas")
ALL_SYSTEMS = [
    SystemRow.of({"kind": kind, "source_system": "visas", "state": "connected"})
    for kind in AuthorisationKind
]


def passport(state: str = "SRB") -> DocumentKey:
    return DocumentKey(state, f"P{next(NUMBERS):08}")


def arriving(document: DocumentKey, day: str = "2026-11-22") -> Traveller:
    return Traveller(document, "P", document.issuing_state, Direction.ENTRY, "BDDAC", at(day))


def leaving(document: DocumentKey, day: str = "2026-11-22") -> Traveller:
    return replace(arriving(document, day), direction=Direction.EXIT)


def visa(document: DocumentKey, **changes: str) -> AuthorisationRow:
    return AuthorisationRow.of(
        {
            "kind": "visa_mrv",
            "number": f"V{next(NUMBERS)}",
            "issuing_state": document.issuing_state,
            "document_number": document.document_number,
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
            "max_stay_days": "30",
            **changes,
        }
    )


def renewed(earlier: DocumentKey, later: DocumentKey) -> SuccessionRow:
    return SuccessionRow.of(
        {
            "kind": "renewed",
            "earlier_issuing_state": earlier.issuing_state,
            "earlier_document_number": earlier.document_number,
            "later_issuing_state": later.issuing_state,
            "later_document_number": later.document_number,
        }
    )


def crossed(
    traveller: Traveller, grant: StayGrant | None = None, **changes: object
) -> CrossingRecord:
    document = traveller.document
    made = record(
        next(NUMBERS),
        direction=traveller.direction,
        border_crossing_point=traveller.port,
        occurred_at=traveller.at,
        status=CrossingStatus.COMPLETED,
        document=TravelDocument(
            "P",
            document.issuing_state,
            document.document_number,
            "",
            "DOE",
            "JO",
            traveller.nationality,
            "",
            "",
        ),
        grant=grant,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def know(centre: Centre, *rows: Row) -> None:
    for _, same in itertools.groupby(rows, key=type):
        await file_act(centre.database, list(same), VISAS)


@pytest_asyncio.fixture(loop_scope="session")
async def gate(centre: Centre) -> AsyncIterator[AuthorisationClient]:
    await know(centre, *ALL_SYSTEMS)
    async with centre.linked("gate", GATE) as link:
        yield AuthorisationClient(link, 10.0)


async def ask(gate: AuthorisationClient, traveller: Traveller) -> BackgroundAnswer:
    return await gate.check(traveller, CROSSING_ID)


def found(answer: BackgroundAnswer, check_id: CheckId) -> tuple[Outcome, str]:
    (check,) = [each for each in answer.checks if each.check_id is check_id]
    return check.outcome, check.detail


def authorised(answer: BackgroundAnswer) -> tuple[Outcome, str]:
    return found(answer, CheckId.AUTHORISATION)


async def test_a_single_entry_visa_that_was_used_is_used(
    centre: Centre, gate: AuthorisationClient
) -> None:
    document = passport()
    single = visa(document, entries_allowed="1")
    await know(centre, single)
    first = await ask(gate, arriving(document, "2026-10-01"))
    assert authorised(first) == (Outcome.SUCCESSFUL, "visa_mrv")
    assert first.grant is not None
    assert (first.grant.number, first.authorised_until) == (single.number, dt.date(2026, 10, 30))
    grant = StayGrant("VISA_MRV", single.number, 30, "2026-10-30")
    receipt = await centre.submit(
        crossed(arriving(document, "2026-10-01"), grant), crossed(leaving(document, "2026-10-20"))
    )
    assert receipt.refused == {}
    again = await ask(gate, arriving(document))
    assert authorised(again)[0] is Outcome.FAILED
    assert "visa_mrv has no entry left" in authorised(again)[1]
    assert again == await ask(gate, arriving(document))


async def test_a_visa_of_the_old_passport_holds_for_the_renewed_one(
    centre: Centre, gate: AuthorisationClient
) -> None:
    old, new = passport(), passport()
    await know(centre, visa(old), visa(old, kind="e_visa", max_stay_days="90"))
    outcome, detail = authorised(await ask(gate, arriving(new)))
    assert (outcome, detail) == (Outcome.FAILED, "no authorisation is known")
    await know(centre, renewed(old, new))
    answer = await ask(gate, arriving(new))
    assert authorised(answer) == (Outcome.SUCCESSFUL, "visa_mrv")


async def test_visa_on_arrival_is_suspended_on_some_days(
    centre: Centre, gate: AuthorisationClient
) -> None:
    document = passport("JPN")
    await know(centre, visa(document, kind="voa"))
    assert authorised(await ask(gate, arriving(document)))[0] is Outcome.SUCCESSFUL
    outcome, detail = authorised(await ask(gate, arriving(document, "2026-02-01")))
    assert (outcome, detail) == (Outcome.FAILED, "voa is suspended until 2026-02-15")


async def test_exempt_nationals_have_their_days(gate: AuthorisationClient) -> None:
    answer = await ask(gate, arriving(passport("CHE")))
    assert authorised(answer) == (Outcome.SUCCESSFUL, "visa_exempt")
    assert answer.grant is not None
    assert (answer.grant.number, answer.grant.limit.days) == ("", 90)
    assert answer.authorised_until == dt.date(2027, 2, 19)


async def test_an_overstay_at_the_exit_and_its_extension(
    centre: Centre, gate: AuthorisationClient
) -> None:
    document = passport()
    grant = StayGrant("VISA_MRV", "V", 30, "2026-10-30")
    await centre.submit(crossed(arriving(document, "2026-10-01"), grant))
    over = await ask(gate, leaving(document))
    assert found(over, CheckId.STAY) == (
        Outcome.FAILED,
        "23 days over the stay that is allowed",
    )
    assert over.stay is not None
    assert (over.stay.days_used, over.stay.overstay_days) == (53, 23)
    extension = ExtensionRow.of(
        {
            "number": "X1",
            "issuing_state": document.issuing_state,
            "document_number": document.document_number,
            "given_on": "2026-10-29",
            "authorised_until": "2026-12-31",
        }
    )
    await know(centre, extension)
    assert found(await ask(gate, leaving(document)), CheckId.STAY)[0] is Outcome.SUCCESSFUL
    await know(centre, ExtensionRow.of({**extension.texts(), "status": "withdrawn"}))
    assert found(await ask(gate, leaving(document)), CheckId.STAY)[0] is Outcome.FAILED


async def test_a_worker_s_clearance(centre: Centre, gate: AuthorisationClient) -> None:
    document = passport("BGD")
    worker = replace(leaving(document), purpose=Purpose.EMPLOYMENT)
    assert found(await ask(gate, worker), CheckId.CLEARANCE) == (
        Outcome.UNDETERMINED,
        "no bmet_clearance is known",
    )
    await know(centre, visa(document, kind="bmet_clearance"))
    assert found(await ask(gate, worker), CheckId.CLEARANCE) == (
        Outcome.SUCCESSFUL,
        "bmet_clearance",
    )


async def test_an_open_offload_holds_for_the_successor_at_every_port(
    centre: Centre, gate: AuthorisationClient
) -> None:
    old, new = passport("BGD"), passport("BGD")
    await know(centre, renewed(old, new))
    order = OffloadOrder(
        decision_id="0197f000-0000-7000-8000-00000000000d",
        document=ListedDocument.of("P", old.issuing_state, old.document_number),
        port="BDCGP",
        legal_basis="Immigration Manual",
        order_reference="case 1",
        authority="Special Branch",
        officer_id="one",
        second_officer_id="two",
        valid_from=dt.date(2026, 11, 20),
        valid_to=dt.date(2026, 11, 25),
    )
    async with centre.database.acquire() as connection, connection.transaction():
        await file_offload(connection, order)
    outcome, detail = found(await ask(gate, leaving(new)), CheckId.STAY)
    assert (outcome, detail) == (Outcome.FAILED, "offloaded at another port")


async def test_systems_that_are_silent_or_were_not_heard_of(
    centre: Centre, gate: AuthorisationClient
) -> None:
    document = passport()
    silent = SystemRow.of({"kind": "e_visa", "source_system": "evisa", "state": "silent"})
    await know(centre, silent)
    outcome, detail = authorised(await ask(gate, arriving(document)))
    assert (outcome, detail) == (Outcome.UNDETERMINED, "no answer about e_visa")
    row = {"kind": "e_visa", "source_system": "evisa", "state": "connected"}
    await know(centre, SystemRow.of({**row, "heard_within_hours": "24"}))
    assert authorised(await ask(gate, arriving(document)))[0] is Outcome.UNDETERMINED
    await file_act(centre.database, [visa(passport())], replace(VISAS, source_system="evisa"))
    assert authorised(await ask(gate, arriving(document)))[0] is Outcome.FAILED
    await centre.database.execute(
        "UPDATE authorisation_source SET heard_at = now() - interval '25 hours'"
    )
    assert authorised(await ask(gate, arriving(document)))[0] is Outcome.UNDETERMINED


async def test_a_superseded_record_counts_no_longer(
    centre: Centre, gate: AuthorisationClient
) -> None:
    document = passport()
    single = visa(document, entries_allowed="1")
    await know(centre, single)
    wrong = crossed(
        arriving(document, "2026-10-01"), StayGrant("VISA_MRV", single.number, 30, "2026-10-30")
    )
    await centre.submit(wrong)
    assert authorised(await ask(gate, arriving(document)))[0] is Outcome.FAILED
    await centre.database.execute(
        "INSERT INTO crossing_replaced VALUES ($1::text::uuid)", wrong.crossing_id
    )
    assert authorised(await ask(gate, arriving(document)))[0] is Outcome.SUCCESSFUL


async def test_only_gates_and_consoles_ask(centre: Centre) -> None:
    question = encode_question(arriving(passport()), CROSSING_ID)
    for role, allowed in (("gate", True), ("console", True), ("officer", False)):
        tls = credentials.load(centre.tls(role, f"{role}-1"))
        async with open_channel(centre.at.grpc, tls, Role.CENTRE) as channel:
            call = wire_grpc.AuthorisationServiceStub(channel).Check(question, timeout=10)
            if allowed:
                assert len((await call).checks) == 3
                continue
            with pytest.raises(aio.AioRpcError) as refused:
                await call
            assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_question_that_is_none_gets_one_clear_error(
    gate: AuthorisationClient, caplog: pytest.LogCaptureFixture
) -> None:
    odd = replace(arriving(DocumentKey("SRB", "SECRET-9")), nationality="secret")
    with pytest.raises(AuthorisationsAway, match="document_number: missing, or not what") as away:
        await ask(gate, odd)
    assert "SECRET" not in str(away.value)
    assert "SECRET" not in caplog.text
    with pytest.raises(AuthorisationsAway, match="does not fit"):
        await ask(gate, replace(odd, at=UtcSeconds(1e300)))


END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'postgres'"


async def test_without_its_database_the_centre_says_so_and_the_gate_knows_nothing(
    centre: Centre, gate: AuthorisationClient
) -> None:
    document = passport()
    assert authorised(await ask(gate, arriving(document)))[0] is Outcome.FAILED
    beside_it = await asyncpg.connect(centre.address.dsn, database="template1")
    await beside_it.execute("ALTER DATABASE postgres WITH ALLOW_CONNECTIONS false")
    try:
        await beside_it.execute(END_ALL)
        with pytest.raises(AuthorisationsAway, match="UNAVAILABLE: the database is away"):
            await ask(gate, arriving(document))
    finally:
        await beside_it.execute("ALTER DATABASE postgres WITH ALLOW_CONNECTIONS true")
        await beside_it.close()
    # Of the connections that were ended, each may be noticed by a question of its own.
    async with asyncio.timeout(20):
        while True:
            with suppress(AuthorisationsAway):
                assert authorised(await ask(gate, arriving(document)))[0] is Outcome.FAILED
                break


async def test_who_waits_for_nobody(centre: Centre) -> None:
    """A centre that takes the call and does not answer: the deadline ends it."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            pass
        writer.close()

    async with await asyncio.start_server(swallow, "127.0.0.1", 0) as server:
        port: Any = server.sockets[0].getsockname()[1]
        link = Link(f"127.0.0.1:{port}", centre.tls(), Role.CENTRE)
        client = AuthorisationClient(link, 0.2)
        with pytest.raises(AuthorisationsAway):
            await client.check(arriving(passport()), CROSSING_ID)
        await link.close()
        with pytest.raises(AuthorisationsAway, match="closed"):
            await client.check(arriving(passport()), CROSSING_ID)


async def test_of_a_holder_with_too_much_nothing_is_said(
    centre: Centre, gate: AuthorisationClient
) -> None:
    document = passport()
    await know(centre, *(visa(document) for _ in range(2001)))
    with pytest.raises(AuthorisationsAway, match="too much is known"):
        await ask(gate, arriving(document))
