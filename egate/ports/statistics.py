"""The centre's report of a period, as rows of typed cells. Nothing personal."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class CellKind(StrEnum):
    """What a cell is, and with it the type of its value."""

    UNKNOWN = "unknown"
    """None: nobody knows."""
    COUNT = "count"
    """int."""
    SHARE = "share"
    """float, 0 to 1."""
    SECONDS = "seconds"
    """float."""
    HOURS = "hours"
    """float."""
    DAY = "day"
    """str, ISO 8601."""
    MOMENT = "moment"
    """A datetime in UTC."""
    TEXT = "text"
    """str, in the language that was asked for."""
    CODE = "code"
    """str, of a gate, a port, a State or a check: the same in every language."""


@dataclass(frozen=True, slots=True)
class ReportCell:
    """One cell; a kind that only a newer centre knows is ``UNKNOWN``."""

    kind: CellKind
    value: int | float | str | dt.datetime | None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One table.

    Args:
        key: such as ``border_crossing_point``, ``hour`` or ``referrals``.
        title: above it.
        columns: keys to headings, from left to right.
        rows: each with as many cells.

    """

    key: str
    title: str
    columns: dict[str, str]
    rows: tuple[tuple[ReportCell, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Args:
        title: what it is.
        subtitle: whose, and of which agreement.
        made_at: when it was counted.
        tables: key to table, in their order.
        notes: what it cannot know, and how it was counted.
        port: the only border crossing point that was counted; "" for all.
        ports: those that have records in the period.

    """

    title: str
    subtitle: str
    made_at: dt.datetime
    tables: dict[str, ReportTable]
    notes: tuple[str, ...]
    port: str
    ports: tuple[str, ...]
