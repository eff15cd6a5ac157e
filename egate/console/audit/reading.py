"""What the audit log says: searched page by page, and exported whole."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from egate.console.audit.acts import AuditAct
from egate.console.audit.log import reading
from egate.domain.time import UtcSeconds
from egate.web.spreadsheet import csv_lines

PAGE_ROWS: Final = 50
_BATCH_ROWS: Final = 1000
_COLUMNS: Final = ("number", "at", "officer_id", "act", "subject", "detail", "hash")


class LogFormat(StrEnum):
    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class AuditNote:
    """One row of the log.

    Args:
        number: 1, 2, 3...
        at: when.
        officer_id: who.
        act: what; also of a newer console.
        subject: about what.
        detail: what else was noted.
        sha256: its link of the chain, hexadecimal.

    """

    number: int
    at: UtcSeconds
    officer_id: str
    act: str
    subject: str
    detail: str
    sha256: str

    def cells(self) -> tuple[int, str, str, str, str, str, str]:
        """Return what an export has of it."""
        at = datetime.fromtimestamp(self.at, UTC).isoformat(timespec="milliseconds")
        return (
            self.number, at, self.officer_id, self.act, self.subject, self.detail, self.sha256,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which rows; what is empty or None asks for all.

    Args:
        officer_id: who.
        act: what.
        subject: about what.
        since: not earlier.
        until: earlier than that.

    """

    officer_id: str = ""
    act: AuditAct | None = None
    subject: str = ""
    since: UtcSeconds | None = None
    until: UtcSeconds | None = None

    def conditions(self) -> dict[str, object]:
        """Return each condition in SQL with its value."""
        asked: dict[str, object] = {
            "officer_id = ?": self.officer_id or None,
            "act = ?": self.act,
            "subject = ?": self.subject or None,
            "at_ms >= ?": None if self.since is None else round(self.since * 1000),
            "at_ms < ?": None if self.until is None else round(self.until * 1000),
        }
        return {condition: value for condition, value in asked.items() if value is not None}


def find(path: Path, query: AuditQuery, before: int | None = None) -> tuple[AuditNote, ...]:
    """Return at most ``PAGE_ROWS + 1`` rows, the newest first.

    Args:
        path: of the log.
        query: which.
        before: number of the last row of the page before; None for the first page.

    Raises:
        sqlite3.Error: the log cannot be read.

    """
    conditions = query.conditions()
    if before is not None:
        conditions["seq < ?"] = before
    return _rows(path, conditions, f"DESC LIMIT {PAGE_ROWS + 1}")


def exported(path: Path, query: AuditQuery, form: LogFormat) -> Iterator[str]:
    """Give the pieces of a file of all rows, the oldest first.

    No state of the log is held meanwhile, however slowly the pieces are taken.

    Raises:
        sqlite3.Error: the log cannot be read.

    """
    if form is LogFormat.CSV:
        yield "".join(csv_lines([_COLUMNS]))
    after = 0
    while batch := _rows(path, query.conditions() | {"seq > ?": after}, f"LIMIT {_BATCH_ROWS}"):
        yield "".join(_LINES[form](batch))
        after = batch[-1].number


def _rows(path: Path, conditions: Mapping[str, object], order: str) -> tuple[AuditNote, ...]:
    where = " AND ".join(conditions) or "TRUE"
    statement = (
        "SELECT seq, at_ms, officer_id, act, subject, detail, hash FROM act"  # noqa: S608
        f" WHERE {where} ORDER BY seq {order}"
    )
    with reading(path) as database:
        rows = database.execute(statement, tuple(conditions.values())).fetchall()
    return tuple(
        AuditNote(number, UtcSeconds(at_ms / 1000), who, act, about, detail, head.hex())
        for number, at_ms, who, act, about, detail, head in rows
    )


def _csv(notes: tuple[AuditNote, ...]) -> Iterator[str]:
    return csv_lines(note.cells() for note in notes)


def _json_lines(notes: tuple[AuditNote, ...]) -> Iterator[str]:
    for note in notes:
        row = dict(zip(_COLUMNS, note.cells(), strict=True))
        yield f"{json.dumps(row, ensure_ascii=False)}\n"


_LINES: Final = {LogFormat.CSV: _csv, LogFormat.JSON_LINES: _json_lines}
