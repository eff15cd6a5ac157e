"""A lane whose page scanner alone reads the MRZ, over real wires: genuine and forged pages."""

import asyncio
import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from egate.domain.record import CrossingRecord, RecordVerdict
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.ports.supervision import GateState, OfficerOrder
from egate.reporting.gate_client import GateLink
from egate.settings import Tls
from tests.gate_process import free_port, make_settings, officer, records_left, running
from tests.gate_samples import ROOT

pytestmark = [pytest.mark.system, pytest.mark.alone]

TRAVELLER = """
[[traveller]]
name = "RAHMAN, FARZANA"
kind = "genuine"
person = "P001"
sex = "F"
born = 1988-04-12
"""
GENUINE = 'document_number = "A01234567"\nexpected_verdict = "admit"\n'
FORGED = """
document_number = "A01234568"
forgery = "uv_bright_paper"
expected_verdict = "refer"
expected_findings = ["OPTICAL.UV"]
"""
SCENARIO = f"[lane]\npage_scanner = true\n{TRAVELLER}{GENUINE}{TRAVELLER}{FORGED}"
SINGLE = CheckId.SINGLE_PERSON


def with_scanner_alone(settings: Path, lane: dict[str, Any]) -> None:
    """Let the page scanner read the MRZ, and a page that shines be for an officer."""
    policy = settings.with_name("policy.toml")
    usual = (ROOT / "config" / "policy.toml").read_text("utf-8")
    # On a busy machine nobody might look at the lane in time, which is not what this is about.
    for check_id, obligation in ((CheckId.OPTICAL_UV, "mandatory"), (SINGLE, "evaluatory")):
        usual = re.sub(rf'(?m)^"{check_id}" = .*$', f'"{check_id}" = "{obligation}"', usual)
    policy.write_text(usual, "utf-8")
    scanner = f'[devices.page_scanner]\ndriver = "folder"\naddress = "{lane["page_scanner"]}"\n'
    text = re.sub(r"\[devices\.mrz_reader\]\n(.+\n){2}", scanner, settings.read_text("utf-8"))
    settings.write_text(re.sub(r"(?m)^policy = .*$", f'policy = "{policy}"', text), "utf-8")


async def look_after(grpc: str, tls: Tls) -> list[tuple[CheckId, bool]]:
    """Take care of the one who is referred, and return what was found on the page, and where."""
    link = GateLink(grpc, tls)
    async for status in link.changes():
        if status.state is GateState.AWAITING_OFFICER:
            facts = await link.case(status.crossing_id, "officer-1")
            await link.order(OfficerOrder.RESET, "officer-1")
            await link.close()
            return [
                (each.check_id, each.region is not None)
                for each in facts.optical_findings
                if each.outcome is Outcome.FAILED
            ]
    raise AssertionError("nobody was referred")


def outcomes(record: CrossingRecord) -> dict[CheckId, Outcome]:
    return {each.check_id: each.outcome for each in record.checks if each.check_id in PAGE_CHECKS}


def test_a_genuine_page_passes_and_a_forged_one_is_for_an_officer(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SCENARIO)
    arguments = ("up", str(scenario), "--pki", str(tmp_path / "pki"), "--speed", "4")
    with running("hardware_mocks", *arguments) as lane:
        wires = lane.until()
        settings = make_settings(tmp_path, wires, f"127.0.0.1:{free_port()}")
        with_scanner_alone(settings, wires)
        with running("egate.cli", "gate", "run", "--config", str(settings), out="stderr") as gate:
            ready = gate.until(event="ready")
            failed = asyncio.run(look_after(ready["grpc"], officer(tmp_path)))
            gate.until(type="OfficerReset")
            gate.popen.send_signal(signal.SIGTERM)
            assert gate.popen.wait(timeout=15) == 0
    genuine, forged = records_left(tmp_path)
    assert genuine.verdict is RecordVerdict.ADMIT, genuine.findings
    assert genuine.document.primary_identifier == "RAHMAN"
    assert set(outcomes(genuine)) == {*PAGE_CHECKS}
    assert outcomes(genuine)[CheckId.OPTICAL_SEAL] is Outcome.NOT_SUPPORTED  # a passport
    without_seal = {*PAGE_CHECKS} - {CheckId.OPTICAL_SEAL}
    assert {outcomes(genuine)[each] for each in without_seal} == {Outcome.SUCCESSFUL}
    assert forged.verdict is RecordVerdict.REFER
    assert forged.findings == (CheckId.OPTICAL_UV.value,)
    assert (CheckId.OPTICAL_UV, True) in failed
    said = json.dumps(gate.lines)
    assert "RAHMAN" not in said
