"""The centre's report over mutual TLS: the figures of its page, typed, and nothing personal."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from grpc import aio

from egate.central.service import running_centre
from egate.central.statistics.document import Document, Language, plain
from egate.central.statistics.period import Period
from egate.central.statistics.report import make_report
from egate.cli.service_identity import issue
from egate.domain.record import CrossingStatus, Direction, RecordVerdict
from egate.observability.logging import logger
from egate.ports.reporting import CentreUnavailable
from egate.ports.statistics import CellKind, Report, ReportCell
from egate.reporting.statistics_client import StatisticsClient
from egate.settings import CentralSettings, Listen, load
from egate.settings.agreement import Agreement
from egate.wire.v1 import statistics_pb2 as wire
from egate.wire.v1 import statistics_pb2_grpc as wire_grpc
from tests.centre_harness import GATE, Centre
from tests.conftest import ROOT
from tests.integration.test_centre_statistics import PERSONAL, crossing, stored

pytestmark = pytest.mark.asyncio(loop_scope="session")
FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
PROMISED = (ROOT / "config" / "agreement.toml").read_text("utf-8")
INSTALLED = f"""
[[gates]]
ids = ["{GATE}"]
border_crossing_point = "BDDAC"
installed_on = 2026-01-01
reference = "Certificate 1"
"""


async def ask(
    centre: Centre,
    first: dt.date = FIRST,
    last: dt.date = LAST,
    language: str = "en",
    role: str = "console",
    port: str = "",
) -> Report:
    async with centre.linked(role) as link:
        return await StatisticsClient(link).report(first, last, language, port)


def rows(document: Document, language: Language) -> dict[str, list[list[object]]]:
    return {
        table.key: [[plain(cell, language) for cell in row] for row in table.rows]
        for table in document.tables
    }


def shown(cell: ReportCell) -> object:
    value = cell.value
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dt.timezone(dt.timedelta(hours=6))):%Y-%m-%dT%H:%M:%S}+06:00"
    if isinstance(value, float):
        return round(value, 4 if cell.kind is CellKind.SHARE else 3)
    return value


@pytest.fixture
def agreement(tmp_path: Path) -> Path:
    file = tmp_path / "agreement.toml"
    file.write_text(PROMISED + INSTALLED, "utf-8")
    return file


@pytest_asyncio.fixture(loop_scope="session")
async def promised(centre: Centre, agreement: Path) -> AsyncIterator[Centre]:
    """A centre with an agreement, which names a gate."""
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre.address,
        tls=issue(centre.pki, "centre", "promised"),
        agreement=agreement,
    )
    async with running_centre(settings, logger()) as at:
        yield replace(centre, at=at)


@pytest.mark.parametrize("language", list(Language))
async def test_every_figure_of_the_page_is_there_and_typed(
    promised: Centre, agreement: Path, language: Language
) -> None:
    await stored(
        promised,
        crossing(1, "2026-03-01T09:30"),
        crossing(2, "2026-03-02T10:30", direction=Direction.EXIT),
    )
    report = await ask(promised, language=language)
    period = Period(FIRST, LAST)
    document = await make_report(promised.database, period, load(Agreement, agreement))
    seen = {key: [list(map(shown, row)) for row in t.rows] for key, t in report.tables.items()}
    assert seen == rows(document, language)
    assert {key: list(table.columns) for key, table in report.tables.items()} == {
        table.key: [column.key for column in table.columns] for table in document.tables
    }
    assert report.title == document.title.of(language)
    assert report.notes == tuple(note.of(language) for note in document.notes)
    assert (
        report.tables["hour"].title
        == {table.key: table.title.of(language) for table in document.tables}["hour"]
    )
    assert not [text for text in PERSONAL if text in str(report)]


async def test_cells_say_what_they_are(promised: Centre) -> None:
    await stored(promised, crossing(1, "2026-03-01T09:30"))
    report = await ask(promised)
    (port,) = report.tables["border_crossing_point"].rows
    assert port == (
        ReportCell(CellKind.CODE, "BDDAC"),
        ReportCell(CellKind.COUNT, 1),
        ReportCell(CellKind.COUNT, 1),
        ReportCell(CellKind.COUNT, 0),
        ReportCell(CellKind.SHARE, 0.0),
    )
    assert report.tables["day"].rows[0][0] == ReportCell(CellKind.DAY, "2026-03-01")
    kinds = {cell.kind for t in report.tables.values() for row in t.rows for cell in row}
    assert kinds == set(CellKind)
    age = dt.datetime.now(dt.UTC) - report.made_at  # noqa: TID251 - the database's clock
    assert abs(age) < dt.timedelta(minutes=5)


async def test_one_port_is_counted_alone_and_every_other_can_be_chosen(promised: Centre) -> None:
    refused = replace(crossing(3, "2026-03-02T11:00"), status=CrossingStatus.REFERRED)
    await stored(
        promised,
        crossing(1, "2026-03-01T09:30"),
        crossing(2, "2026-03-02T10:30", border_crossing_point="BDCGP"),
        replace(refused, border_crossing_point="BDCGP", verdict=RecordVerdict.REFER),
        crossing(4, "2026-02-02T10:30", border_crossing_point="BDZYL"),
    )
    everywhere, there = await ask(promised), await ask(promised, port="BDCGP")
    assert (everywhere.port, there.port) == ("", "BDCGP")
    assert everywhere.ports == there.ports == ("BDCGP", "BDDAC")
    totals = [[row[1].value for row in each.tables["totals"].rows] for each in (everywhere, there)]
    assert [each[:3] for each in totals] == [[3, 2, 1], [2, 1, 1]]
    assert [row[0].value for row in there.tables["border_crossing_point"].rows] == ["BDCGP"]
    assert [row[0].value for row in there.tables["day"].rows] == ["2026-03-02"]
    assert "indicators" in everywhere.tables
    assert "indicators" not in there.tables  # the agreement is of all ports together
    assert "BDCGP" in there.subtitle
    nowhere = await ask(promised, port="BDXXX")
    assert nowhere.tables["totals"].rows[0][1].value == 0


async def test_what_is_no_port_is_refused(centre: Centre) -> None:
    for port in ("bdcgp", "BDCGP' OR 1=1", "BD", "BDCGP\n"):
        with pytest.raises(CentreUnavailable, match="UN/LOCODE"):
            await ask(centre, port=port)


@pytest.mark.parametrize(
    ("first", "last", "language", "fault"),
    [
        (LAST, FIRST, "en", "ends before it begins"),
        (FIRST, dt.date(2027, 3, 2), "en", "more than 366 days"),
        (FIRST, LAST, "fr", "language"),
        (FIRST, LAST, "", "language"),
    ],
)
async def test_a_period_that_is_none_is_refused(
    centre: Centre, first: dt.date, last: dt.date, language: str, fault: str
) -> None:
    with pytest.raises(CentreUnavailable, match=fault):
        await ask(centre, first, last, language)


async def test_gates_do_not_read_reports(centre: Centre) -> None:
    with pytest.raises(CentreUnavailable, match="certificate"):
        await ask(centre, role="gate")


def spoil(file: Path) -> None:
    file.write_text("office = 1")


async def test_an_agreement_that_cannot_be_read_is_said(promised: Centre, agreement: Path) -> None:
    spoil(agreement)
    with pytest.raises(CentreUnavailable, match="agreement"):
        await ask(promised)


async def test_what_are_no_days_is_refused(centre: Centre) -> None:
    async with centre.linked() as link:
        stub = wire_grpc.StatisticsServiceStub(await link.channel())
        for first in ("", "2026-13-01", "yesterday"):
            request = wire.GetReportRequest(first=first, last="2026-03-31", language="en")
            with pytest.raises(aio.AioRpcError, match="not days"):
                await stub.GetReport(request, timeout=5)


async def test_a_database_that_is_away_is_said(centre: Centre) -> None:
    await centre.database.execute("ALTER TABLE crossing_fact RENAME TO crossing_gone")
    try:
        with pytest.raises(CentreUnavailable, match="the database is away; try again"):
            await ask(centre, FIRST, dt.date(2026, 3, 30))
    finally:
        await centre.database.execute("ALTER TABLE crossing_gone RENAME TO crossing_fact")
