"""What Prometheus reads of the centre."""

from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from egate.central.metrics import Metrics
from tests.centre_harness import GATE, Centre, raw, record

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def gauges(centre: Centre, refused: int = 0) -> dict[str, float]:
    text = (await Metrics(centre.store, centre.database, lambda: refused).text()).decode()
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_an_empty_centre_has_all_gauges(centre: Centre) -> None:
    found = await gauges(centre)
    assert found.pop("egate_backup_age_seconds") < 3600
    assert found == {
        "egate_ingest_refused_total": 0,
        "egate_records": 0,
        "egate_conflicts": 0,
        "egate_gaps": 0,
        "egate_forks": 0,
        "egate_gates_seen": 0,
        "egate_special_branch_waiting": 0,
        "egate_special_branch_oldest_age_seconds": 0,
    }


async def test_what_is_amiss_is_counted(centre: Centre) -> None:
    await centre.submit(record(1), record(2), record(7))
    await centre.submit(raw(1, attempts=5), record(9, gate_seq=2))
    await centre.database.execute(
        "INSERT INTO gate_service VALUES ($1, now() - interval '5 minutes',"
        " now() - interval '2 minutes', true, 'enabled', '{}', '1')",
        GATE,
    )
    found = await gauges(centre, refused=1)
    assert found["egate_records"] == 4
    assert found["egate_conflicts"] == found["egate_forks"] == found["egate_gaps"] == 1
    assert found["egate_ingest_refused_total"] == 1
    assert found[f"egate_gate_last_report_age_seconds[{GATE}]"] == pytest.approx(120, abs=5)


async def test_the_last_backup_has_an_age(centre: Centre) -> None:
    note = "INSERT INTO backup VALUES (now() - $1::interval, 9, 99)"
    for hours in (50, 25):
        await centre.database.execute(note, timedelta(hours=hours))
    assert (await gauges(centre))["egate_backup_age_seconds"] == pytest.approx(90_000, abs=60)
    await centre.database.execute("TRUNCATE backup")


async def test_the_last_record_of_each_gate_has_an_age(centre: Centre) -> None:
    await centre.submit(record(1))
    await centre.database.execute(
        "INSERT INTO crossing_fact SELECT gen_random_uuid(), gate, now() - age, suspect, 'BDDAC',"
        " 1, 1, 1, '{}', NULL, NULL, NULL, '{}', '{}', '{}'"
        " FROM (VALUES ('A', interval '10 minutes', false), ('A', interval '1 minute', false),"
        " ('B', interval '1 hour', false), ('B', interval '-9 days', true))"
        " AS made (gate, age, suspect)"
    )
    found = await gauges(centre)
    assert found["egate_gates_seen"] == 2
    assert found["egate_gate_last_record_age_seconds[A]"] == pytest.approx(60, abs=5)
    assert found["egate_gate_last_record_age_seconds[B]"] == pytest.approx(3600, abs=5)


async def test_the_page_serves_them_and_counts_what_it_refused(centre: Centre) -> None:
    before = (await centre.submit(raw(1, direction=0))).refused
    assert before
    async with httpx.AsyncClient(base_url=f"http://{centre.at.page}") as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"egate_records", "egate_ingest_refused"} <= names
    assert "L898902C3" not in answer.text
