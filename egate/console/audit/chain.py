"""The table of the audit log, and the chain of hashes that binds its rows together.

The hash of a row is SHA-256 of the hash before it and of the row as one JSON array, so whoever
holds an export can recompute it with nothing else. A changed, removed or inserted row breaks
the chain there. Who may write the file could make a whole new chain; against that the newest
hash goes to the centre, signed, and to the console's log, and `verify` takes what they have.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

APPLICATION_ID: Final = 0x65474155  # "eGAU"
PURGED: Final = "log_purged"
BEGINNING: Final = hashlib.sha256(b"egate console audit log 1").digest()
# Deleted may be what a note of the log itself says is gone: see purge() of the log.
SCHEMA: Final = {
    "act": """CREATE TABLE act (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    officer_id TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT""",
    "act_officer": "CREATE INDEX act_officer ON act (officer_id, seq)",
    "act_act": "CREATE INDEX act_act ON act (act, seq)",
    "act_subject": "CREATE INDEX act_subject ON act (subject, seq)",
    "act_at": "CREATE INDEX act_at ON act (at_ms)",
    "act_update": """CREATE TRIGGER act_update BEFORE UPDATE ON act
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END""",
    "act_delete": f"""CREATE TRIGGER act_delete BEFORE DELETE ON act
WHEN OLD.seq > coalesce(
    (SELECT max(CAST(subject AS INTEGER)) FROM act WHERE act = '{PURGED}'), 0)
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END""",  # noqa: S608 - a constant
}
_ROWS: Final = "SELECT seq, at_ms, officer_id, act, subject, detail, hash FROM act ORDER BY seq"
_PURGE_NOTE: Final = "SELECT detail FROM act WHERE act = ? AND subject = ?"
_LAST_GIVEN: Final = "SELECT max(seq) FROM sqlite_sequence WHERE name = 'act'"

NOTHING_EXPECTED: Final[Mapping[int, str]] = MappingProxyType({})

_Row = tuple[int, int, str, str, str, str, bytes]


@dataclass(frozen=True, slots=True)
class ChainState:
    """What a look at the whole log found.

    Args:
        first: number of the oldest row that is still kept, 0 for none.
        last: of the newest row up to which the chain holds, 0 for none.
        head: hash of that row, hexadecimal.
        fault: the first break, naming the row; "" for a whole chain.

    """

    first: int
    last: int
    head: str
    fault: str = ""


class _Broken(Exception):
    """The chain ends here; the message says how."""


def row_hash(previous: bytes, row: tuple[int, int, str, str, str, str]) -> bytes:
    """Return what binds ``row`` to the hash before it.

    Args:
        previous: hash of the row before.
        row: number, time in milliseconds since the Unix epoch, officer, act, subject, detail.

    """
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + text.encode("utf-8", "surrogateescape")).digest()


def last_given(database: sqlite3.Connection) -> int:
    """Return the highest number that a row ever had, 0 before the first."""
    return int(database.execute(_LAST_GIVEN).fetchone()[0] or 0)


def verify(
    database: sqlite3.Connection, expected: Mapping[int, str] = NOTHING_EXPECTED
) -> ChainState:
    """Go through the whole log and return whether its chain holds, and where it breaks first.

    Args:
        database: of the log; it is read only.
        expected: hash, hexadecimal, of rows by their numbers, as they were kept elsewhere; of
            rows that were purged nothing is known any more.

    """
    # A changed byte may leave no UTF-8; it is to be found, not to be an error of its own.
    database.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    walk = _Walk(expected)
    try:
        _check_schema(database)
        for row in database.execute(_ROWS):
            walk.take(database, row)
        walk.end(database)
    except _Broken as broken:
        return ChainState(walk.first, walk.last, walk.hash.hex(), str(broken))
    except (sqlite3.Error, ValueError) as error:
        fault = f"after row {walk.last} the file cannot be read: {error}"
        return ChainState(walk.first, walk.last, walk.hash.hex(), fault)
    return ChainState(walk.first, walk.last, walk.hash.hex())


class _Walk:
    def __init__(self, expected: Mapping[int, str]) -> None:
        self._expected = expected
        self.first = self.last = 0
        self.hash = BEGINNING

    def take(self, database: sqlite3.Connection, row: _Row) -> None:
        number, content, found = row[0], row[:6], row[6]
        if not self.last and number > 1:
            self.hash = _hash_before(database, number)
        elif number != self.last + 1:
            raise _Broken(f"row {self.last + 1} is missing")
        try:
            hashed = row_hash(self.hash, content)
        except (TypeError, ValueError):
            hashed = b""
        if hashed != found:
            raise _Broken(f"row {number} was changed, or the row before it")
        if found.hex() != self._expected.get(number, found.hex()):
            raise _Broken(f"row {number} is not the one that was expected: another chain")
        self.first, self.last, self.hash = self.first or number, number, found

    def end(self, database: sqlite3.Connection) -> None:
        if (given := last_given(database)) != self.last:
            raise _Broken(f"rows {self.last + 1} to {given} are missing")
        if (most := max(self._expected, default=0)) > self.last:
            raise _Broken(f"row {most} was expected and is missing")
        fault = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if fault != "ok":
            raise _Broken(f"the rows hold, and the file is damaged: {fault}")


def _hash_before(database: sqlite3.Connection, number: int) -> bytes:
    """Return the hash of the last purged row, from the note of the purge."""
    notes: Iterator[tuple[str]] = database.execute(_PURGE_NOTE, (PURGED, str(number - 1)))
    for (detail,) in notes:
        return bytes.fromhex(detail.rpartition(" ")[2])
    raise _Broken(f"rows 1 to {number - 1} are missing, and no purge of them was noted")


def _check_schema(database: sqlite3.Connection) -> None:
    if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise _Broken("the file is not of an audit log, or its head was changed")
    found = dict(
        database.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    )
    for name, definition in SCHEMA.items():
        if found.pop(name, None) != definition:
            raise _Broken(f"the definition of {name} was changed")
    if found:
        raise _Broken("there is more in the file than the log")
