"""A running centre for tests: mutual TLS, an embedded PostgreSQL, and records to send."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg
import pytest
import pytest_asyncio

from egate.central.authorisations.work_lists import Matter
from egate.central.bodies import decision_of, keys_of, record_of
from egate.central.database import open_database
from egate.central.embedded import embedded_postgresql
from egate.central.peers import Peer, enrol
from egate.central.service import Addresses, running_centre
from egate.central.status.figures import work
from egate.central.stays import StayKind
from egate.central.store import Store
from egate.cli.service_identity import create_authority, issue
from egate.domain.decision import OfficerDecision
from egate.domain.evidence import TravelDocument
from egate.domain.record import (
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
    StepDuration,
)
from egate.domain.time import UtcSeconds
from egate.observability.logging import logger
from egate.ports.reporting import PendingRecord, Receipt
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.client import CentreClient
from egate.reporting.decision_mapping import decode_decision
from egate.reporting.identity import Role, parse_urn
from egate.reporting.link import Link
from egate.reporting.mapping import decode, encode
from egate.settings import CentralSettings, Database, Listen, Tls
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from tests.conftest import ROOT

GATE = "BDDAC-A-01"
_EMPTY_SECONDS: Final = 60
# Only what holds a row is truncated: for all tables and their indexes PostgreSQL makes new files,
# which takes longer than most tests.
_EMPTY: Final = """
    -- First what the centre itself locks first.
    UPDATE crossing_fact_mark SET accepted_at = '1970-01-01Z';
    LOCK TABLE crossing, crossing_registry, crossing_conflict, stay, gate_sequence, gate_fork,
        supersession, crossing_replaced, officer_decision, officer_decision_conflict,
        document_holder, authorisation_act, authorisation_entry, authorisation_source,
        crossing_fact, crossing_tally, gate_service, special_branch_outbox, alarm, list_proposal,
        list_decision, list_entry, list_document, list_settled, list_head, list_version, inquiry,
        chain_link, tree_head, audit_head;
    DO $$
    DECLARE
        place regclass;
        holds_rows boolean;
    BEGIN
        FOR place IN
            SELECT relation FROM pg_locks JOIN pg_class ON pg_class.oid = relation
            WHERE pid = pg_backend_pid() AND mode = 'AccessExclusiveLock'
                AND relkind = 'r' AND relnamespace = 'public'::regnamespace
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', place) INTO holds_rows;
            IF holds_rows THEN
                EXECUTE format('TRUNCATE %s CASCADE', place);
            END IF;
        END LOOP;
    END $$
"""
Result = TypeVar("Result")


def record(number: int, **changes: object) -> CrossingRecord:
    made = CrossingRecord(
        crossing_id=f"0197f000-0000-7000-8000-{number:012x}",
        gate_id=GATE,
        gate_seq=number,
        direction=Direction.ENTRY,
        border_crossing_point="BDDAC",
        occurred_at=UtcSeconds(1_790_000_000.25 + number),
        recorded_at=UtcSeconds(1_790_000_009.5 + number),
        verdict=RecordVerdict.REFER,
        status=CrossingStatus.REFERRED,
        policy_version="1",
        software_version="0.1.0",
        document=TravelDocument(
            "P", "UTO", "L898902C3", "2032-04-15", "ERIKSSON", "ANNA", "UTO", "1974-08-12", "F"
        ),
        findings=("BIOMETRIC.FACE",),
        steps=(StepDuration("chip", 3.5, 0.25),),
        passage_confirmed=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def pending(*records: CrossingRecord | bytes) -> list[PendingRecord]:
    return [
        PendingRecord(seq, f"raw-{seq}", made)
        if isinstance(made, bytes)
        else PendingRecord(seq, made.crossing_id, encode(made))
        for seq, made in enumerate(records, 1)
    ]


def raw(number: int, **changes: object) -> bytes:
    message = wire.CrossingRecord.FromString(encode(record(number)))
    for name, value in changes.items():
        if value is None:
            message.ClearField(name)  # type: ignore[arg-type]
        else:
            setattr(message, name, value)
    return message.SerializeToString()


@dataclass
class Centre:
    """A running centre, its PKI, and a look at its database."""

    at: Addresses
    pki: Path
    store: Store
    database: Any
    address: Database
    """Of its database."""

    def tls(self, role: str = "gate", name: str = GATE) -> Tls:
        """Return files of somebody whom the centre knows."""
        if role != "centre":
            enrol_peers(self.address, f"{role}:{name}")
        return issue(self.pki, role, name)

    async def submit(self, *records: CrossingRecord | bytes, gate: str = GATE) -> Receipt:
        client = CentreClient(self.at.grpc, self.tls("gate", gate))
        try:
            return await client.submit(pending(*records))
        finally:
            await client.close()

    @asynccontextmanager
    async def linked(self, role: str = "console", name: str = "hall-1") -> AsyncIterator[Link]:
        """Give somebody's link to the centre."""
        link = Link(self.at.grpc, self.tls(role, name), Role.CENTRE)
        try:
            yield link
        finally:
            await link.close()

    async def payloads(self, gate: str = "") -> list[bytes]:
        """Return the records that are stored, as they were sent, in the order of the numbers."""
        query = """SELECT crossing_id, key_id, payload FROM crossing WHERE gate_id = $1 OR $1 = ''
            ORDER BY gate_seq"""
        async with self.database.acquire() as connection:
            keys = keys_of(connection)
            return [record_of(keys, row) for row in await connection.fetch(query, gate)]

    async def records(self, gate: str = "") -> list[CrossingRecord]:
        return [decode(payload) for payload in await self.payloads(gate)]

    async def decisions(self) -> list[OfficerDecision]:
        """Return what officers decided, in the order in which it came."""
        query = "SELECT decision_id, key_id, payload FROM officer_decision ORDER BY accepted_at"
        async with self.database.acquire() as connection:
            keys = keys_of(connection)
            return [
                decode_decision(decision_of(keys, row)) for row in await connection.fetch(query)
            ]

    async def call(self, request: wire.PutBatchRequest, role: str) -> wire.PutBatchResponse:
        """PutBatch without our client's care."""
        channel = open_channel(self.at.grpc, credentials.load(self.tls(role)), Role.CENTRE)
        async with channel:
            return await wire_grpc.CrossingServiceStub(channel).PutBatch(request, timeout=5)


def database_table(database: Database) -> str:
    """Return the table of a centre's settings that names ``database``."""
    return f'[database]\ndsn = "{database.dsn}"\nkeys = "{database.keys}"\n'


def beside(work: Callable[[], Result]) -> Result:
    """Return what ``work`` does in a thread that may have a loop of its own, as a command has."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def enrol_peers(address: Database, *peers: str) -> None:
    """Enrol ``ROLE:ID`` each with the centre of the database at ``address``."""

    async def take() -> None:
        connection = await asyncpg.connect(address.dsn)
        named = [parse_urn(f"urn:egate:{peer}") for peer in peers]
        await enrol(connection, [Peer(each, "BDDAC") for each in named], "the tests")
        await connection.close()

    beside(lambda: asyncio.run(take()))


@contextmanager
def database_folder() -> Iterator[Path]:
    """A folder that the account of an embedded PostgreSQL may enter.

    Not pytest's: every pytest that starts closes the common parent of those to others.
    """
    with tempfile.TemporaryDirectory(prefix="egate-centre-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def centre_folder() -> Iterator[Path]:
    with database_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def centre_database(centre_folder: Path) -> Iterator[Database]:
    """One PostgreSQL for all tests of this file, started by the centre's own code."""
    with asyncio.Runner() as runner:
        running = embedded_postgresql(centre_folder / "postgresql")
        address = runner.run(running.__aenter__())
        yield Database(dsn=address, keys=centre_folder / "keys")
        runner.run(running.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def centre_pki(centre_folder: Path) -> Path:
    create_authority(centre_folder / "pki")
    return centre_folder / "pki"


@asynccontextmanager
async def serving_centre(database: Database, pki: Path) -> AsyncIterator[Centre]:
    """A centre that runs inside the block."""
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=database,
        tls=issue(pki, "centre", "dhaka"),
        authorisation_rules=ROOT / "config" / "authorisation_rules.toml",
    )
    async with running_centre(settings, logger()) as at, open_database(database) as pool:
        yield Centre(at, pki, Store(pool), pool, database)


@asynccontextmanager
async def centre_of_its_own() -> AsyncIterator[Centre]:
    """A running centre with a PostgreSQL of its own, for what is no test."""
    with database_folder() as folder:
        create_authority(folder / "pki")
        async with (
            embedded_postgresql(folder / "postgresql") as address,
            serving_centre(Database(dsn=address, keys=folder / "keys"), folder / "pki") as made,
        ):
            yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(centre_database: Database, centre_pki: Path) -> AsyncIterator[Centre]:
    """One centre for every test that marks itself ``asyncio(loop_scope="session")``."""
    async with serving_centre(centre_database, centre_pki) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def centre(running: Centre) -> Centre:
    """The running centre, its tables empty."""
    await _empty(running)
    return running


async def _empty(centre: Centre) -> None:
    """Empty the tables; what the test before sent may still be stored, in an order of its own."""
    async with asyncio.timeout(_EMPTY_SECONDS):
        while True:
            # PostgreSQL ends one of the two: after it, the other has what it waited for.
            with suppress(asyncpg.DeadlockDetectedError):
                await centre.database.execute(_EMPTY)
                return


async def unmatched_counts(centre: Centre) -> dict[StayKind, int]:
    """Return how many movements of each kind belong to no stay."""
    kinds = {
        Matter.ENTRY_WITHOUT_EXIT: StayKind.ENTRY_WITHOUT_EXIT,
        Matter.EXIT_WITHOUT_ENTRY: StayKind.EXIT_WITHOUT_ENTRY,
    }
    lists = (await work(centre.database)).lists
    return {kinds[one.matter]: one.count for one in lists if one.matter in kinds and one.count}


async def half_a_minute_later(centre: Centre) -> None:
    """Let what is here have come a little longer ago than a question is under way."""
    await centre.database.execute(
        "UPDATE chain_link SET accepted_at = accepted_at - interval '31 s'"
    )
