"""The centre's report as a page, ``/report``, and as files beside it. Nothing personal."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.statistics import texts
from egate.central.statistics.document import (
    Bar,
    Document,
    Hours,
    Language,
    Seconds,
    Share,
    spoken,
)
from egate.central.statistics.figures import today
from egate.central.statistics.files import WRITERS, Writer
from egate.central.statistics.period import Period, PeriodInvalid
from egate.central.statistics.report import make_report
from egate.settings import SettingsError, load
from egate.settings.agreement import Agreement

_FRESH_SECONDS: Final = 20.0
_KEPT: Final = 8


@dataclass(slots=True)
class Reports:
    """Makes each report once for all who look, one at a time: gates go first.

    Args:
        pool: of connections to the centre's database.
        agreement: its file, read again for every report; None: statistics alone.

    """

    pool: Pool
    agreement: Path | None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _made: dict[tuple[Period, str], tuple[float, Document]] = field(default_factory=dict)

    async def of(self, period: Period, port: str = "") -> Document:
        """Return the report of ``period``, at most 20 s old.

        Args:
            period: days of Asia/Dhaka.
            port: the only border crossing point that it is of; "" for all.

        Raises:
            SettingsError: the file of the agreement cannot be used.

        """
        asked = (period, port)
        async with self._lock:
            now = asyncio.get_running_loop().time()
            made_at, document = self._made.pop(asked, (-_FRESH_SECONDS, None))
            if document is None or now - made_at >= _FRESH_SECONDS:
                agreement = load(Agreement, self.agreement) if self.agreement else None
                made_at = now
                document = await make_report(self.pool, period, agreement, port)
            self._made[asked] = (made_at, document)
            while len(self._made) > _KEPT:
                self._made.pop(next(iter(self._made)))
            return document

    async def file(self, document: Document, language: Language, writer: Writer) -> bytes:
        """Write ``document`` beside the gates' loop, one file at a time."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as thread:
            async with self._lock:
                return await loop.run_in_executor(thread, writer.write, document, language)

    async def this_month(self) -> Period:
        """Return the current month up to today."""
        day = (await today(self.pool)).date()
        return Period(day.replace(day=1), day)


def report_routes(
    reports: Reports, templates: Environment, headers: Mapping[str, str]
) -> list[Route]:
    """Return the routes of the report: the page, and a file of each kind."""
    template = templates.get_template("report.html")

    async def show(request: Request) -> Response:
        language = _language(request)
        status, document, fault = await _answer(reports, request)
        page = template.render(
            document=document,
            title=texts.TITLE,
            query=f"from={document.first}&to={document.last}" if document else "",
            fault=texts.FORMATS[fault].of(language) if fault else "",
            language=language,
            other=Language.ENGLISH if language is Language.BANGLA else Language.BANGLA,
            say=lambda cell: spoken(cell, language),
            word=lambda key: texts.FORMATS[key].of(language),
            is_number=_is_number,
            is_bar=lambda cell: isinstance(cell, Bar),
            kinds=tuple(WRITERS),
        )
        return HTMLResponse(page, status, headers)

    async def download(request: Request) -> Response:
        language = _language(request)
        kind = request.path_params["kind"]
        if kind not in WRITERS:
            return Response("no such file", 404, headers)
        status, document, fault = await _answer(reports, request)
        if document is None:
            return Response(texts.FORMATS[fault].of(language), status, headers)
        writer = WRITERS[kind]
        written = await reports.file(document, language, writer)
        name = f"egate-{document.first}-{document.last}-{language}.{kind}"
        named = {"Content-Disposition": f'attachment; filename="{name}"', **headers}
        return Response(written, status, named, writer.media_type)

    return [Route("/report", show), Route("/report.{kind}", download)]


async def _answer(reports: Reports, request: Request) -> tuple[int, Document | None, str]:
    """Return a status, the report that ``request`` asks for, or the key of what is wrong."""
    try:
        return 200, await reports.of(await _period(reports, request)), ""
    except PeriodInvalid:
        return 400, None, "days"
    except SettingsError:
        return 500, None, "agreement"
    except CONNECTION_FAULTS:
        return 503, None, "away"


async def _period(reports: Reports, request: Request) -> Period:
    first, last = request.query_params.get("from"), request.query_params.get("to")
    if first is None and last is None:
        return await reports.this_month()
    try:
        return Period(date.fromisoformat(first or ""), date.fromisoformat(last or ""))
    except ValueError as error:
        raise PeriodInvalid("not days") from error


def _language(request: Request) -> Language:
    asked = request.query_params.get("language")
    return Language.ENGLISH if asked == Language.ENGLISH else Language.BANGLA


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | Share | Seconds | Hours | Bar)
