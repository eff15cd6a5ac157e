"""The report of a period: statistics, and the agreement's indicators with their evidence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from egate.central.database import Pool
from egate.central.port_time import DHAKA
from egate.central.statistics import texts
from egate.central.statistics.agreement import Graded, grade, shortfall, whole_months
from egate.central.statistics.document import (
    Cell,
    Code,
    Document,
    Hours,
    Share,
    Table,
    Words,
)
from egate.central.statistics.figures import Count, Figures, count_figures
from egate.central.statistics.operations import GateMonth, count_months
from egate.central.statistics.period import Period
from egate.central.statistics.tables import numbered, statistics_tables, titled
from egate.settings.agreement import Agreement, Bilingual, Measure

_SECONDS_OF_HOUR: Final = 3600.0


async def make_report(
    pool: Pool, period: Period, agreement: Agreement | None, port: str = ""
) -> Document:
    """Count everything about ``period`` and return it as a document.

    Args:
        pool: of connections to the centre's database.
        period: days of Asia/Dhaka.
        agreement: what was promised and entered; None: statistics alone.
        port: the border crossing point that the report is of, without the agreement, which is of
            all of them; "" for all.

    """
    figures = await count_figures(pool, period, port)
    if port:
        return _document(_of_port(port), figures, (), ())
    if agreement is None:
        return _document(texts.STATISTICS, figures, (), (texts.NO_AGREEMENT_NOTE,))
    months = await count_months(pool, period, agreement)
    tables = agreement_tables(agreement, figures, months)
    year = agreement.financial_year
    subtitle = Words(
        f"{agreement.office.en} · {texts.AGREEMENT.en.format(year=year)} · {agreement.area.en}",
        f"{agreement.office.bn} · {texts.AGREEMENT.bn.format(year=numbered(year).bn)}"
        f" · {agreement.area.bn}",
    )
    return _document(subtitle, figures, tables, _agreement_notes(agreement))


def agreement_tables(
    agreement: Agreement, figures: Figures, months: Sequence[GateMonth]
) -> tuple[Table, ...]:
    """Return the indicators and what shows them."""
    period, today = figures.period, figures.made_at.date()
    whole = whole_months(period.first, period.last, today)
    graded = grade(agreement, months, whole, min(period.last, today))
    return (
        titled("indicators", _INDICATORS, [_indicator(each) for each in graded]),
        titled("installed", _INSTALLED, _installed(agreement, figures)),
        titled("operation", _OPERATION, [_month(each, agreement) for each in months]),
        titled(
            "readers",
            ("installed_on", "count", "reference"),
            [(each.installed_on, each.count, _same(each.reference)) for each in agreement.readers],
        ),
        titled("checkpoints", _CHECKPOINTS, _checkpoints(agreement, figures)),
    )


_INDICATORS: Final = ("number", "indicator", "target_100", "achieved", "grade", "remark")
_INSTALLED: Final = (
    "gate",
    "checkpoint",
    "installed_on",
    "reference",
    "first_seen",
    "last_seen",
)
_OPERATION: Final = (
    "gate",
    "month",
    "scheduled_hours",
    "hours",
    "unreported_hours",
    "availability",
    "admitted",
    "live",
    "operational",
)
_CHECKPOINTS: Final = ("checkpoint", "name", "connected", "attempts")


def _document(
    subtitle: Words, figures: Figures, tables: tuple[Table, ...], notes: tuple[Words, ...]
) -> Document:
    return Document(
        title=texts.TITLE,
        subtitle=subtitle,
        first=figures.period.first,
        last=figures.period.last,
        made_at=figures.made_at,
        tables=(*tables, *statistics_tables(figures)),
        notes=(*texts.NOTES, *notes),
        port=figures.port,
        ports=figures.ports,
    )


def _of_port(port: str) -> Words:
    return Words(texts.OF_PORT.en.format(port=port), texts.OF_PORT.bn.format(port=port))


def _indicator(graded: Graded) -> tuple[Cell, ...]:
    remark = texts.REMARKS[graded.remark] if graded.remark else None
    shown = _same(graded.reference) if graded.reference else remark or texts.COUNTED
    if graded.reference and remark:
        shown = Words(f"{graded.reference}. {remark.en}", f"{graded.reference}। {remark.bn}")
    number = graded.indicator.number
    return (
        numbered(number),
        _words(graded.indicator.text),
        graded.indicator.targets[0],
        texts.NOT_REACHED if graded.achieved is None else graded.achieved,
        graded.grade,
        shown,
    )


def _installed(agreement: Agreement, figures: Figures) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for group in agreement.gates:
        for gate in group.ids:
            seen = figures.seen.get(gate)
            rows.append(
                (
                    Code(gate),
                    Code(group.border_crossing_point),
                    group.installed_on,
                    _same(group.reference),
                    _local(seen.first) if seen else texts.NEVER,
                    _local(seen.last) if seen else texts.NEVER,
                )
            )
    return rows


def _month(month: GateMonth, agreement: Agreement) -> tuple[Cell, ...]:
    missing = shortfall(month, agreement.operational_percent)
    scheduled = month.scheduled_seconds
    return (
        Code(month.gate_id),
        numbered(f"{month.month:%Y-%m}"),
        Hours(scheduled / _SECONDS_OF_HOUR),
        Hours(month.served_seconds / _SECONDS_OF_HOUR),
        Hours((scheduled - month.told_seconds) / _SECONDS_OF_HOUR),
        Share(month.served_seconds / scheduled) if scheduled else None,
        month.admitted,
        month.live,
        texts.SHORTFALLS[missing] if missing else texts.YES,
    )


def _checkpoints(agreement: Agreement, figures: Figures) -> list[tuple[Cell, ...]]:
    counts = figures.by["border_crossing_point"]
    return [
        (
            Code(each.code),
            _words(each.name),
            texts.YES if each.code in counts else texts.NO,
            counts.get(each.code, Count()).attempts,
        )
        for each in agreement.checkpoints
    ]


def _agreement_notes(agreement: Agreement) -> tuple[Words, ...]:
    percent = f"{agreement.operational_percent:g}"
    checks = ", ".join(agreement.live_checks)
    measured = (
        each.number for each in agreement.indicators if each.measure is Measure.GATES_OPERATIONAL
    )
    number = next(measured, "")
    return tuple(
        Words(
            note.en.format(percent=percent, checks=checks, operational=number),
            note.bn.format(
                percent=numbered(percent).bn, checks=checks, operational=numbered(number).bn
            ),
        )
        for note in texts.AGREEMENT_NOTES
    )


def _local(moment: datetime) -> datetime:
    return moment.astimezone(DHAKA)


def _words(text: Bilingual) -> Words:
    return Words(text.en, text.bn)


def _same(text: str) -> Words:
    return Words(text, text)
