"""A station's chain at a real centre: whole over batches, a disk put back and a new enrolment."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from egate.central.alarms import open_alarms
from egate.gate.memory import Memory
from egate.outbox.chain import StationBehind
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.outbox.store import Outbox
from egate.reporting.client import CentreClient
from egate.reporting.mapping import encode
from egate.reporting.station_key import StationKey
from egate.settings import Tls
from tests.centre_harness import GATE, Centre, half_a_minute_later, record
from tests.station_keys import first_break

pytestmark = pytest.mark.asyncio(loop_scope="session")


@contextmanager
def station(file: Path, tls: Tls) -> Iterator[Outbox]:
    with open_database(file) as database:
        yield Memory(database, Seal(bytes(32)), StationKey(tls)).outbox(GATE)
        assert first_break(database, GATE) is None


async def work(outbox: Outbox, client: CentreClient, *numbers: int) -> None:
    """Record and send: each number is a record of its own session."""
    for number in numbers:
        made = record(number)
        with outbox._database:
            outbox.add(made.crossing_id, number, encode(made), made.recorded_at)
    batch = outbox.oldest(99, 1 << 20)
    outbox.settle(batch, await client.submit(batch))
    assert outbox.backlog().depth == 0


async def faults(centre: Centre) -> list[tuple[int, str]]:
    rows = await centre.database.fetch("SELECT gate_seq, fault FROM chain_link ORDER BY position")
    return [(row["gate_seq"], row["fault"]) for row in rows]


async def test_a_station_goes_on_at_the_centre_after_its_disk_was_put_back(
    centre: Centre, tmp_path: Path
) -> None:
    file, image, tls = tmp_path / "journal.sqlite", tmp_path / "image.sqlite", centre.tls()
    client = CentreClient(centre.at.grpc, tls)
    with station(file, tls) as outbox:
        await work(outbox, client, 1, 2, 3)
    shutil.copy(file, image)
    with station(file, tls) as outbox:
        await work(outbox, client, 4)
        await work(outbox, client, 5)
        outbox.chain.compare(await client.standing(5))

    shutil.copy(image, file)
    await half_a_minute_later(centre)
    with station(file, tls) as outbox:
        behind = await client.standing(outbox.chain.head.gate_seq)
        assert behind.gate_seq == 5
        with pytest.raises(StationBehind):
            outbox.chain.compare(behind)

    tls = centre.tls()  # enrolled anew: another key
    with station(file, tls) as outbox:
        outbox.chain.compare(await client.standing(outbox.chain.head.gate_seq))
        assert outbox.chain.head.gate_seq == 5
        await work(outbox, client, 6, 7)
        outbox.chain.compare(await client.standing(7))
    await client.close()
    assert await faults(centre) == [(number, "") for number in range(1, 8)]
    assert {alarm.kind for alarm in await open_alarms(centre.database)} == {"station_behind"}
