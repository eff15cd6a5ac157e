"""``egate gate run`` over real wires, and what it says when it cannot."""

import asyncio
import json
import shutil
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue
from egate.domain.record import CrossingStatus
from egate.ports.supervision import GateState, OfficerOrder
from egate.reporting.gate_client import GateLink
from egate.reporting.identity import Role
from egate.settings import Tls
from egate.trust.store import TrustStore
from tests.gate_process import (
    GATE_ID,
    Process,
    free_port,
    make_settings,
    officer,
    records_left,
    running,
)
from tests.gate_samples import ROOT

pytestmark = pytest.mark.system

SCENARIO = """
[[traveller]]
name = "RAHMAN, FARZANA"
kind = "genuine"
person = "P001"
sex = "F"
born = 1988-04-12
expected_verdict = "admit"
[[traveller]]
name = "HOSSAIN, TANVIR"
kind = "other_persons_passport"
person = "P007"
face = "P005"
sex = "M"
born = 1991-11-02
expected_verdict = "refer"
expected_findings = ["BIOMETRIC.FACE"]
[[traveller]]
name = "BEGUM, SHIRIN"
kind = "abandons"
person = "P003"
sex = "F"
born = 1990-01-01
expected_verdict = "none"
"""


async def officers(link: GateLink) -> None:
    """Take care of every referred traveller, after a moment."""
    async for status in link.changes():
        if status.state is GateState.AWAITING_OFFICER:
            await asyncio.sleep(1)
            await link.order(OfficerOrder.RESET, "officer-1")


async def pictures_of(page: str, found: list[bytes]) -> None:
    """Look into the mirror of the traveller's display, again and again."""
    async with httpx.AsyncClient(base_url=page) as screen:
        while True:
            answer = await screen.get("/mirror")
            found += [answer.content] if answer.status_code == 200 else []
            await asyncio.sleep(0.2)


async def watch(ready: dict[str, Any], lane: Process, tls: Tls, seen: list[bytes]) -> None:
    """Be the officer and the display until the last traveller has left."""
    link = GateLink(ready["grpc"], tls)
    async with asyncio.TaskGroup() as tasks:
        watching = [
            tasks.create_task(officers(link)),
            tasks.create_task(pictures_of(ready["page"], seen)),
        ]
        await asyncio.to_thread(lane.until, event="left", kind="abandons")
        for task in watching:
            task.cancel()
    await link.close()


@pytest.mark.alone  # six times as fast as people
def test_travellers_of_a_scenario_on_real_wires(tmp_path: Path) -> None:
    scenario, seen = tmp_path / "scenario.toml", list[bytes]()
    scenario.write_text(SCENARIO)
    arguments = ("up", str(scenario), "--pki", str(tmp_path / "pki"), "--speed", "6")
    with running("hardware_mocks", *arguments) as lane:
        settings = make_settings(tmp_path, lane.until(), f"127.0.0.1:{free_port()}")
        with running("egate.cli", "gate", "run", "--config", str(settings), out="stderr") as gate:
            ready = gate.until(event="ready")

            asyncio.run(watch(ready, lane, officer(tmp_path), seen))
            gate.until(type="TravellerLeft", next_state="Idle")
            gate.popen.send_signal(signal.SIGTERM)
            assert gate.popen.wait(timeout=15) == 0
    records = records_left(tmp_path)
    assert [record.verdict for record in records] == ["admit", "refer", "none"]
    assert [record.gate_seq for record in records] == [1, 2, 3]
    assert records[0].status is CrossingStatus.COMPLETED
    version = TrustStore.open(tmp_path / "trust").version
    assert {record.trust_store_version for record in records} == {version}
    assert records[1].findings == ("BIOMETRIC.FACE",)
    assert records[2].status is CrossingStatus.ABANDONED
    assert all(picture.startswith(b"\xff\xd8") for picture in seen)
    assert seen
    said = json.dumps(gate.lines)
    assert "RAHMAN" not in said
    assert "FARZANA" not in said


@dataclass
class Settings:
    file: Path
    text: str

    def run(self, *changes: tuple[str, str]) -> int:
        text = self.text
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.file.write_text(text)
        return main(["gate", "run", "--config", str(self.file)])


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("gate")
    with running("hardware_mocks", "up", "--devices-only", "--pki", str(folder / "pki")) as devices:
        file = make_settings(folder, devices.until(), f"127.0.0.1:{free_port()}")
        yield Settings(file, file.read_text())


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.strip().splitlines()
    return [line for line in lines if not line.startswith("{")].pop()


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("[gate]\n", "[gate]\ncolour = 1\n", 2, "gate.colour: unknown key"),
        (
            'driver = "modbus"',
            'driver = "magnets"',
            2,
            "driver magnets: unknown (known: modbus, turnstile)",
        ),
        ('trust_store = "trust"', 'trust_store = "gone"', 2, "gone: no trust store here"),
        ("policy.toml", "rules.toml", 2, "rules.toml: No such file or directory"),
        ('journal = "journal.sqlite"', 'journal = "no/where"', 2, "No such file or directory"),
        (f'id = "{GATE_ID}"', 'id = "BDDAC-A-02"', 2, f"of gate {GATE_ID}, not BDDAC-A-02"),
        ("[display]\n", '[display]\nlanguages = ["xx"]\n', 2, "xx.toml: there is no such file"),
        ("[display]\n", '[display]\nspeech_folder = "no"\n', 2, "no: there is no such folder"),
        ("/mrz-reader", "/nothing", 3, "mrz_reader: "),
        ("/barrier", "/nothing", 3, "barrier: "),
        ("/lane.mjpg", "/nothing", 3, "camera: "),
    ],
)
def test_what_is_wrong_is_one_line(
    lane: Settings, capsys: pytest.CaptureFixture[str], old: str, new: str, code: int, said: str
) -> None:
    assert lane.run((old, new)) == code
    line = one_line(capsys)
    assert line.startswith("egate: ")
    assert said in line


@pytest.mark.parametrize("section", ["service", "display"])
def test_a_busy_port_is_one_line(
    lane: Settings, capsys: pytest.CaptureFixture[str], section: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        address = f"127.0.0.1:{busy.getsockname()[1]}"
        code = lane.run(
            (f'[{section}]\nlisten = "127.0.0.1:0"', f'[{section}]\nlisten = "{address}"')
        )
    assert code == 3
    assert address in one_line(capsys)


def test_a_certificate_for_something_else_is_one_line(
    lane: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    create_authority(tmp_path)
    other = issue(tmp_path, Role.CONSOLE, "hall-1")
    old = [
        line.split('"')[1] for line in lane.text.splitlines() if line.startswith(("cert", "key"))
    ]
    assert lane.run((old[0], str(other.certificate)), (old[1], str(other.key))) == 2
    assert "a certificate for a console, and this is a gate" in one_line(capsys)


def test_a_hangup_reads_the_policy_again_and_ends_nothing(lane: Settings, tmp_path: Path) -> None:
    shipped = ROOT / "config" / "policy.toml"
    policy = Path(shutil.copy(shipped, tmp_path / "policy.toml"))
    lane.file.write_text(lane.text.replace(str(shipped), str(policy)))
    with running("egate.cli", "gate", "run", "--config", str(lane.file), out="stderr") as gate:
        gate.until(event="ready")
        good = policy.read_text()
        policy.write_text(good.replace("[seconds]", "[seconds"))
        gate.popen.send_signal(signal.SIGHUP)
        assert "policy.toml: not TOML" in gate.until(event="policy refused")["reason"]
        policy.write_text(good.replace('version = "', 'version = "next-'))
        gate.popen.send_signal(signal.SIGHUP)
        assert gate.until(event="policy in force")["policy_version"].startswith("next-")
        gate.popen.send_signal(signal.SIGTERM)
        assert gate.popen.wait(timeout=15) == 0
