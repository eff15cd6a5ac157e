"""Statistics over made-up crossings in a real PostgreSQL: what is counted, and where it ends."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from egate.central.statistics.document import Document, Language
from egate.central.statistics.facts import make_all_facts
from egate.central.statistics.figures import Count, Figures, count_figures
from egate.central.statistics.files import as_csv, as_json
from egate.central.statistics.operations import GateMonth, count_months
from egate.central.statistics.period import Period
from egate.central.statistics.report import make_report
from egate.domain.evidence import CheckId, CheckResult, Outcome, TravelDocument
from egate.domain.record import (
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
    StepDuration,
)
from egate.domain.time import UtcSeconds
from egate.settings.agreement import Agreement
from tests.centre_harness import GATE, Centre, record

pytestmark = pytest.mark.asyncio(loop_scope="session")

OTHER = "BDCGP-B-02"
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
LISTS = (CheckId.DOCUMENT_STATUS, CheckId.WATCHLIST, CheckId.AUTHORISATION)
PERSONAL = ("L898902C3", "ERIKSSON", "ANNA", "1974-08-12", "2032-04-15", "0197f000")


def dhaka(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+06:00")


def crossing(number: int, at: str, **changes: object) -> CrossingRecord:
    moment = dhaka(at).timestamp()
    live = tuple(CheckResult(check, Outcome.SUCCESSFUL) for check in LISTS)
    given = {
        "occurred_at": UtcSeconds(moment),
        "recorded_at": UtcSeconds(moment + 9),
        "verdict": RecordVerdict.ADMIT,
        "status": CrossingStatus.COMPLETED,
        "findings": (),
        "checks": live,
    }
    return record(number, **(given | changes))


async def stored(centre: Centre, *records: CrossingRecord) -> None:
    """Store and make the facts; what comes this very second would wait for the next time."""
    for gate in {each.gate_id for each in records}:
        receipt = await centre.submit(*(r for r in records if r.gate_id == gate), gate=gate)
        assert not receipt.refused
    await centre.database.execute(
        "UPDATE crossing SET accepted_at = accepted_at - interval '1 hour'"
    )
    await make_all_facts(centre.database)


async def figures(centre: Centre, period: Period = MARCH) -> Figures:
    return await count_figures(centre.database, period)


async def in_service(
    centre: Centre,
    since: str,
    until: str,
    *,
    gate: str = GATE,
    served: bool = True,
    conditions: tuple[str, ...] = (),
) -> None:
    await centre.database.execute(
        "INSERT INTO gate_service VALUES ($1, $2, $3, $4, 'enabled', $5, '1')",
        gate,
        dhaka(since),
        dhaka(until),
        served,
        conditions,
    )


def agreement(**changes: object) -> Agreement:
    gates = [
        {
            "ids": [GATE, "BDDAC-A-09"],
            "border_crossing_point": "BDDAC",
            "installed_on": date(2026, 3, 10),
            "reference": "Certificate 1",
            "opens": "18:00",
            "hours": 12,
        }
    ]
    given = {
        "financial_year": "2025-26",
        "begins": date(2025, 7, 1),
        "ends": date(2026, 6, 30),
        "office": {"en": "Department", "bn": "অধিদপ্তর"},
        "area": {"en": "Area 4", "bn": "ক্ষেত্র"},
        "operational_percent": 95,
        "live_checks": list(LISTS),
        "indicators": [
            {
                "number": "4.1",
                "measure": "gates_installed",
                "targets": [3, 2],
                "text": {"en": "Gates", "bn": "গেট"},
            },
            {
                "number": "4.5",
                "measure": "gates_operational",
                "targets": [date(2026, 6, 30)],
                "text": {"en": "Operational", "bn": "চালু"},
            },
            {
                "number": "4.6",
                "measure": "connection_milestone",
                "targets": [date(2026, 3, 31)],
                "text": {"en": "Proposal", "bn": "প্রস্তাব"},
            },
        ],
        "gates": gates,
        "milestones": [
            {"indicator": "4.6", "reached_on": date(2026, 3, 20), "reference": "=Memo 7"}
        ],
        "checkpoints": [
            {"code": "BDDAC", "name": {"en": "Dhaka", "bn": "ঢাকা"}},
            {"code": "BDBEN", "name": {"en": "Benapole", "bn": "বেনাপোল"}},
        ],
    }
    return Agreement.model_validate(given | changes)


async def test_a_month_ends_at_midnight_of_dhaka(centre: Centre) -> None:
    await stored(
        centre,
        crossing(1, "2026-02-28T23:59:59.999"),
        crossing(2, "2026-03-01T00:00:00"),
        crossing(3, "2026-03-31T23:59:59.999"),
        crossing(4, "2026-04-01T00:00:00"),
    )
    found = await figures(centre)
    assert found.total == Count(2, 2, 0)
    assert set(found.by["day"]) == {date(2026, 3, 1), date(2026, 3, 31)}
    assert set(found.by["hour"]) == {0, 23}
    april = await figures(centre, Period(date(2026, 4, 1), date(2026, 4, 1)))
    assert april.total == Count(1, 1, 0)


async def test_every_dimension_adds_up(centre: Centre) -> None:
    german = TravelDocument("P", "D<<", "X1", "", "", "", "D<<", "", "")
    await stored(
        centre,
        crossing(1, "2026-03-05T08:10:00"),
        crossing(2, "2026-03-05T08:50:00", direction=Direction.EXIT),
        crossing(
            3,
            "2026-03-05T09:00:00",
            document=None,
            verdict=RecordVerdict.REFER,
            status=CrossingStatus.REFERRED,
            findings=("BIOMETRIC.FACE", "BIOMETRIC.PAD"),
        ),
        crossing(
            4,
            "2026-03-06T09:00:00",
            document=german,
            gate_id=OTHER,
            gate_seq=1,
            border_crossing_point="BDCGP",
        ),
        crossing(
            5, "2026-03-06T09:00:00", verdict=RecordVerdict.NONE, status=CrossingStatus.ABANDONED
        ),
        crossing(6, "2026-03-06T09:30:00", status=CrossingStatus.PREPARED),
    )
    found = await figures(centre)
    assert found.total == Count(5, 3, 1)
    for counts in found.by.values():
        assert sum(count.attempts for count in counts.values()) == 5
        assert sum(count.crossed for count in counts.values()) == 3
    assert found.by["border_crossing_point"]["BDCGP"] == Count(1, 1, 0)
    assert found.by["direction"] == {1: Count(4, 2, 1), 2: Count(1, 1, 0)}
    assert found.by["hour"] == {8: Count(2, 2, 0), 9: Count(3, 1, 1)}
    assert found.by["nationality"] == {
        "UTO": Count(3, 2, 0),
        "D": Count(1, 1, 0),
        None: Count(1, 0, 1),
    }
    assert found.by["document_code"] == {"P": Count(4, 3, 0), None: Count(1, 0, 1)}
    assert found.referrals == {"BIOMETRIC.FACE": 1, "BIOMETRIC.PAD": 1}
    assert set(found.seen) == {GATE, OTHER}


async def test_an_empty_month_is_a_whole_report(centre: Centre) -> None:
    found = await figures(centre)
    assert (found.total, found.referrals, found.steps) == (Count(), {}, ())
    document = await make_report(centre.database, MARCH, None)
    tables = as_json(document, Language.ENGLISH)["tables"]
    assert tables["totals"][0] == {"measure": "Attempts at gates and desks", "value": 0}
    assert tables["nationality"] == []


async def test_a_long_period_is_told_by_months(centre: Centre) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(40)]
    await stored(
        centre, *(crossing(number, f"{day}T08:00:00") for number, day in enumerate(days, 1))
    )
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    tables = as_json(await make_report(centre.database, period, None), Language.ENGLISH)["tables"]
    assert [(row["month"], row["attempts"]) for row in tables["month"]] == [
        ("2026-01", 31),
        ("2026-02", 9),
    ]
    assert "day" not in tables


async def test_times_of_steps(centre: Centre) -> None:
    times = [float(seconds) for seconds in range(1, 101)]
    await stored(
        centre,
        *(
            crossing(number, "2026-03-05T08:00:00", steps=(StepDuration("chip", seconds),))
            for number, seconds in enumerate(times, 1)
        ),
    )
    (chip,) = (await figures(centre)).steps
    assert (chip.step, chip.count) == ("chip", 100)
    assert chip.median == pytest.approx(50.5)
    assert chip.p95 == pytest.approx(95.05)


async def test_attempts_without_the_centre_are_told_by_the_gates_own_reports(
    centre: Centre,
) -> None:
    await stored(
        centre,
        crossing(1, "2026-03-05T08:00:00"),
        crossing(2, "2026-03-05T09:30:00"),
        crossing(3, "2026-03-05T09:40:00", gate_id=OTHER, gate_seq=1),
    )
    await in_service(
        centre,
        "2026-03-05T09:00:00",
        "2026-03-05T10:00:00",
        conditions=("centre_away", "disk_filling"),
    )
    await in_service(
        centre, "2026-03-05T07:00:00", "2026-03-05T09:00:00", conditions=("disk_filling",)
    )
    assert (await figures(centre)).fallback == 1


async def counted(centre: Centre) -> int:
    await make_all_facts(centre.database)
    return (await figures(centre)).total.attempts


async def test_facts_are_made_once_and_of_what_comes_late_too(centre: Centre) -> None:
    await stored(centre, crossing(1, "2026-03-05T08:00:00"))
    assert await counted(centre) == await counted(centre) == 1
    await centre.submit(crossing(2, "2026-03-01T08:00:00"))
    assert await counted(centre) == 1, "this very second may not be settled"
    assert (await figures(centre)).pending == 1
    await centre.database.execute(
        "UPDATE crossing SET accepted_at = now() - interval '2 s' WHERE gate_seq = 2"
    )
    assert await counted(centre) == 2
    assert (await figures(centre)).pending == 0


async def test_no_record_is_left_behind_a_slower_transaction(centre: Centre) -> None:
    await stored(centre, crossing(1, "2026-03-05T08:00:00"))
    async with centre.database.acquire() as slow, slow.transaction():
        await slow.execute("SELECT 1")  # began: what it stores is accepted as of now
        await slow.execute("SELECT pg_sleep(0.1)")
        await centre.submit(crossing(2, "2026-03-06T08:00:00"))
        await centre.database.execute("SELECT pg_sleep(1.2)")
        assert await counted(centre) == 1
    assert await counted(centre) == 2


async def test_facts_have_nothing_of_a_person(centre: Centre) -> None:
    await stored(centre, crossing(1, "2026-03-05T08:00:00"))
    rows = await centre.database.fetch("SELECT * FROM crossing_fact")
    text = str([{k: v for k, v in row.items() if k != "crossing_id"} for row in rows])
    assert not [word for word in PERSONAL if word in text]
    assert rows[0]["answered"] == sorted(LISTS)


async def test_what_a_hostile_gate_says_of_a_document_stays_out(centre: Centre) -> None:
    odd = TravelDocument("p;<script>", "U", "N1", "", "", "", "ANNA ERIKSSON", "", "")
    steps = (
        StepDuration("ANNA", 1.0),
        StepDuration("chip", float("inf")),
        StepDuration("face", -1.0),
    )
    await stored(centre, crossing(1, "2026-03-05T08:00:00", document=odd, steps=steps))
    row = await centre.database.fetchrow("SELECT * FROM crossing_fact")
    assert (row["nationality"], row["document_code"], row["steps"]) == (None, None, [])


async def test_what_a_hostile_gate_invents_makes_no_endless_report(centre: Centre) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    await centre.database.execute(
        "INSERT INTO crossing_fact SELECT gen_random_uuid(), 'A', '2026-03-05Z', false, 'BDDAC',"
        " 1, 1, 1, '{}', state, NULL, NULL, '{}', '{}', '{}' FROM unnest($1::text[]) AS state",
        [f"{first}{second}" for first in letters for second in letters],
    )
    tables = as_json(await make_report(centre.database, MARCH, None), Language.ENGLISH)["tables"]
    *states, others = tables["issuing_state"]
    assert len(states) == 300
    assert (others["issuing_state"], others["attempts"]) == ("all others", 376)


async def test_hours_in_service_against_scheduled_hours(centre: Centre) -> None:
    # Scheduled from 10 March on, 18:00 to 06:00: 22 nights in the period.
    await in_service(centre, "2026-03-09T18:00:00", "2026-03-10T19:00:00")  # counts one hour
    await in_service(centre, "2026-03-10T18:30:00", "2026-03-10T20:00:00")  # overlaps
    await in_service(centre, "2026-03-31T23:00:00", "2026-04-01T08:00:00")  # to 06:00: seven
    await in_service(centre, "2026-03-20T18:00:00", "2026-03-20T21:00:00", served=False)
    months = await count_months(centre.database, MARCH, agreement())
    own, never = months
    assert (own.gate_id, own.month, own.scheduled_seconds) == (GATE, MARCH.first, 22 * 12 * 3600)
    assert own.served_seconds == (2 + 7) * 3600
    assert own.told_seconds == (2 + 7 + 3) * 3600
    assert never == GateMonth("BDDAC-A-09", MARCH.first, 22 * 12 * 3600, 0, 0, 0, 0)


async def test_hours_that_have_not_come_are_not_missed(centre: Centre) -> None:
    now = await centre.database.fetchval("SELECT now() AT TIME ZONE 'Asia/Dhaka'")
    round_the_clock = (
        agreement()
        .gates[0]
        .model_copy(update={"installed_on": now.date(), "opens": "00:00", "hours": 24.0})
    )
    changed = agreement().model_copy(update={"gates": (round_the_clock,)})
    ends = now.date() + timedelta(days=40)
    months = await count_months(centre.database, Period(now.date(), ends), changed)
    since_midnight = timedelta(hours=now.hour, minutes=now.minute, seconds=now.second)
    assert months[0].scheduled_seconds == pytest.approx(since_midnight.total_seconds(), abs=5)


async def test_admitted_without_every_list_is_not_live(centre: Centre) -> None:
    missing = (
        CheckResult(CheckId.WATCHLIST, Outcome.UNDETERMINED),
        CheckResult(CheckId.DOCUMENT_STATUS, Outcome.SUCCESSFUL),
        CheckResult(CheckId.AUTHORISATION, Outcome.SUCCESSFUL),
    )
    await stored(
        centre,
        crossing(1, "2026-03-31T23:59:59"),
        crossing(2, "2026-03-15T08:00:00", checks=missing),
        crossing(3, "2026-03-15T08:00:00", verdict=RecordVerdict.REFER, checks=()),
        crossing(4, "2026-04-01T00:00:00"),
    )
    own, never = await count_months(centre.database, MARCH, agreement())
    assert (own.admitted, own.live) == (2, 1)
    assert (never.admitted, never.live) == (0, 0)


async def test_a_gate_is_last_heard_of_within_the_period(centre: Centre) -> None:
    await stored(
        centre,
        crossing(1, "2026-03-05T08:00:00"),
        crossing(2, "2026-03-20T08:00:00"),
        crossing(3, "2026-04-05T08:00:00"),
    )
    await in_service(centre, "2026-03-31T23:30:00", "2026-04-01T00:30:00")
    seen = (await figures(centre)).seen[GATE]
    assert (seen.first, seen.last) == (dhaka("2026-03-05T08:00"), dhaka("2026-04-01T00:00"))


async def reported(centre: Centre) -> Document:
    await stored(centre, crossing(1, "2026-03-15T20:00:00"))
    await in_service(centre, "2026-03-15T18:00:00", "2026-03-15T23:00:00")
    return await make_report(centre.database, MARCH, agreement())


async def test_the_report_shows_what_is_not_known(centre: Centre) -> None:
    tables = as_json(await reported(centre), Language.ENGLISH)["tables"]
    installed = {row["gate"]: row for row in tables["installed"]}
    assert installed["BDDAC-A-09"]["first_seen"] == "never"
    assert installed[GATE]["first_seen"] == "2026-03-15T18:00:00+06:00"
    grades = {row["number"]: (row["achieved"], row["grade"]) for row in tables["indicators"]}
    assert grades == {"4.1": (2, 90), "4.5": ("not shown", None), "4.6": ("2026-03-20", 100)}
    operation = {row["gate"]: row for row in tables["operation"]}
    assert operation[GATE]["operational"] == "no: too few hours"
    assert operation["BDDAC-A-09"]["operational"] == "no: never reported"
    assert [row["connected"] for row in tables["checkpoints"]] == ["yes", "no"]


@pytest.mark.parametrize("language", Language)
async def test_csv_reads_back_as_what_json_says(centre: Centre, language: Language) -> None:
    document = await reported(centre)
    lines = list(csv.DictReader(io.StringIO(as_csv(document, language))))
    tables = as_json(document, language)["tables"]
    for table in document.tables:
        cells = [line for line in lines if line["table"] == table.key]
        rows = [
            {
                line["column"]: line["value"].removeprefix("'")
                for line in cells
                if line["row"] == str(number)
            }
            for number in range(1, len(table.rows) + 1)
        ]
        assert rows == [
            {key: "" if value is None else str(value) for key, value in row.items()}
            for row in tables[table.key]
        ]
    # What a spreadsheet would take for a formula is text.
    assert [line["value"] for line in lines if "Memo 7" in line["value"]] == ["'=Memo 7"]


async def get(centre: Centre, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=f"http://{centre.at.page}") as client:
        return await client.get(path)


@pytest.mark.parametrize("language", Language)
async def test_the_page_and_the_files(centre: Centre, language: Language) -> None:
    await stored(centre, crossing(1, "2026-03-15T20:00:00"))
    query = f"from=2026-03-01&to=2026-03-31&language={language}"
    page = await get(centre, f"/report?{query}")
    assert page.status_code == 200
    assert f'lang="{language}"' in page.text
    assert ("৩১ মার্চ ২০২৬" in page.text) is (language is Language.BANGLA)
    assert "script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    for kind in ("csv", "json"):
        file = await get(centre, f"/report.{kind}?{query}")
        assert file.status_code == 200
        assert f"egate-2026-03-01-2026-03-31-{language}.{kind}" in str(file.headers)
        assert not [word for word in PERSONAL if word in file.text]
    assert not [word for word in PERSONAL if word in page.text]
    assert json.loads(file.text)["report"]["from"] == "2026-03-01"
    paper = await get(centre, f"/report.pdf?{query}")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")


async def test_without_days_it_is_this_month(centre: Centre) -> None:
    page = await get(centre, "/report.json")
    today = datetime.now(UTC).astimezone(dhaka("2026-01-01").tzinfo).date()  # noqa: TID251
    assert page.json()["report"]["from"] == f"{today:%Y-%m}-01"


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-03-31&to=2026-03-01",
        "from=2020-01-01&to=2026-01-01",
        "from=x&to=y",
        "to=",
        "from=2026-03-01",
    ],
)
async def test_days_that_cannot_be(centre: Centre, query: str) -> None:
    for path in ("/report", "/report.csv"):
        assert (await get(centre, f"{path}?{query}")).status_code == 400
    assert (await get(centre, "/report.exe")).status_code == 404
