"""A centre as a process of its own on an embedded PostgreSQL, and records to send to it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from egate.central.database import open_database
from egate.central.peers import Peer, enrol
from egate.cli.service_identity import create_authority, issue
from egate.domain.evidence import CheckId, CheckResult, Outcome, TravelDocument
from egate.domain.record import CrossingRecord, CrossingStatus, Direction, RecordVerdict
from egate.domain.time import UtcSeconds
from egate.reporting.identity import Identity, Role
from egate.settings import Database

RULES = Path(__file__).resolve().parent.parent / "config" / "authorisation_rules.toml"
_START_SECONDS = 120.0
"""A first start makes the database, which takes a busy machine long."""
CONFIG = f"""listen = "127.0.0.1:0"
authorisation_rules = "{RULES}"
[page]
listen = "127.0.0.1:0"
[database]
embedded = "postgresql"
[tls]
ca = "authority.pem"
certificate = "centre-bench.pem"
key = "centre-bench.key"
"""


@contextmanager
def centre(folder: Path) -> Iterator[str]:
    """Run a centre as a process of its own; give its address."""
    create_authority(folder)
    issue(folder, "centre", "bench")
    (folder / "central.toml").write_text(CONFIG, "utf-8")
    with (folder / "log").open("wb") as log:
        command = ["-m", "egate.cli", "central", "serve", "--config"]
        running = subprocess.Popen(
            [sys.executable, *command, str(folder / "central.toml")], stderr=log
        )
    try:
        yield _ready(folder, running)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(120)


def database_address(folder: Path) -> str:
    """Return where the PostgreSQL of the centre in ``folder`` listens."""
    lines = (folder / "postgresql" / "postmaster.pid").read_text("utf-8").splitlines()
    return f"postgresql://postgres@/postgres?host={lines[4]}"


def process_of(folder: Path) -> int:
    """Return the process of the centre in ``folder``, which runs."""
    return int(_ready_line(folder)["pid"])


def database_of(folder: Path) -> Database:
    """Return the database of the centre in ``folder``, which runs."""
    return Database(dsn=database_address(folder), keys=folder / "postgresql.keys")


async def enrol_gates(folder: Path, count: int) -> None:
    """Enrol the first ``count`` gates with the centre in ``folder``."""
    async with open_database(database_of(folder)) as pool:
        gates = [Peer(Identity(Role.GATE, gate_id(gate)), "BDDAC") for gate in range(count)]
        await enrol(pool, gates, "bench")


def gate_id(gate: int) -> str:
    return f"BENCH-{gate}"


def traveller(gate: int, seq: int, direction: Direction = Direction.ENTRY) -> CrossingRecord:
    """Return the record ``seq`` of ``gate``, of a document of its own."""
    model = model_record(gate)
    return replace(
        model,
        crossing_id=f"0197f000-{gate:04x}-7000-8000-{seq:012x}",
        gate_seq=seq,
        direction=direction,
        occurred_at=UtcSeconds(1_790_000_000.0 + 10 * seq),
        recorded_at=UtcSeconds(1_790_000_009.0 + 10 * seq),
        document=replace(
            model.document,  # type: ignore[type-var]
            document_number=f"{gate:04}{seq:05}",
        ),
    )


def model_record(gate: int) -> CrossingRecord:
    checks = tuple(
        CheckResult(check, Outcome.SUCCESSFUL, "as expected", 12) for check in list(CheckId)[:20]
    )
    return CrossingRecord(
        crossing_id="",
        gate_id=gate_id(gate),
        gate_seq=0,
        direction=Direction.ENTRY,
        border_crossing_point="BDDAC",
        occurred_at=UtcSeconds(0.0),
        recorded_at=UtcSeconds(0.0),
        verdict=RecordVerdict.ADMIT,
        status=CrossingStatus.COMPLETED,
        policy_version="1",
        software_version="0.1.0",
        document=TravelDocument(
            "P", "UTO", "L898902C3", "2032-04-15", "ERIKSSON", "ANNA", "UTO", "1974-08-12", "F"
        ),
        checks=checks,
        similarity=0.61,
        threshold=0.36,
    )


def _ready(folder: Path, running: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and running.poll() is None:
        if ready := _ready_line(folder):
            return str(ready["grpc"])
        time.sleep(0.05)
    sys.exit(f"the centre did not start: {(folder / 'log').read_text('utf-8').strip()}")


def _ready_line(folder: Path) -> dict[str, Any]:
    for line in (folder / "log").read_text("utf-8").splitlines(keepends=True):
        if '"ready"' in line and line.endswith("\n"):
            return dict(json.loads(line))
    return {}
