"""The centre's disk is lost: restored from a backup, it has all that it ever confirmed."""

import asyncio
import hashlib
import json
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import asyncpg
import pytest

from egate.central.bodies import record_of
from egate.central.embedded import running_address
from egate.central.image_store import ImageStore
from egate.central.key_ring import KeyRing
from egate.central.lists.entries import file_offload
from egate.cli.service_identity import issue
from egate.console.desk.opening import DeskLinks, opened_desk
from egate.console.desk.writing import DeskWriting
from egate.domain.record import CrossingStatus, RecordVerdict
from egate.outbox.desk_book import DeskEntry
from egate.ports.case_images import CaseImage, CaseImageKind
from egate.reporting.image_client import ImageClient
from egate.settings import ConsoleDesk
from tests.centre_kills.centre_process import Process, centre_process
from tests.desk_samples import NOW, entry
from tests.list_centre import ORDER
from tests.sending_station import SendingStation, sending_station
from tests.unit.test_decision import decision

pytestmark = pytest.mark.system
GATES, DESK = ("BDDAC-A-01", "BDDAC-A-02"), "BDDAC-DESK-1"
FACE = b"\xff\xd8\xff\xe0 a face"
COUNTS = """
SELECT (SELECT count(*) FROM list_entry), (SELECT count(*) FROM peer),
    (SELECT count(*) FROM officer_decision), (SELECT count(*) FROM case_image)
"""


async def egate(*words: object) -> tuple[int, dict[str, object], str]:
    """Run a command; return its code, its JSON, and what it said besides."""
    command = [sys.executable, "-m", "egate.cli", *map(str, words), "--json"]
    run = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, said = await run.communicate()
    return run.returncode or 0, json.loads(out or "{}"), said.decode()


@pytest.fixture
def process() -> Iterator[Process]:
    with centre_process() as made:
        yield made


class Site:
    """A running centre, two gates and a desk that send to it."""

    def __init__(
        self, process: Process, gates: Sequence[SendingStation], desk: DeskWriting
    ) -> None:
        self.process = process
        self.gates = gates
        self.desk = desk
        self.decided: set[str] = set()

    def record(self, count: int) -> None:
        for gate in self.gates:
            gate.record(count)

    async def decide(self, number: int) -> None:
        made = decision(decision_id=self.desk.new_id())
        await self.desk.enter([DeskEntry(f"decision {number}".encode(), None, made)])
        admitted = {"status": CrossingStatus.COMPLETED, "verdict": RecordVerdict.ADMIT}
        await self.desk.enter([entry(number, gate_id=DESK, **admitted)])
        self.decided.add(made.decision_id)

    async def sent(self) -> None:
        for gate in self.gates:
            await gate.sent()
        await self.desk.send()

    async def lose_the_disk(self) -> None:
        self.process.kill()
        self.process.kill_database()
        shutil.rmtree(self.process.data)

    async def stored(self) -> dict[str, bytes]:
        """Return every record of a gate at the centre, by its id; none is there twice."""
        keys = KeyRing(self.process.data / "postgresql.keys")
        keys.refresh()
        query = "SELECT crossing_id, key_id, payload FROM crossing WHERE gate_id <> 'BDDAC-DESK-1'"
        rows = await self.process.rows(query)
        found = {str(row["crossing_id"]): record_of(keys, row) for row in rows}
        assert len(found) == len(rows)
        return found


@pytest.fixture
async def site(process: Process, tmp_path: Path) -> AsyncIterator[Site]:
    await process.start()
    process.enrol(*(f"gate:{name}" for name in GATES), f"console:{DESK}", "officer:SB-1107")
    folder = process.folder
    settings = ConsoleDesk(
        border_crossing_point="BDDAC", station="D-12", authority="SB", book=tmp_path / "desk.sqlite"
    )
    links = DeskLinks(process.address, issue(folder, "console", DESK), DESK, 7.0)
    async with AsyncExitStack() as running:
        gates = [
            await running.enter_async_context(
                sending_station(tmp_path, name, process.address, issue(folder, "gate", name))
            )
            for name in GATES
        ]
        desk = await running.enter_async_context(opened_desk(settings, links, lambda: NOW))
        yield Site(process, gates, desk)


async def order_and_picture(site: Site) -> None:
    """Put an order on the lists, and a picture of somebody who was referred."""
    first = next(iter(site.gates[0].made))
    tls = issue(site.process.folder, "gate", GATES[0])
    async with aclosing(ImageClient(site.process.address, tls)) as client:
        await client.put(first, CaseImage(CaseImageKind.LIVE_FRAME, FACE))
    connection = await asyncpg.connect(running_address(site.process.database))
    assert (await file_offload(connection, ORDER)).approved
    await connection.close()


def keep_keys(data: Path, safe: Path) -> None:
    """Copy the keys of a centre to where they are kept, or from there to a new disk."""
    shutil.copytree(data / "postgresql.keys", safe / "postgresql.keys")
    shutil.copy(data / "images.key", safe / "images.key")


async def backed_up_while_gates_send(site: Site, to: Path) -> Path:
    command = egate("central", "backup", "--config", site.process.config(), "--to", to)
    async with asyncio.TaskGroup() as tasks:
        making = tasks.create_task(command)
        while not making.done():
            site.record(3)
            await asyncio.sleep(0.1)
    code, made, said = making.result()
    assert code == 0, said
    return Path(str(made["folder"]))


async def faults(site: Site) -> list[object]:
    """Return what must not be there: numbers used twice, conflicts, broken chains, alarms."""
    queries = (
        "SELECT gate_id FROM gate_fork",
        "SELECT crossing_id FROM crossing_conflict",
        "SELECT decision_id FROM officer_decision_conflict",
        "SELECT fault FROM chain_link WHERE fault <> ''",
        "SELECT kind FROM alarm WHERE kind <> 'centre_restored' OR times > 1",
    )
    return [row[0] for query in queries for row in await site.process.rows(query)]


async def restored_and_started(site: Site, backup: Path) -> None:
    config = site.process.config()
    code, _, said = await egate("central", "restore", "--config", config, "--from", backup)
    assert code == 0, said
    await site.process.start()


async def all_is_there(site: Site) -> None:
    """See that each record is at the centre once, as it was, and nothing was taken for a fault."""
    wanted = {key: value for gate in site.gates for key, value in gate.made.items()}
    async with asyncio.timeout(40):
        while await site.stored() != wanted:  # noqa: ASYNC110 - a process's database
            await asyncio.sleep(0.2)
    await site.sent()
    decisions = await site.process.rows("SELECT decision_id FROM officer_decision")
    assert {str(row[0]) for row in decisions} == site.decided
    assert await faults(site) == []
    assert await site.process.rows("SELECT times FROM alarm WHERE kind = 'centre_restored'")
    code, found, said = await egate("audit", "verify", "--config", site.process.config())
    assert (code, found["whole"], found["records"]) == (0, True, len(wanted) + 2), said


@pytest.mark.timeout(300)
async def test_nothing_that_was_confirmed_is_missing_after_the_disk_is_lost(
    site: Site, tmp_path: Path
) -> None:
    process, safe = site.process, tmp_path / "safe"
    site.record(40)
    await site.decide(1)
    await site.sent()
    await order_and_picture(site)
    keep_keys(process.data, safe)
    backup = await backed_up_while_gates_send(site, tmp_path / "backups")
    site.record(30)
    await site.decide(2)
    await site.sent()
    before = await site.process.rows(COUNTS)

    await site.lose_the_disk()
    site.record(10)
    process.data = process.folder / "elsewhere"
    keep_keys(safe, process.data)
    await restored_and_started(site, backup)
    await all_is_there(site)
    assert await site.process.rows(COUNTS) == before
    images = ImageStore(process.data / "images")
    assert images.get(hashlib.sha256(FACE).digest()) == FACE
