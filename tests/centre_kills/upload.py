"""Gates that upload while the centre and its database are killed, and what must be there then."""

import asyncio
from dataclasses import dataclass
from typing import Final

from egate.domain.evidence import TravelDocument
from egate.domain.record import CrossingRecord, CrossingStatus, Direction
from egate.ports.reporting import CentreUnavailable
from egate.reporting.client import CentreClient
from egate.reporting.crossing_list import CrossingList
from tests.centre_harness import GATE, pending, record
from tests.centre_kills.centre_process import Process

RECORDS, BATCH = 1200, 20
# A backend that is killed takes the memory that all share along: PostgreSQL ends every other one
# and recovers from its log.
KILLS: Final = ("backend", "backend", "centre", "backend", "both", "backend", "centre") * 3
_TOLD_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of an upload under kills.

    Args:
        kills: how many.
        records: that were acknowledged in the end.
        calls_lost: without an answer.
        faults: laws that did not hold.

    """

    kills: int
    records: int
    calls_lost: int
    faults: tuple[str, ...]


def crossing(number: int) -> CrossingRecord:
    """Half of the records are entries, and the other half the exits of the same documents."""
    traveller = number % (RECORDS // 2)
    return record(
        number,
        status=CrossingStatus.COMPLETED,
        direction=Direction.ENTRY if number <= RECORDS // 2 else Direction.EXIT,
        document=TravelDocument("P", "UTO", f"L{traveller:08}", *[""] * 6),
    )


class Upload:
    """Gates that send records until every one is acknowledged."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.wanted = [crossing(number) for number in range(1, RECORDS + 1)]
        self.batches = [self.wanted[at : at + BATCH] for at in range(0, RECORDS, BATCH)]
        self.accepted: set[str] = set()
        self.lost_calls = 0
        self.progress = asyncio.Event()

    async def run(self) -> None:
        client = CentreClient(self.process.address, self.process.gate)
        while self.batches:
            batch = self.batches.pop()
            try:
                receipt = await client.submit(pending(*batch))
            except CentreUnavailable:
                self.lost_calls += 1
                self.batches.append(batch)
                await asyncio.sleep(0.05)
                continue
            assert not receipt.refused
            self.accepted.update(receipt.accepted)
            self.progress.set()
        await client.close()

    async def reached(self, share: float) -> None:
        while len(self.accepted) < share * RECORDS:
            self.progress.clear()
            await self.progress.wait()


async def killed_while_uploading(process: Process, kills: int, patience_seconds: float) -> Uploaded:
    """Let gates upload, kill evenly over the records, and look at what is there in the end.

    Args:
        process: not started yet.
        kills: how many of `KILLS`.
        patience_seconds: in which every record has to be acknowledged.

    Raises:
        TimeoutError: they were not.

    """
    await process.start()
    process.enrol(f"gate:{GATE}", "officer:SB-1107")
    upload = Upload(process)
    async with asyncio.timeout(patience_seconds), asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(process.keep_running())
        uploads = [tasks.create_task(upload.run()) for _ in range(3)]
        for number, what in enumerate(KILLS[:kills], 1):
            await upload.reached(0.9 * number / kills)
            await process.kill_one(what)
        await asyncio.wait(uploads)
        keeping.cancel()
    faults = await _faults(process, upload)
    return Uploaded(kills, len(upload.accepted), upload.lost_calls, faults)


async def _faults(process: Process, upload: Upload) -> tuple[str, ...]:
    listing = CrossingList(process.address, process.officer)
    found, total = await listing.fetch()
    await listing.close()
    try:
        async with asyncio.timeout(_TOLD_SECONDS):
            while process.told() != upload.accepted:  # noqa: ASYNC110 - a process's files
                await asyncio.sleep(0.1)
    except TimeoutError:
        pass  # it is among the laws
    look = process.look
    numbers = "SELECT received::text FROM gate_sequence"
    matched = await look("SELECT count(*) FROM stay WHERE kind = 2")
    laws = {
        "a record was not acknowledged": upload.accepted
        == {made.crossing_id for made in upload.wanted},
        f"{total} records of {RECORDS}": total == RECORDS,
        "numbers are missing": [one.gate_seq for one in found] == list(range(1, len(found) + 1)),
        "the Special Branch was not told of each": process.told() == upload.accepted,
        f"{matched} stays of {RECORDS // 2}": matched == RECORDS // 2,
        "a stay is not matched": await look("SELECT count(*) FROM stay WHERE kind <> 2") == 0,
        "numbers are not counted": await look(numbers) == f"{{[0,{RECORDS})}}",
        "a number was used twice": await look("SELECT count(*) FROM gate_fork") == 0,
        "an id has two contents": await look("SELECT count(*) FROM crossing_conflict") == 0,
    }
    return tuple(fault for fault, held in laws.items() if not held)
