"""``egate gate run`` and the simulated lane as processes, for system tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from egate.cli.service_identity import create_authority, issue
from egate.domain.record import CrossingRecord
from egate.gate.memory import Memory
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.reporting.identity import Role
from egate.reporting.mapping import decode
from egate.settings import Tls
from tests.gate_samples import ROOT
from tests.lists_on_disk import lists_table
from tests.station_keys import KeyOfTests

GATE_ID = "BDDAC-A-01"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@dataclass
class Process:
    """A program whose lines are JSON, read as they come: a full pipe would stop it."""

    popen: subprocess.Popen[str]
    lines: list[dict[str, Any]] = field(default_factory=list)
    _coming: SimpleQueue[str | None] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        for line in self.popen.stdout or self.popen.stderr or ():
            self._coming.put(line)
        self._coming.put(None)

    def said(self) -> Iterator[dict[str, Any]]:
        """Give the lines that are not in ``lines`` yet, until the program has ended."""
        while (line := self._coming.get()) is not None:
            if line.startswith("{"):  # others are a library's, from before the logging is set up
                self.lines.append(json.loads(line))
                yield self.lines[-1]
        self._coming.put(None)  # for whoever asks again

    def until(self, **wanted: str) -> dict[str, Any]:
        """Read lines until one has all of ``wanted``."""
        for said in self.said():
            if wanted.items() <= said.items():
                return said
        raise AssertionError(f"ended without {wanted}: {self.lines[-5:]}")

    def end(self) -> None:
        """End the program, and wait until it has said its last."""
        self.popen.send_signal(signal.SIGTERM)
        self._reading.join()


@contextmanager
def running(*arguments: str, out: str = "stdout") -> Iterator[Process]:
    streams = {out: subprocess.PIPE}
    with subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=ROOT, text=True, env=os.environ, **streams
    ) as popen:
        process = Process(popen)
        try:
            yield process
        finally:
            process.end()


def make_settings(folder: Path, lane: dict[str, Any], centre: str) -> Path:
    """Write the settings of a gate on the wires of ``lane``, its PKI and its trust store."""
    create_authority(folder / "tls")
    tls = issue(folder / "tls", Role.GATE, GATE_ID)
    pki = Path(lane["pki"])
    index = json.loads((pki / "pki.json").read_text())
    crls = [str(pki / state["crl"]) for state in index["states"].values()]
    subprocess.run(
        [sys.executable, "-m", "egate.cli", "trust", "import", "--store", str(folder / "trust"),
         "--anchor", str(pki / index["anchor"]), str(pki / index["master_list"]), *crls],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    settings = folder / "gate.toml"
    settings.write_text(
        f"""
[gate]
id = "{GATE_ID}"
border_crossing_point = "BDDAC"
direction = "entry"
journal = "journal.sqlite"
trust_store = "trust"
authorisation_rules = "{ROOT / "config" / "authorisation_rules.toml"}"
policy = "{ROOT / "config" / "policy.toml"}"
[devices.mrz_reader]
driver = "{lane["mrz_reader_driver"]}"
address = "{lane["mrz_reader"]}"
[devices.chip_reader]
driver = "vpcd"
address = "{lane["vpcd"]}"
[devices.camera]
driver = "opencv"
address = "{lane["camera"]}"
[devices.barrier]
driver = "modbus"
address = "{lane["barrier"]}"
[centre]
address = "{centre}"
[tls]
ca = "{tls.ca}"
certificate = "{tls.certificate}"
key = "{tls.key}"
[service]
listen = "127.0.0.1:0"
[display]
listen = "127.0.0.1:0"
{lists_table(folder / "gate-lists")}"""
    )
    return settings


def officer(folder: Path) -> Tls:
    return issue(folder / "tls", Role.OFFICER, "officer-1")


def records_left(folder: Path) -> list[CrossingRecord]:
    """What a stopped gate has not delivered."""
    with open_database(folder / "journal.sqlite") as database:
        memory = Memory(database, Seal.from_file(folder / "journal.key"), KeyOfTests())
        outbox = memory.outbox(GATE_ID)
        return [decode(pending.payload) for pending in outbox.oldest(1000, 1 << 30)]
