"""An offload from its approval at the centre to a gate that asks over mutual TLS.

The list has a thousand offloads already, four others ask without a pause, and the gate
asks again and again, so that what is measured is the centre and the wire, and not its 15 s.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from egate.central.database import open_database
from egate.central.embedded import embedded_postgresql
from egate.central.peers import Peer, enrol
from egate.central.service import running_centre
from egate.central.store import Store
from egate.cli.service_identity import create_authority, issue
from egate.lists.kinds import ListKind
from egate.observability.logging import configure_logging, logger
from egate.reporting.identity import parse_urn
from egate.reporting.list_client import ListClient
from egate.settings import CentralSettings, Database, Listen
from tests.centre_harness import GATE, Centre
from tests.list_centre import approved, list_keys, offload
from tests.list_gate import ListGate
from tests.list_samples import document, row

KIND = ListKind.OFFLOAD
LISTED = 1000
OFFLOADS = 10
OTHER_GATES = 4
POLL_SECONDS = 15.0
"""Of a gate; docs/decisions/0028."""
PROMISED_SECONDS = 60.0
"""In which an offload must be at every port."""


def main() -> None:
    configure_logging(sys.stderr)
    with tempfile.TemporaryDirectory(prefix="egate-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        create_authority(folder / "pki")
        (folder / "lists").mkdir()
        print(json.dumps(asyncio.run(measure(folder))))


async def measure(folder: Path) -> dict[str, object]:
    lists = list_keys(folder / "lists")
    async with embedded_postgresql(folder / "database" / "postgresql") as address:
        database = Database(dsn=address, keys=folder / "database" / "keys")
        settings = CentralSettings(
            listen="127.0.0.1:0",
            page=Listen(listen="127.0.0.1:0"),
            database=database,
            tls=issue(folder / "pki", "centre", "dhaka"),
            lists=lists,
        )
        async with running_centre(settings, logger()) as at, open_database(database) as pool:
            await enrol(pool, [Peer(parse_urn(f"urn:egate:gate:{GATE}"), "BDDAC")], "benchmark")
            centre = Centre(at, folder / "pki", Store(pool), pool, database)
            await approved(centre, KIND, *(row(f"X{n}", f"E-{n}") for n in range(LISTED)))
            return await offload_travellers(centre, folder)


async def offload_travellers(centre: Centre, folder: Path) -> dict[str, object]:
    client = ListClient(centre.at.grpc, issue(folder / "pki", "gate", GATE))
    keys = folder / "lists" / "signer.pem", folder / "lists" / "list.key"
    gate = ListGate(folder / "gate", client, *keys)
    await gate.until(lambda: gate.version() > 0 and bool(gate.find(document("X1"))))
    took, asked = [], 0
    stop = asyncio.Event()

    async def another() -> None:
        nonlocal asked
        while not stop.is_set():
            await client.versions({KIND.value: gate_version})
            asked += 1

    gate_version = gate.version()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(OTHER_GATES):
            tasks.create_task(another())
        began = time.perf_counter()
        for number in range(OFFLOADS):
            approved_at = time.perf_counter()
            await offload(centre, f"A{number}", f"d-{number}")
            await gate.until(lambda number=number: bool(gate.find(document(f"A{number}"))))
            took.append(time.perf_counter() - approved_at)
        rate = asked / (time.perf_counter() - began)
        stop.set()
    await client.close()
    worst = max(took)
    return {
        "name": f"offload from approval to a gate that asks, worst of {OFFLOADS}",
        "value": worst,
        "unit": "s",
        "reference": f"an offload has to be at every port in {PROMISED_SECONDS:.0f} s, of which a"
        f" gate waits for at most {POLL_SECONDS:.0f} s before it asks",
        "ratio": (worst + POLL_SECONDS) / PROMISED_SECONDS,
        "note": f"a list of {LISTED:,}; p50 {statistics.median(took):.2f} s;"
        f" meanwhile {rate:.0f} questions a second were answered to {OTHER_GATES}"
        f" others, as {rate * POLL_SECONDS:.0f} gates ask",
    }


if __name__ == "__main__":
    main()
