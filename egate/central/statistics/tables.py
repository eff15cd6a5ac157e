"""What was counted, as tables: whole, and by every dimension."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final

from egate.central.statistics import texts
from egate.central.statistics.document import (
    Cell,
    Code,
    Column,
    Language,
    Seconds,
    Share,
    Table,
    Words,
    digits,
    drawn,
)
from egate.central.statistics.figures import DIMENSIONS, Count, Figures
from egate.web.findings import explain

_DAYS_SHOWN: Final = 31
_MOST_ROWS: Final = 300
"""Of one dimension; States are fewer, but a hostile gate may invent some."""


def statistics_tables(figures: Figures) -> tuple[Table, ...]:
    """Return what was counted, whole and by every dimension."""
    return (
        titled("totals", ("measure", "value"), _totals(figures)),
        *(_breakdown(*_not_too_long(name, figures.by[name])) for name in DIMENSIONS),
        titled("referrals", ("reason", "check", "count", "share"), _referrals(figures)),
        titled(
            "steps",
            ("step", "count", "median", "p95"),
            [
                (
                    texts.STEPS.get(each.step, Code(each.step)),
                    each.count,
                    Seconds(each.median),
                    Seconds(each.p95),
                )
                for each in figures.steps
            ],
        ),
    )


def titled(key: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> Table:
    """Return the table ``key`` with the words of `texts`."""
    return Table(
        key,
        texts.TABLES[key],
        tuple(Column(name, texts.COLUMNS[name]) for name in columns),
        tuple(rows),
    )


def numbered(text: str) -> Words:
    """Return ``text``, which is digits, in the digits of each language."""
    return Words(text, digits(text, Language.BANGLA))


def _totals(figures: Figures) -> list[tuple[Cell, ...]]:
    total = figures.total
    values: Mapping[str, Cell] = {
        "attempts": total.attempts,
        "crossed": total.crossed,
        "referred": total.referred,
        "stopped": total.stopped,
        "unfinished": (total.attempts - total.crossed - total.referred - total.stopped),
        "fallback": figures.fallback,
        "fallback_share": _share(figures.fallback, total.attempts),
        "gates_seen": len(figures.by["gate_id"].keys() & figures.seen.keys()),
        "clock_suspect": figures.clock_suspect,
        "pending": figures.pending,
    }
    return [(texts.MEASURES[name], value) for name, value in values.items()]


def _not_too_long(name: str, counts: Mapping[Any, Count]) -> tuple[str, Mapping[Any, Count]]:
    """Return months in the place of days, if these are more than a month has."""
    if name != "day" or len(counts) <= _DAYS_SHOWN:
        return name, counts
    months: dict[str, list[Count]] = {}
    for day, count in counts.items():
        months.setdefault(f"{day:%Y-%m}", []).append(count)
    return "month", {month: _sum(each) for month, each in months.items()}


def _sum(counts: Iterable[Count]) -> Count:
    columns = zip(*map(astuple, counts), strict=True)
    return Count(*map(sum, columns))


def _breakdown(name: str, counts: Mapping[Any, Count]) -> Table:
    by_attempts = sorted(counts, key=lambda key: counts[key].attempts, reverse=True)
    shown = sorted(key for key in by_attempts[:_MOST_ROWS] if key is not None)
    lines = [(_VALUES[name](key), counts[key]) for key in shown]
    if None in counts:
        lines.append((None, counts[None]))
    if rest := [counts[key] for key in by_attempts[_MOST_ROWS:] if key is not None]:
        lines.append((texts.OTHERS, _sum(rest)))
    bars = drawn([count.attempts for _, count in lines])
    rows = [
        (value, bar, count.crossed, count.referred, _share(count.referred, count.attempts))
        for (value, count), bar in zip(lines, bars, strict=True)
    ]
    return titled(name, (name, "attempts", "crossed", "referred", "referred_share"), rows)


def _referrals(figures: Figures) -> list[tuple[Cell, ...]]:
    counts = list(figures.referrals.items())
    bars = drawn([count for _, count in counts])
    return [
        (_reason(check), Code(check), bar, _share(bar.value, figures.total.referred))
        for (check, _), bar in zip(counts, bars, strict=True)
    ]


def _reason(check: str) -> Words:
    said = explain(check)
    return Words(said.english, said.bangla)


_VALUES: Final[Mapping[str, Callable[[Any], Cell]]] = {
    "border_crossing_point": Code,
    "gate_id": Code,
    "direction": lambda number: texts.DIRECTIONS.get(number, Code(str(number))),
    "day": lambda day: day,
    "month": numbered,
    "hour": lambda hour: numbered(f"{hour:02}:00"),
    "issuing_state": Code,
    "nationality": Code,
    "document_code": lambda code: texts.DOCUMENT_KINDS.get(code, Code(code)),
    "capture_mode": lambda number: texts.CAPTURE_MODES.get(number, Code(str(number))),
}


def _share(part: int, whole: int) -> Share | None:
    return Share(part / whole) if whole else None
