"""The centre's report, seen from a console."""

import datetime as dt
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from egate.ports.reporting import CentreUnavailable
from egate.ports.statistics import CellKind, Report, ReportCell, ReportTable
from egate.reporting.link import Link
from egate.wire.v1 import statistics_pb2 as wire
from egate.wire.v1 import statistics_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 60.0
"""A year of a country takes long to count."""


class StatisticsClient:
    """Asks the centre for reports.

    Args:
        link: to the centre.

    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def report(self, first: dt.date, last: dt.date, language: str, port: str = "") -> Report:
        """Return the report of a period.

        Args:
            first: day of Asia/Dhaka.
            last: likewise, included; at most 366 days in all.
            language: ``bn`` or ``en``.
            port: the only border crossing point to count, as a UN/LOCODE; "" for all. A centre
                of before this counts all: the report says what it is of.

        Raises:
            CentreUnavailable: the centre is away, or the period is none; says which.

        """
        request = wire.GetReportRequest(
            first=first.isoformat(),
            last=last.isoformat(),
            language=language,
            border_crossing_point=port,
        )
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.StatisticsServiceStub(await self._link.channel())
            answer = await stub.GetReport(request, timeout=_DEADLINE_SECONDS)
        try:
            return _report(answer)
        except ValueError:
            raise CentreUnavailable("a report that this version cannot read") from None


def _report(message: wire.GetReportResponse) -> Report:
    return Report(
        title=message.title,
        subtitle=message.subtitle,
        made_at=message.made_at.ToDatetime(dt.UTC),
        tables={each.key: _table(each) for each in message.tables},
        notes=tuple(message.notes),
        port=message.border_crossing_point,
        ports=tuple(message.border_crossing_points),
    )


def _table(message: wire.ReportTable) -> ReportTable:
    columns = {each.key: each.heading for each in message.columns}
    if len(columns) != len(message.columns):
        raise ValueError("two columns of one name")
    if any(len(row.cells) > len(columns) for row in message.rows):
        raise ValueError("more cells than columns")
    return ReportTable(
        key=message.key,
        title=message.title,
        columns=columns,
        rows=tuple(tuple(map(_cell, row.cells)) for row in message.rows),
    )


def _cell(message: wire.ReportCell) -> ReportCell:
    name = message.WhichOneof("value")
    if name is None:
        return ReportCell(CellKind.UNKNOWN, None)
    value = getattr(message, name)
    if isinstance(value, Timestamp):
        value = value.ToDatetime(dt.UTC)
    return ReportCell(CellKind(name), value)
