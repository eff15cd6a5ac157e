"""The centre's report for consoles, as rows of typed cells. Nothing personal."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS
from egate.central.port_time import DHAKA
from egate.central.statistics.document import (
    Bar,
    Cell,
    Code,
    Document,
    Hours,
    Language,
    Seconds,
    Share,
    Table,
    Words,
)
from egate.central.statistics.period import Period, PeriodInvalid
from egate.central.statistics_page import Reports
from egate.reporting.identity import Role, require_role
from egate.settings import SettingsError
from egate.wire.v1 import statistics_pb2 as wire
from egate.wire.v1 import statistics_pb2_grpc as wire_grpc

_READERS: Final = frozenset({Role.CONSOLE, Role.OFFICER})

_PORT: Final = re.compile(r"(?:[A-Z]{2}[A-Z0-9]{3})?")

_Context = aio.ServicerContext[Any, Any]


class StatisticsService(wire_grpc.StatisticsServiceServicer):
    """Gives the report of a period.

    Args:
        reports: makes each once for all who look, the centre's own page too.

    """

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    async def GetReport(  # noqa: N802 - the name of the call
        self, request: wire.GetReportRequest, context: _Context
    ) -> wire.GetReportResponse:
        await require_role(context, _READERS)
        if request.language not in frozenset(Language):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "language: not bn or en")
        if not _PORT.fullmatch(request.border_crossing_point):
            wrong = "border_crossing_point: not a UN/LOCODE"
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, wrong)
        try:
            document = await self._reports.of(_period(request), request.border_crossing_point)
        except PeriodInvalid as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except SettingsError:
            wrong = "the agreement's file at the centre cannot be used"
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, wrong)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        return _report(document, Language(request.language))


def _period(request: wire.GetReportRequest) -> Period:
    try:
        first, last = date.fromisoformat(request.first), date.fromisoformat(request.last)
    except ValueError:
        raise PeriodInvalid("first, last: not days") from None
    return Period(first, last)


def _report(document: Document, language: Language) -> wire.GetReportResponse:
    made_at = document.made_at.replace(tzinfo=DHAKA)
    return wire.GetReportResponse(
        title=document.title.of(language),
        subtitle=document.subtitle.of(language),
        made_at=_stamp(made_at),
        tables=[_table(table, language) for table in document.tables],
        notes=[note.of(language) for note in document.notes],
        border_crossing_point=document.port,
        border_crossing_points=document.ports,
    )


def _table(table: Table, language: Language) -> wire.ReportTable:
    return wire.ReportTable(
        key=table.key,
        title=table.title.of(language),
        columns=[
            wire.ReportColumn(key=column.key, heading=column.heading.of(language))
            for column in table.columns
        ],
        rows=[wire.ReportRow(cells=_cells(row, language)) for row in table.rows],
    )


def _cells(row: Iterable[Cell], language: Language) -> list[wire.ReportCell]:
    return [_cell(cell, language) for cell in row]


def _cell(cell: Cell, language: Language) -> wire.ReportCell:
    match cell:
        case None:
            return wire.ReportCell()
        case Words():
            return wire.ReportCell(text=cell.of(language))
        case Code(text):
            return wire.ReportCell(code=text)
        case Share() | Seconds() | Hours():
            return _measured(cell)
        case datetime():
            return wire.ReportCell(moment=_stamp(cell))
        case date():
            return wire.ReportCell(day=cell.isoformat())
        case Bar(value) | int(value):
            return wire.ReportCell(count=value)


def _measured(cell: Share | Seconds | Hours) -> wire.ReportCell:
    match cell:
        case Share(value):
            return wire.ReportCell(share=value)
        case Seconds(value):
            return wire.ReportCell(seconds=value)
        case Hours(value):
            return wire.ReportCell(hours=value)


def _stamp(moment: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(moment)
    return made
