"""What Prometheus reads of a lane, and that alerts and dashboard ask for what there is."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from egate.domain.session import model as m
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import Outcome
from egate.gate.chip_reading import ChipInspection
from egate.gate.display.app import display_app
from egate.gate.metrics import GateMetrics, MachineSigns, metrics_route
from egate.outbox.database import DatabaseUnusable
from egate.outbox.station_evidence import EvidencePart
from egate.ports.supervision import OfficerOrder
from tests.centre_harness import Centre, record
from tests.gate_lane import Hall, hall
from tests.gate_samples import chip

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "config" / "monitoring"
PROMTOOL = shutil.which("promtool", path=str(ROOT / ".venv" / "bin")) or shutil.which("promtool")
NAMES = re.compile(r"\begate_[a-z_]+")
SIGNS = MachineSigns(lambda: UtcSeconds(2e9), lambda: 0.25, lambda: 0.01, lambda: 3, lambda: ())


def metrics_of(lane: Hall, signs: MachineSigns = SIGNS) -> GateMetrics:
    metrics = GateMetrics(lane.gate.supervision.status, signs)
    lane.gate.runner.on_report(metrics.count)
    return metrics


def samples(text: bytes) -> dict[str, float]:
    """Return what Prometheus would keep: name and labels, and the value."""
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def counted(metrics: GateMetrics) -> float:
    found = samples(metrics.text()).items()
    return sum(value for name, value in found if name.startswith("egate_crossings_total"))


async def passed(lane: Hall) -> None:
    await lane.walk_up()
    await lane.present()
    await lane.until_state(m.Passing)
    await lane.walk_through()
    await lane.records(1)


async def test_an_admission_is_counted_with_its_steps(tmp_path: Path) -> None:
    async with hall(tmp_path) as lane:
        metrics = metrics_of(lane)
        await passed(lane)
        found = samples(metrics.text())
    assert found["egate_crossings_total[entry][completed]"] == 1
    assert found["egate_step_seconds_count[chip]"] == 1
    assert not [name for name in found if name.startswith("egate_findings_total")]


async def referred(lane: Hall) -> None:
    lane.procedure.inspection = ChipInspection(chip(DG_HASHES=Outcome.FAILED), b"portrait")
    await lane.walk_up()
    await lane.present()
    await lane.until_state(m.AwaitingOfficer)


async def test_a_referral_is_counted_by_its_reason(tmp_path: Path) -> None:
    async with hall(tmp_path) as lane:
        metrics = metrics_of(lane)
        await referred(lane)
        found = samples(metrics.text())
    assert found["egate_crossings_total[entry][referred]"] == 1
    assert found["egate_findings_total[ELECTRONIC.PA.DG_HASHES]"] == 1
    assert found["egate_state[awaiting_officer]"] == 1
    assert found["egate_state[idle]"] == 0


async def test_gauges_are_of_now(tmp_path: Path) -> None:
    async with hall(tmp_path) as lane:
        metrics = metrics_of(lane)
        found = samples(metrics.text())
    assert found["egate_mode[enabled]"] == 1
    assert found["egate_outbox_set_aside"] == 3
    assert found["egate_disk_used_ratio"] == 0.25
    assert found["egate_certificate_until_seconds"] == 2e9
    assert found["egate_clock_error_seconds"] == 0.01


async def test_a_lost_device_is_named(tmp_path: Path) -> None:
    async with hall(tmp_path) as lane:
        metrics = metrics_of(lane)
        await lane.barrier.fail()
        await lane.until_state(m.OutOfService)
        assert samples(metrics.text())["egate_outage[barrier]"] == 1


async def test_a_break_of_the_lane_s_evidence_is_told_by_its_part(tmp_path: Path) -> None:
    async with hall(tmp_path) as lane:
        evidence = lane.gate.evidence
        signs = replace(SIGNS, broken_evidence=lambda: evidence.faults)
        metrics = metrics_of(lane, signs)
        assert samples(metrics.text())["egate_evidence_broken[chain]"] == 0
        evidence.note(EvidencePart.CHAIN, "record 3 is not signed by its key")
        await lane.until(lambda: lane.gate.supervision.status().conditions != ())
        found = samples(metrics.text())
    assert found["egate_evidence_broken[chain]"] == 1
    assert found["egate_evidence_broken[proof]"] == 0
    assert found["egate_condition[evidence_broken]"] == 1
    assert found["egate_mode[enabled]"] == 1  # the lane goes on


async def test_what_the_machine_cannot_say_is_left_out(tmp_path: Path) -> None:
    def unusable() -> int:
        raise DatabaseUnusable("journal.sqlite: cannot be read")

    signs = MachineSigns(lambda: None, lambda: 0.25, lambda: None, unusable, lambda: ())
    async with hall(tmp_path) as lane:
        found = samples(metrics_of(lane, signs).text())
    assert found["egate_clock_synchronised"] == 0
    absent = {"certificate_until_seconds", "clock_error_seconds", "outbox_set_aside"}
    assert not {f"egate_{name}" for name in absent} & found.keys()


async def test_a_record_that_could_not_be_written_is_counted_when_it_is(tmp_path: Path) -> None:
    async with hall(tmp_path) as lane:
        metrics = metrics_of(lane)
        await lane.walk_up()
        await lane.present()
        await lane.until_state(m.Passing)
        lane.database.execute("PRAGMA query_only = ON")
        lane.gate.supervision.order(OfficerOrder.EVACUATE, "officer-1")
        await lane.until_state(m.Evacuating)
        assert not counted(metrics)
        lane.database.execute("PRAGMA query_only = OFF")
        await lane.records(1)
        await lane.until(lambda: not lane.state.lane.faults)
        assert counted(metrics) == 1


async def test_the_lane_s_own_page_gives_them(tmp_path: Path) -> None:
    async with hall(tmp_path) as lane:
        metrics = metrics_of(lane)
        page = display_app(lane.gate.supervision, beside=[metrics_route(metrics)])
        transport = httpx.ASGITransport(page)
        async with httpx.AsyncClient(transport=transport, base_url="http://lane") as client:
            answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert samples(answer.content)["egate_mode[enabled]"] == 1


def promtool(*arguments: str | Path) -> None:
    if PROMTOOL is None:
        pytest.skip("no promtool: Debian's package prometheus has it")
    ended = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


async def test_what_prometheus_reads_is_sound() -> None:
    promtool("check", "config", MONITORING / "prometheus.yml")


async def test_alerts_fire_when_they_should_and_not_before() -> None:
    promtool("test", "rules", ROOT / "tests" / "monitoring" / "alerts.test.yml")


async def test_every_metric_that_is_asked_for_is_told(tmp_path: Path, centre: Centre) -> None:
    async with hall(tmp_path) as lane:
        metrics = metrics_of(lane)
        await referred(lane)
        told = metrics.text().decode()
    await centre.submit(record(1))
    async with httpx.AsyncClient(base_url=f"http://{centre.at.page}") as client:
        told += (await client.get("/metrics")).text
    asked = set()
    for file in ("alerts.yml", "grafana.json"):
        asked |= set(NAMES.findall((MONITORING / file).read_text()))
    silent = {name for name in asked if f"\n# HELP {name}" not in told and f"\n{name}" not in told}
    assert silent == set()


async def test_every_alert_has_its_section_in_the_runbooks() -> None:
    rules = (MONITORING / "alerts.yml").read_text()
    alerts = re.findall(r"alert: (\w+)", rules)
    runbooks = re.findall(r"runbook: docs/runbooks.md#(\w+)", rules)
    assert runbooks == [alert.lower() for alert in alerts]
    sections = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbooks.md").read_text(), re.MULTILINE)
    assert set(alerts) <= set(sections)


async def test_the_dashboard_asks_the_prometheus_that_is_chosen() -> None:
    dashboard = json.loads((MONITORING / "grafana.json").read_text())
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} == {"${datasource}"}
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)
