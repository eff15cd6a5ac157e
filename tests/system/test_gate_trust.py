"""A gate process whose trust store changes under it: a new list, a CSCA that goes, no restart."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from egate.ports.supervision import GateState, GateStatus
from egate.reporting.gate_client import GateLink
from egate.trust.store import TrustStore
from tests.gate_process import free_port, make_settings, officer, running
from tests.gate_samples import ROOT

pytestmark = pytest.mark.system


def trust(*words: object) -> None:
    command = [sys.executable, "-m", "egate.cli", "trust", *(str(word) for word in words)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


async def seen(grpc: str, folder: Path, state: GateState) -> GateStatus:
    """What an officer's console is told once the gate is in ``state``."""
    link = GateLink(grpc, officer(folder))
    try:
        async with asyncio.timeout(20):
            async for status in link.changes():
                if status.state is state:
                    return status
    finally:
        await link.close()
    raise AssertionError("the gate ended the connection")


@dataclass
class Lane:
    """A gate of Utopia that trusts the other State's CSCA alone, and a folder of updates."""

    folder: Path
    settings: Path
    master_list: Path

    @property
    def store(self) -> Path:
        return self.folder / "trust"

    @property
    def version(self) -> str:
        return TrustStore.open(self.store).version

    def offer(self, content: bytes) -> None:
        part = self.folder / "lists" / "list.part"
        part.write_bytes(content)
        part.rename(part.with_name("list.ml"))


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    pki = tmp_path / "pki"
    with running("hardware_mocks", "up", "--devices-only", "--pki", str(pki)) as devices:
        settings = make_settings(tmp_path, devices.until(), f"127.0.0.1:{free_port()}")
        with settings.open("a") as file:
            file.write('[trust]\nsource = "lists"\nevery_seconds = 1\nown_state = "UTO"\n')
        index = json.loads((pki / "pki.json").read_text())
        made = Lane(tmp_path, settings, pki / index["master_list"])
        shutil.rmtree(made.store)
        anchor = pki / index["anchor"]
        trust("import", "--store", made.store, "--anchor", anchor, anchor)
        (tmp_path / "lists").mkdir()
        yield made


def test_a_gate_picks_up_lists_and_goes_out_of_service_and_back(lane: Lane) -> None:
    first = lane.version
    with running("egate.cli", "gate", "run", "--config", str(lane.settings), out="stderr") as gate:
        grpc = gate.until(event="ready")["grpc"]
        gate.until(type="DeviceFailed", next_state="OutOfService")
        status = asyncio.run(seen(grpc, lane.folder, GateState.OUT_OF_SERVICE))
        assert status.findings == ("own_csca",)
        assert status.trust.alarms == ("own_csca_missing",)
        assert (status.trust.store_version, status.trust.own_state) == (first, "UT")

        lane.offer(lane.master_list.read_bytes())
        gate.until(type="DeviceRestored", next_state="Idle")
        second = lane.version
        status = asyncio.run(seen(grpc, lane.folder, GateState.IDLE))
        assert (status.trust.store_version, status.trust.alarms) == (second, ())
        assert (status.trust.list_age_days, status.findings) == (0, ())
        assert status.trust.own_csca_until > "2027"

        lane.offer(bytes(100))
        gate.until(event="trust alarm", reason="update_refused")
        assert lane.version == second

        trust("restore", "--store", lane.store, "--officer", "supervisor", first)
        gate.until(type="DeviceFailed", next_state="OutOfService")
        gate.popen.send_signal(signal.SIGTERM)
        assert gate.popen.wait(timeout=15) == 0
