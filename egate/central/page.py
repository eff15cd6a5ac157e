"""The centre's status page: how much came, from where, and what is amiss. No personal data.

English and Bangla side by side, nothing from elsewhere, no script.
"""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from egate.central.alarm_texts import ALARM_TEXTS
from egate.central.alarms import Alarm, open_alarms
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.metrics import CONTENT_TYPE as METRICS_TYPE
from egate.central.metrics import Metrics
from egate.central.statistics_page import Reports, report_routes
from egate.central.stays import StayKind
from egate.central.store import Fork, Gap, Store, StoredCrossing, Unmatched
from egate.reporting.mapping import parse
from egate.wire.v1 import crossing_pb2 as wire

_LATEST: Final = 25
_VERSION: Final = re.compile("[0-9a-f]{64}")
_SHOWN_DIGITS: Final = 8
_MAX_AGE_SECONDS: Final = 1.0
_HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self';"
        " frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
)
_DHAKA: Final = timezone(timedelta(hours=6))


@dataclass(frozen=True, slots=True)
class _Label:
    """A number of the wire in words; ``key`` is its style on the page."""

    key: str
    english: str
    bangla: str


_UNKNOWN: Final = _Label("none", "Unknown", "অজানা")
_VERDICTS: Final = MappingProxyType(
    {
        int(wire.VERDICT_ADMIT): _Label("admit", "Admitted", "অনুমোদিত"),
        int(wire.VERDICT_REFER): _Label("refer", "Referred", "কর্মকর্তার নিকট প্রেরিত"),
        int(wire.VERDICT_UNSPECIFIED): _Label("none", "No decision", "সিদ্ধান্ত হয়নি"),
    }
)
_STATUSES: Final = MappingProxyType(
    {
        int(wire.CROSSING_STATUS_COMPLETED): _Label("completed", "Completed", "সম্পন্ন"),
        int(wire.CROSSING_STATUS_REFERRED): _Label("referred", "With an officer", "কর্মকর্তার নিকট"),
        int(wire.CROSSING_STATUS_ABANDONED): _Label("abandoned", "Abandoned", "পরিত্যক্ত"),
        int(wire.CROSSING_STATUS_INTERRUPTED): _Label("interrupted", "Interrupted", "বাধাপ্রাপ্ত"),
        int(wire.CROSSING_STATUS_ABORTED): _Label("aborted", "Aborted", "বাতিল"),
        int(wire.CROSSING_STATUS_PREPARED): _Label("prepared", "Prepared", "প্রস্তুত"),
        int(wire.CROSSING_STATUS_REFUSED_ENTRY): _Label("refused", "Entry refused", "প্রবেশে বাধা"),
        int(wire.CROSSING_STATUS_DENIED_EXIT): _Label("denied", "Exit denied", "প্রস্থানে বাধা"),
        int(wire.CROSSING_STATUS_OFFLOADED): _Label("offloaded", "Offloaded", "যাত্রা স্থগিত"),
    }
)
_UNMATCHED: Final = MappingProxyType(
    {
        StayKind.ENTRY_WITHOUT_EXIT: _Label("entry", "Entries without exit", "প্রস্থানবিহীন আগমন"),
        StayKind.EXIT_WITHOUT_ENTRY: _Label("exit", "Exits without entry", "আগমনবিহীন প্রস্থান"),
    }
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One record of the table; ``trusted`` is the beginning of the trust store's version."""

    at: datetime
    gate_id: str
    gate_seq: int
    verdict: _Label
    status: _Label
    findings: tuple[str, ...]
    trusted: str


@dataclass(frozen=True, slots=True)
class _Overview:
    """What the page shows."""

    total: int
    verdicts: tuple[tuple[_Label, int], ...]
    lines: tuple[_Line, ...]
    gaps: tuple[Gap, ...]
    forks: tuple[Fork, ...]
    conflicts: int
    alarms: tuple[Alarm, ...]
    unmatched: tuple[tuple[_Label, int, tuple[Unmatched, ...]], ...]


class _Overviews:
    """Counts once for all who look: readers of the page never hold up the gates."""

    def __init__(self, store: Store, pool: Pool) -> None:
        self._store = store
        self._pool = pool
        self._lock = asyncio.Lock()
        self._last: _Overview | None = None
        self._made_at = 0.0

    async def newest(self) -> _Overview:
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if self._last is None or now - self._made_at > _MAX_AGE_SECONDS:
                self._last = await _overview(self._store, self._pool)
                self._made_at = now
            return self._last


def page(store: Store, pool: Pool, reports: Reports, metrics: Metrics) -> Starlette:
    """Return the pages: ``/`` and ``/status.json``, ``/report`` and its files, ``/metrics``."""
    templates = Environment(
        loader=PackageLoader("egate.central"), autoescape=True, undefined=StrictUndefined
    )
    template = templates.get_template("status.html", globals={"alarm_texts": ALARM_TEXTS})
    folder = files("egate.central") / "static"
    styles = {name: (folder / name).read_text("utf-8") for name in ("page.css", "report.css")}
    overviews = _Overviews(store, pool)

    async def show(_request: Request) -> Response:
        try:
            overview = await overviews.newest()
        except CONNECTION_FAULTS:
            return HTMLResponse(template.render(overview=None), 503, _HEADERS)
        return HTMLResponse(template.render(overview=overview), headers=_HEADERS)

    async def status(_request: Request) -> Response:
        try:
            total, conflicts = await store.total(), await store.conflicts()
        except CONNECTION_FAULTS:
            return JSONResponse({"database": "away"}, 503, _HEADERS)
        return JSONResponse({"records": total, "conflicts": conflicts}, headers=_HEADERS)

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


async def _overview(store: Store, pool: Pool) -> _Overview:
    counts = await store.verdicts()
    return _Overview(
        total=sum(counts.values()),
        verdicts=tuple((label, counts.get(number, 0)) for number, label in _VERDICTS.items()),
        lines=tuple(_line(found) for found in await store.latest(_LATEST)),
        gaps=tuple(await store.gaps()),
        forks=tuple(await store.forks()),
        conflicts=await store.conflicts(),
        alarms=tuple(await open_alarms(pool)),
        unmatched=await _unmatched(store),
    )


async def _unmatched(store: Store) -> tuple[tuple[_Label, int, tuple[Unmatched, ...]], ...]:
    """Return the kinds of which there are any, each with its oldest movements in local time."""
    found = []
    for kind, count in sorted((await store.unmatched_counts()).items()):
        oldest = await store.unmatched(kind, _LATEST)
        local = tuple(replace(one, since=one.since.astimezone(_DHAKA)) for one in oldest)
        found.append((_UNMATCHED[kind], count, local))
    return tuple(found)


def _line(found: StoredCrossing) -> _Line:
    return _Line(
        at=found.occurred_at.astimezone(_DHAKA),
        gate_id=found.gate_id,
        gate_seq=found.gate_seq,
        verdict=_VERDICTS.get(found.verdict, _UNKNOWN),
        status=_STATUSES.get(found.status, _UNKNOWN),
        findings=found.findings,
        trusted=_beginning(parse(found.payload).trust_store_version),
    )


def _beginning(version: str) -> str:
    """Return as much of a trust store's version as tells it from others, "" if it is none."""
    return version[:_SHOWN_DIGITS] if _VERSION.fullmatch(version) else ""
