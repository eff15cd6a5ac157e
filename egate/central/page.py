"""The centre's pages: status, report, gauges. No personal data.

In one language at a time, Bangla unless English is asked for; nothing from elsewhere, no script.
"""

from datetime import datetime
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from egate.central.database import CONNECTION_FAULTS
from egate.central.metrics import CONTENT_TYPE as METRICS_TYPE
from egate.central.metrics import Metrics
from egate.central.port_time import DHAKA
from egate.central.statistics.document import Language, digits, spoken
from egate.central.statistics_page import Reports, report_routes
from egate.central.status import texts
from egate.central.status.overview import Overviews
from egate.web.findings import explain

_HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self';"
        " frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
)
_STYLES: Final = ("page.css", "status.css", "report.css")


def page(overviews: Overviews, reports: Reports, metrics: Metrics) -> Starlette:
    """Return the pages: ``/`` and ``/status.json``, ``/report`` and its files, ``/metrics``."""
    templates = Environment(
        loader=PackageLoader("egate.central"), autoescape=True, undefined=StrictUndefined
    )
    template = templates.get_template("status.html")
    folder = files("egate.central") / "static"
    styles = {name: (folder / name).read_text("utf-8") for name in _STYLES}

    async def show(request: Request) -> Response:
        english = request.query_params.get("language") == Language.ENGLISH
        language = Language.ENGLISH if english else Language.BANGLA
        try:
            overview, code = await overviews.newest(), 200
        except CONNECTION_FAULTS:
            overview, code = None, 503
        shown = template.render(
            overview=overview,
            language=language,
            other=Language.BANGLA if english else Language.ENGLISH,
            say=lambda cell: spoken(cell, language),
            word=lambda key: texts.WORDS[key].of(language),
            matters=texts.MATTERS,
            local=lambda at: spoken(at.astimezone(DHAKA), language),
            clock=lambda at: _clock(at, language),
            ago=lambda seconds: _ago(seconds, language),
            explain=lambda finding: _reason(finding, language),
        )
        return HTMLResponse(shown, code, _HEADERS)

    async def status(_request: Request) -> Response:
        try:
            overview = await overviews.newest()
        except CONNECTION_FAULTS:
            return JSONResponse({"database": "away"}, 503, _HEADERS)
        counted = {"records": overview.total, "conflicts": overview.conflicts}
        return JSONResponse(counted, headers=_HEADERS)

    async def gauges(_request: Request) -> Response:
        try:
            return Response(await metrics.text(), headers=_HEADERS, media_type=METRICS_TYPE)
        except CONNECTION_FAULTS:
            return Response("database away", 503, _HEADERS)

    async def css(request: Request) -> Response:
        style = styles[request.url.path.removeprefix("/")]
        return Response(style, media_type="text/css", headers=_HEADERS)

    return Starlette(
        routes=[
            Route("/", show),
            Route("/status.json", status),
            Route("/metrics", gauges),
            *(Route(f"/{name}", css) for name in styles),
            *report_routes(reports, templates, _HEADERS),
        ]
    )


def _clock(at: datetime, language: Language) -> str:
    """Return the time of day of ``at`` in Bangladesh, to the second."""
    return digits(f"{at.astimezone(DHAKA):%H:%M:%S}", language)


def _ago(seconds: float, language: Language) -> str:
    """Return ``seconds`` in the unit in which people would say it."""
    for unit, size in texts.UNITS:
        if seconds >= size:
            return f"{spoken(int(seconds // size), language)} {unit.of(language)}"
    return texts.NOW.of(language)


def _reason(finding: str, language: Language) -> str:
    said = explain(finding)
    return said.bangla if language is Language.BANGLA else said.english
