"""The page of statistics: charts and tables of a period, and the same numbers as a file."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from egate.console.audit.acts import AuditAct
from egate.console.context import Console
from egate.console.language import language_of
from egate.console.local_time import DHAKA
from egate.console.records.asking import NotAnswered, answered
from egate.console.records.report import csv_rows, shown_tables
from egate.console.records.search_form import PORT
from egate.console.words import Words
from egate.domain.time import UtcSeconds
from egate.ports.statistics import Report
from egate.web.spreadsheet import UTF_8_MARK, csv_lines

_SHOWN_DAYS: Final = 30
_LONGEST_DAYS: Final = 366
_BAD: Final = 400
_AWAY: Final = 503


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be counted: days, and the only port that counts, "" for all."""

    first: dt.date
    last: dt.date
    port: str

    @property
    def name(self) -> str:
        """Return what names it in a file's name."""
        return "-".join(filter(None, (str(self.first), str(self.last), self.port)))

    @property
    def noted(self) -> str:
        return " ".join(filter(None, (f"{self.first} to {self.last}", self.port)))


class StatisticsPage:
    """Answers ``/statistics``; there is nothing personal in it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def show(self, request: Request) -> Response:
        try:
            asked = self._asked(request.query_params)
            report = await self._report(request, asked)
        except NotAnswered as away:
            return self._page(request, None, None, away.status_code, fault=away.text)
        return self._page(request, report, asked)

    async def export(self, request: Request) -> Response:
        try:
            asked = self._asked(request.state.form)
            report = await self._report(request, asked)
        except NotAnswered as away:
            return self._page(request, None, None, away.status_code, fault=away.text)
        self._console.audit.note(
            request.state.officer.officer_id, AuditAct.STATISTICS_EXPORTED, detail=asked.noted
        )
        return Response(
            UTF_8_MARK + "".join(csv_lines(csv_rows(report))),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="statistics-{asked.name}.csv"'},
        )

    async def _report(self, request: Request, asked: _Asked) -> Report:
        if self._console.centre is None:
            raise NotAnswered("records.no_centre", _AWAY)
        statistics, language = self._console.centre.statistics, language_of(request)
        report = await answered(statistics.report(asked.first, asked.last, language, asked.port))
        if report.port != asked.port:  # a centre of before this has counted all of them
            raise NotAnswered("records.fault.no_port", _AWAY)
        return report

    def _asked(self, values: Mapping[str, str]) -> _Asked:
        """Return what was asked for, of all ports if none was.

        Raises:
            NotAnswered: the days are none, or the port is none.

        """
        port = str(values.get("port") or "").strip().upper()
        if port and not PORT.fullmatch(port):
            raise NotAnswered("records.fault.port", _BAD)
        return _Asked(*self._period(values), port)

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
        asked: _Asked | None,
        status_code: int = 200,
        *,
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
            first=asked.first.isoformat() if asked else "",
            last=asked.last.isoformat() if asked else "",
            port=asked.port if asked else "",
            ports=sorted({*report.ports, report.port} - {""}) if report else (),
            fault=fault,
        )


def _day(moment: UtcSeconds) -> dt.date:
    return dt.datetime.fromtimestamp(moment, DHAKA).date()
