"""``egate gate run`` over real wires with its key on a token of SoftHSM2."""

import asyncio
import hashlib
import signal
import sqlite3
from pathlib import Path

import pytest

from egate.ports.supervision import GateState
from egate.reporting.gate_client import GateLink
from egate.settings import Tls
from tests.gate_process import GATE_ID, free_port, make_settings, officer, records_left, running
from tests.key_tokens import certify, lane_on, new_token
from tests.station_keys import first_break

pytestmark = pytest.mark.system

SCENARIO = """
[[traveller]]
name = "BEGUM, SHIRIN"
kind = "abandons"
person = "P003"
sex = "F"
born = 1990-01-01
expected_verdict = "none"
"""


async def seen_by_an_officer(grpc: str, tls: Tls) -> GateState:
    link = GateLink(grpc, tls)
    try:
        async for status in link.changes():
            return status.state
    finally:
        await link.close()
    pytest.fail("the lane says nothing")


@pytest.mark.timeout(120)
def test_a_lane_serves_with_one_key_and_signs_with_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hsm = new_token(tmp_path / "hsm", monkeypatch)
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SCENARIO)
    arguments = ("up", str(scenario), "--pki", str(tmp_path / "pki"), "--speed", "6")
    with running("hardware_mocks", *arguments) as lane:
        settings = make_settings(tmp_path, lane.until(), f"127.0.0.1:{free_port()}")
        with lane_on(hsm, tmp_path, tmp_path / "tls") as tls:
            on_token = certify(tls, tmp_path / "tls", GATE_ID)
        table = f'[tls.key_token]\ndriver = "pkcs11"\naddress = "{hsm.uri}"\n'
        settings.write_text(f'{settings.read_text()}\n{table}certificate = "own.pem"\n')
        with running("egate.cli", "gate", "run", "--config", str(settings), out="stderr") as gate:
            ready = gate.until(event="ready")
            assert asyncio.run(seen_by_an_officer(ready["grpc"], officer(tmp_path)))
            gate.until(type="TravellerLeft", next_state="Idle")
            gate.popen.send_signal(signal.SIGTERM)
            assert gate.popen.wait(timeout=15) == 0
    assert [record.verdict for record in records_left(tmp_path)] == ["none"]
    with sqlite3.connect(tmp_path / "journal.sqlite") as journal:
        assert first_break(journal, GATE_ID) is None
        (key_id,) = journal.execute("SELECT key_id FROM chain_key").fetchone()
    journal.close()
    assert key_id == hashlib.sha256(on_token).digest()
