"""The page of statistics: charts and tables of a period, and the same numbers as a file."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from egate.console.audit.log import AuditAct
from egate.console.context import Console
from egate.console.language import language_of
from egate.console.local_time import DHAKA
from egate.console.records.asking import NotAnswered, answered
from egate.console.records.report import csv_rows, shown_tables
from egate.console.words import Words
from egate.domain.time import UtcSeconds
from egate.ports.statistics import Report
from egate.web.spreadsheet import UTF_8_MARK, csv_lines

_SHOWN_DAYS: Final = 30
_LONGEST_DAYS: Final = 366
_BAD: Final = 400


class StatisticsPage:
    """Answers ``/statistics``; there is nothing personal in it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def show(self, request: Request) -> Response:
        try:
            first, last = self._period(request.query_params)
            report = await self._report(request, first, last)
        except NotAnswered as away:
            return self._page(request, None, away.status_code, fault=away.text)
        return self._page(request, report, first=first.isoformat(), last=last.isoformat())

    async def export(self, request: Request) -> Response:
        try:
            first, last = self._period(request.state.form)
            report = await self._report(request, first, last)
        except NotAnswered as away:
            return self._page(request, None, away.status_code, fault=away.text)
        self._console.audit.note(
            request.state.officer.officer_id,
            AuditAct.STATISTICS_EXPORTED,
            detail=f"{first} to {last}",
        )
        return Response(
            UTF_8_MARK + "".join(csv_lines(csv_rows(report))),
            media_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="statistics-{first}-{last}.csv"'
            },
        )

    async def _report(self, request: Request, first: dt.date, last: dt.date) -> Report:
        if self._console.centre is None:
            raise NotAnswered("records.no_centre", 503)
        asking = self._console.centre.statistics.report(first, last, language_of(request))
        return await answered(asking)

    def _period(self, values: Mapping[str, str]) -> tuple[dt.date, dt.date]:
        """Return the days that were asked for, the last thirty if none were.

        Raises:
            NotAnswered: they are none.

        """
        today = _day(self._console.now())
        try:
            last = dt.date.fromisoformat(str(values.get("last") or today.isoformat()))
            usual = last - dt.timedelta(days=_SHOWN_DAYS - 1)
            first = dt.date.fromisoformat(str(values.get("first") or usual.isoformat()))
        except (ValueError, OverflowError):
            raise NotAnswered("records.fault.period", _BAD) from None
        if not 0 <= (last - first).days < _LONGEST_DAYS:
            raise NotAnswered("records.fault.period", _BAD)
        return first, last

    def _page(
        self,
        request: Request,
        report: Report | None,
        status_code: int = 200,
        *,
        first: str = "",
        last: str = "",
        fault: str = "",
    ) -> Response:
        words = Words(language_of(request))
        return self._console.pages.render(
            request,
            "records/statistics.html",
            status_code=status_code,
            report=report,
            made_at=UtcSeconds(report.made_at.timestamp()) if report else None,
            tables=shown_tables(report, words) if report else (),
            first=first,
            last=last,
            fault=fault,
        )


def _day(moment: UtcSeconds) -> dt.date:
    return dt.datetime.fromtimestamp(moment, DHAKA).date()
