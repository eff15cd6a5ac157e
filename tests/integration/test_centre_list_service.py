"""Lists from an approval at the centre to a gate's folder, over gRPC with mutual TLS."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec
from grpc import aio

from egate.central.lists.publication import Publication
from egate.central.lists.settled import Settled, settle
from egate.central.lists.shelf import Shelf
from egate.central.service import running_centre
from egate.lists.errors import ListRefused
from egate.lists.freshness import Freshness, sign_freshness
from egate.lists.kinds import ListKind
from egate.lists.listed_person import ListedPerson
from egate.lists.manifest import ContentName
from egate.lists.publishing import Publisher
from egate.lists.source import RowStatus, SourceRow
from egate.observability.logging import logger
from egate.ports.lists import ListsAway, OfferedList, PartOf
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.identity import Role
from egate.reporting.list_client import ListClient
from egate.settings import CentralSettings, Database, Listen, SettingsError
from egate.wire.v1 import list_pb2 as wire
from egate.wire.v1 import list_pb2_grpc as wire_grpc
from tests.centre_harness import Centre
from tests.list_centre import TODAY, approved, list_keys, offload
from tests.list_gate import ListGate, now_utc
from tests.list_samples import KEY, SIGNER, document, entry, row

pytestmark = pytest.mark.asyncio(loop_scope="session")
KIND = ListKind.OFFLOAD


@dataclass
class Publishing:
    """A centre that publishes, and what a gate is set up with."""

    centre: Centre
    settings: CentralSettings
    grpc: str
    folder: Path

    def client(self, role: str = "gate") -> ListClient:
        return ListClient(self.grpc, self.centre.tls(role))

    def gate(self, folder: Path, *kinds: ListKind) -> ListGate:
        keys = self.folder / "signer.pem", self.folder / "list.key"
        return ListGate(folder, self.client(), *keys, kinds or (KIND,))


@pytest_asyncio.fixture(loop_scope="session")
async def publishing(
    centre: Centre, centre_database: Database, tmp_path: Path
) -> AsyncIterator[Publishing]:
    """A second centre on the same database, so that each test has its own folder."""
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre_database,
        tls=centre.tls("centre"),
        lists=list_keys(tmp_path),
    )
    async with running_centre(settings, logger()) as at:
        yield Publishing(centre, settings, at.grpc, tmp_path)


async def test_an_offload_that_was_approved_is_at_a_gate_after_a_poll(
    publishing: Publishing, tmp_path: Path
) -> None:
    gate = publishing.gate(tmp_path / "gate")
    await gate.until(lambda: gate.version() > 0)
    assert gate.find(document("A1")) == []
    before = gate.version()
    await offload(publishing.centre)
    await gate.until(lambda: gate.version() > before)
    (found,) = gate.find(document("A1"))
    assert (found.entry_id, found.authority) == ("offload d-1", "SB")


async def test_a_list_that_nobody_changes_is_as_good_as_new(
    publishing: Publishing, tmp_path: Path
) -> None:
    gate = publishing.gate(tmp_path / "gate")
    await gate.until(lambda: gate.version() > 0)
    with gate.kept() as kept:
        made_at = kept.version.manifest.made_at

    def is_proven() -> bool:
        with gate.kept() as kept:
            return bool(kept.newest_as_of > made_at)

    await gate.until(is_proven)


async def test_every_list_is_published_with_persons_and_documents(
    publishing: Publishing, tmp_path: Path
) -> None:
    gate = publishing.gate(tmp_path / "gate", *ListKind)
    await gate.until(lambda: all(gate.version(kind) for kind in ListKind))
    said = entry(
        kind=ListKind.WANTED,
        persons=(ListedPerson(("RAHMAN KARIM",), "1974-08-12", "BGD"),),
        valid_to=TODAY + dt.timedelta(days=9),
    )
    person = SourceRow(1, None, said, RowStatus.LISTED)
    before = {kind: gate.version(kind) for kind in ListKind}
    await approved(publishing.centre, ListKind.WANTED, person)
    await approved(publishing.centre, ListKind.SLTD, row("B1", kind=ListKind.SLTD))
    changed = (ListKind.WANTED, ListKind.SLTD)
    await gate.until(lambda: all(gate.version(kind) > before[kind] for kind in changed))
    assert len(gate.find(document("B1"), ListKind.SLTD)) == 1
    with gate.kept(ListKind.WANTED) as kept:
        assert kept.version.manifest.contents[ContentName.PERSONS].length > 0
    assert all(gate.version(each) == before[each] for each in set(ListKind) - set(changed))


async def test_many_gates_at_once_get_the_same(publishing: Publishing, tmp_path: Path) -> None:
    await offload(publishing.centre)
    gates = [publishing.gate(tmp_path / f"gate{number}") for number in range(12)]
    async with asyncio.TaskGroup() as tasks:
        for gate in gates:
            tasks.create_task(
                gate.until(lambda gate=gate: bool(gate.version() and gate.find(document("A1"))))
            )
    assert len({gate.version() for gate in gates}) == 1


async def test_a_gate_that_was_away_gets_deltas_or_the_snapshot(
    publishing: Publishing, tmp_path: Path
) -> None:
    kind = ListKind.LOST_STOLEN_DOC
    many = [row(f"A{number}", kind=kind) for number in range(3000)]
    await approved(publishing.centre, kind, *many)
    gate, other = (publishing.gate(tmp_path / name, kind) for name in ("gate", "other"))
    for each in (gate, other):
        await each.until(
            lambda each=each: each.version(kind) > 0 and bool(each.find(document("A1"), kind))
        )
    for number in range(2):
        before = other.version(kind)
        await approved(publishing.centre, kind, row(f"B{number}", kind=kind))
        await other.until(lambda before=before: other.version(kind) > before)
    offered = await gate.offers.versions({kind: gate.version(kind)})
    assert len(offered[0].manifests) == 2
    assert all(b'"previous":0' not in raw for raw in offered[0].manifests)
    await gate.poll()
    assert gate.version(kind) == other.version(kind)
    assert len(gate.find(document("B0"), kind)) == 1
    assert (await gate.offers.versions({kind: gate.version(kind)}))[0].manifests == ()
    (snapshot,) = (await gate.offers.versions({kind: 0}))[0].manifests
    assert b'"previous":0' in snapshot


async def test_a_document_that_was_withdrawn_is_off_a_list_for_good(
    publishing: Publishing, tmp_path: Path
) -> None:
    kind = ListKind.LOST_STOLEN_DOC
    gate = publishing.gate(tmp_path / "gate", kind)
    await approved(publishing.centre, kind, row("A1", kind=kind), row("A2", kind=kind))
    await gate.until(lambda: gate.version(kind) > 0 and bool(gate.find(document("A1"), kind)))
    changes = (row("A1", status=s, kind=kind) for s in (RowStatus.RECOVERED, RowStatus.WITHDRAWN))
    for number, change in enumerate(changes):
        before = gate.version(kind)
        await approved(publishing.centre, kind, change, row(f"C{number}", kind=kind))
        await gate.until(lambda before=before: gate.version(kind) > before)
        assert len(gate.find(document("A1"), kind)) == (number == 0)
    assert len(gate.find(document("A2"), kind)) == 1


async def test_nobody_else_is_told_of_lists(publishing: Publishing) -> None:
    for role in ("officer", "centre"):
        client = publishing.client(role)
        with pytest.raises(ListsAway, match="may not do this"):
            await client.versions({KIND: 0})
        with pytest.raises(ListsAway, match="may not do this"):
            await client.part(PartOf(KIND, 1, False, "documents", 0, 100))
        await client.close()
    console = publishing.client("console")
    await console.versions({KIND: 0})
    await console.close()


async def test_what_is_not_there_is_not_given(publishing: Publishing, tmp_path: Path) -> None:
    gate = publishing.gate(tmp_path / "gate")
    await gate.until(lambda: gate.version() > 0)
    good = PartOf(KIND, gate.version(), False, "documents", 0, 100)
    assert await gate.offers.part(good)
    bad: tuple[dict[str, object], ...] = (
        {"name": "NONE"},
        {"name": "../made"},
        {"version": 0},
        {"version": 2**63},
        {"version": 999},
        {"file": "manifest"},
        {"file": "../snapshot/documents"},
        {"offset": 10**6},
        {"offset": 2**64 - 1},
        {"length": 0},
        {"length": 2**20 + 1},
    )
    for changes in bad:
        with pytest.raises(ListsAway, match="NOT_FOUND"):
            await gate.offers.part(replace(good, **changes))  # type: ignore[arg-type]


async def test_an_unreasonable_question_is_refused(publishing: Publishing) -> None:
    loaded = credentials.load(publishing.centre.tls())
    async with open_channel(publishing.grpc, loaded, Role.CENTRE) as channel:
        stub = wire_grpc.ListServiceStub(channel)
        for names in (["OFFLOAD"] * 2, [f"L{number}" for number in range(17)]):
            held = [wire.HeldList(list=name) for name in names]
            with pytest.raises(aio.AioRpcError) as refused:
                await stub.GetVersions(wire.GetVersionsRequest(held=held), timeout=5)
            assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        unknown = wire.GetVersionsRequest(held=[wire.HeldList(list="OF_LATER")])
        assert not (await stub.GetVersions(unknown, timeout=5)).lists


class Forger:
    """Between gate and centre: changes what the centre says."""

    def __init__(self, offers: ListClient) -> None:
        self._offers = offers
        self.freshness: bytes | None = None
        self.manifests: tuple[bytes, ...] | None = None
        self.torn = False

    async def versions(self, have: dict[str, int]) -> tuple[OfferedList, ...]:
        return tuple(
            replace(
                each,
                freshness=each.freshness if self.freshness is None else self.freshness,
                manifests=each.manifests if self.manifests is None else self.manifests,
            )
            for each in await self._offers.versions(have)
        )

    async def part(self, part: PartOf) -> bytes:
        content = await self._offers.part(part)
        return content[:-1] + bytes([content[-1] ^ 1]) if self.torn else content


@dataclass
class Attacked:
    """A gate with version ``used``, when there is a newer one, and who stands between."""

    gate: ListGate
    forger: Forger
    used: int
    old: OfferedList
    new: OfferedList


@pytest_asyncio.fixture(loop_scope="session")
async def attacked(publishing: Publishing, tmp_path: Path) -> Attacked:
    gate, watch = (publishing.gate(tmp_path / name) for name in ("gate", "watch"))
    await offload(publishing.centre)
    await gate.until(lambda: gate.version() > 0 and bool(gate.find(document("A1"))))
    used = gate.version()
    old = (await gate.offers.versions({KIND: 0}))[0]
    assert old.freshness
    await offload(publishing.centre, "A2", "d-2")
    await watch.until(lambda: watch.version() > used)
    new = (await gate.offers.versions({KIND: used}))[0]
    gate.offers = forger = Forger(publishing.client())
    return Attacked(gate, forger, used, old, new)


async def test_what_is_forged_torn_or_of_before_is_never_used(attacked: Attacked) -> None:
    gate, forger = attacked.gate, attacked.forger
    (newer,) = attacked.new.manifests
    attacks: dict[str, tuple[bytes, ...] | None] = {
        "forged": (newer.replace(b'"made_at":"2', b'"made_at":"3'),),
        "cut": (newer[:-3],),
        "replayed": attacked.old.manifests,
        "torn": None,
    }
    for how, manifests in attacks.items():
        forger.manifests, forger.torn = manifests, how == "torn"
        with pytest.raises(ListRefused):
            await gate.poll()
        assert gate.version() == attacked.used, how
        assert len(gate.find(document("A1"))) == 1, how
    forger.torn, forger.manifests = False, None
    await gate.until(lambda: gate.version() > attacked.used)
    assert len(gate.find(document("A2"))) == 1


async def test_a_statement_that_is_forged_or_of_before_proves_nothing(attacked: Attacked) -> None:
    gate, forger = attacked.gate, attacked.forger
    await gate.until(lambda: gate.version() > attacked.used)
    with gate.kept() as kept:
        proven = kept.newest_as_of
    soon = now_utc().replace(microsecond=0)
    stranger = ec.generate_private_key(ec.SECP256R1())
    old = attacked.old
    for freshness, manifests in (
        (sign_freshness(Freshness(KIND, gate.version(), soon), stranger), None),
        (attacked.new.freshness[:-1] or b"x", None),
        (old.freshness, None),
        (old.freshness, old.manifests),  # all of the past at once
    ):
        forger.freshness, forger.manifests = freshness, manifests
        with pytest.raises(ListRefused):
            await gate.poll()
        with gate.kept() as kept:
            assert kept.newest_as_of == proven
    assert len(gate.find(document("A2"))) == 1


async def test_a_centre_that_ended_between_approval_and_publishing_makes_it_later(
    publishing: Publishing, tmp_path: Path
) -> None:
    gate = publishing.gate(tmp_path / "gate")
    await gate.until(lambda: gate.version() > 0)
    before = gate.version()
    # A number that was given, and a version that never was made of it.
    await publishing.centre.database.execute(
        "INSERT INTO list_version (list, version, changes) VALUES ('OFFLOAD', $1, 1)", before + 1
    )
    await offload(publishing.centre)
    await gate.until(lambda: bool(gate.find(document("A1"))))
    assert gate.version() == before + 2


async def test_a_folder_that_was_lost_or_restored_gives_no_number_twice(
    publishing: Publishing, tmp_path: Path
) -> None:
    gate = publishing.gate(tmp_path / "gate")
    await offload(publishing.centre)
    await gate.until(lambda: gate.version() > 0 and bool(gate.find(document("A1"))))
    before = gate.version()
    lists = publishing.settings.lists
    assert lists is not None
    emptied = publishing.settings.model_copy(
        update={"lists": lists.model_copy(update={"folder": tmp_path / "empty"})}
    )
    async with running_centre(emptied, logger()) as at:
        gate.offers = ListClient(at.grpc, publishing.centre.tls())
        await gate.until(lambda: gate.version() > before)
    assert len(gate.find(document("A1"))) == 1


async def test_a_centre_that_starts_again_publishes_nothing_twice(
    publishing: Publishing, tmp_path: Path
) -> None:
    gate = publishing.gate(tmp_path / "gate")
    await offload(publishing.centre)
    await gate.until(lambda: gate.version() > 0 and bool(gate.find(document("A1"))))
    before = gate.version()
    async with running_centre(publishing.settings, logger()) as at:
        gate.offers = ListClient(at.grpc, publishing.centre.tls())
        offered: tuple[OfferedList, ...] = ()
        while not (offered and offered[0].freshness):
            await asyncio.sleep(0.1)
            offered = await gate.offers.versions({KIND: before})
        assert offered[0].manifests == ()
        await gate.poll()


async def test_a_folder_of_another_signer_is_an_alarm_and_no_list(
    publishing: Publishing, tmp_path: Path
) -> None:
    gate = publishing.gate(tmp_path / "gate")
    await gate.until(lambda: gate.version() > 0)
    lists = publishing.settings.lists
    assert lists is not None
    (tmp_path / "other").mkdir()
    other = list_keys(tmp_path / "other").model_copy(update={"folder": lists.folder})
    settings = publishing.settings.model_copy(update={"lists": other})
    query = "SELECT count(*) FROM alarm WHERE kind = 'list_refused' AND subject = 'OFFLOAD'"
    async with running_centre(settings, logger()) as at:
        client = ListClient(at.grpc, publishing.centre.tls())
        for _ in range(100):
            if await publishing.centre.database.fetchval(query):
                break
            await asyncio.sleep(0.1)
        assert await publishing.centre.database.fetchval(query) == 1
        assert await client.versions({KIND: 0}) == ()
        await client.close()


async def test_a_centre_without_lists_says_so(centre: Centre) -> None:
    client = ListClient(centre.at.grpc, centre.tls())
    with pytest.raises(ListsAway, match="UNIMPLEMENTED"):
        await client.versions({KIND: 0})
    await client.close()


@pytest.mark.parametrize("name", ["signing_key", "list_key"])
async def test_a_centre_does_not_start_with_a_secret_that_others_may_read(
    centre: Centre, centre_database: Database, tmp_path: Path, name: str
) -> None:
    lists = list_keys(tmp_path)
    getattr(lists, name).chmod(0o644)
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre_database,
        tls=centre.tls("centre"),
        lists=lists,
    )
    with pytest.raises(SettingsError, match="others may read it"):
        async with running_centre(settings, logger()):
            pass


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path, KIND, KEY, SIGNER)


def publication(centre: Centre, publisher: Publisher, hours: int = 72) -> Publication:
    shelf = Shelf(publisher.folder, SIGNER.public_key())
    return Publication(centre.database, publisher, shelf, dt.timedelta(hours=hours), logger())


async def test_a_version_is_made_again_when_half_of_its_time_is_over(
    centre: Centre, publisher: Publisher
) -> None:
    short = publication(centre, publisher, 30)
    for _ in range(3):
        await short.publish_what_is_due()
    assert publisher.newest().version == 1
    await publication(centre, publisher).publish_what_is_due()  # 30 hours are not half of 72
    assert publisher.newest().version == 2


async def test_what_changes_nothing_on_a_list_makes_no_version(
    centre: Centre, publisher: Publisher
) -> None:
    made = publication(centre, publisher)
    await made.publish_what_is_due()
    async with centre.database.acquire() as connection:
        decision = Settled("d-1", KIND, "no entry", "0123456789abcdef", document("A1"), "rahman")
        await settle(connection, decision)
    await made.publish_what_is_due()
    assert publisher.newest().version == 1


async def test_a_person_who_was_cleared_is_cleared_in_the_next_version(
    centre: Centre, publisher: Publisher
) -> None:
    made = publication(centre, publisher)
    said = entry(persons=(ListedPerson(("RAHMAN KARIM",), "1974-08-12", "BGD"),))
    await approved(centre, KIND, SourceRow(1, None, said, RowStatus.LISTED))
    await made.publish_what_is_due()
    assert len(publisher.newest().contents.settled) == 0
    async with centre.database.acquire() as connection:
        decision = Settled("d-1", KIND, said.entry_id, said.revision, document("A1"), "rahman")
        await settle(connection, decision)
    await made.publish_what_is_due()
    assert len(publisher.newest().contents.settled) == 1


async def test_a_folder_that_somebody_else_is_changing_waits(
    centre: Centre, publisher: Publisher
) -> None:
    made = publication(centre, publisher)
    with publisher.locked():
        for _ in range(2):
            await made.publish_what_is_due()
    count = await centre.database.fetchval("SELECT times FROM alarm WHERE kind = 'list_refused'")
    assert count == 1  # and not twice a second
    await made.publish_what_is_due()
    assert publisher.newest().version == 1


async def test_a_database_that_is_away_is_waited_for(centre: Centre, publisher: Publisher) -> None:
    made = publication(centre, publisher)
    await centre.database.execute("ALTER TABLE list_head RENAME TO list_away")
    try:
        await made.publish_what_is_due()
    finally:
        await centre.database.execute("ALTER TABLE list_away RENAME TO list_head")
    assert publisher.newest().version == 0
    await made.publish_what_is_due()
    assert publisher.newest().version == 1


async def test_a_folder_that_is_behind_what_gates_may_have_gets_a_newer_version(
    centre: Centre, publisher: Publisher
) -> None:
    await publication(centre, publisher).publish_what_is_due()
    # The same entries again, because its time was half over; and then an older copy came back.
    await centre.database.execute(
        "INSERT INTO list_version (list, version, changes) VALUES ('OFFLOAD', 2, 0)"
    )
    await publication(centre, publisher).publish_what_is_due()
    assert publisher.newest().version == 3
