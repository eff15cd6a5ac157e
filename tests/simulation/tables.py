"""The centre's tables in memory, with what each SQL statement of the intake does to them.

`tests/integration/test_simulated_tables.py` holds them against PostgreSQL.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from egate.central import alarms as alarm_statements
from egate.central import gate_sequence, holders, intake, peers, registry, stay_table, store
from egate.central.evidence import keeping

Row = tuple[Any, ...] | dict[str, Any]
Rows = Sequence[Row]
_STAY = (
    "doc_key", "since", "first_id", "entry_id", "entry_at", "exit_id", "exit_at", "kind",
)  # fmt: skip


@dataclass
class Tables:
    """Committed rows, and those of the transaction under way.

    Args:
        utc: seconds since 1970, for ``now()``.
        life: name of the database's life, of which there is one here.

    """

    utc: Callable[[], float]
    life: str = "the only one"
    registry: dict[UUID, bytes] = field(default_factory=dict)
    crossings: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    conflicts: dict[tuple[UUID, bytes], bytes] = field(default_factory=dict)
    numbers: dict[str, frozenset[int]] = field(default_factory=dict)
    """Of each gate, those that came."""
    forks: dict[tuple[str, int, UUID], None] = field(default_factory=dict)
    stays: dict[UUID, dict[tuple[dt.datetime, UUID], dict[str, Any]]] = field(default_factory=dict)
    links: dict[tuple[str, int], tuple[dict[str, Any], ...]] = field(default_factory=dict)
    alarms: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    enrolled: dict[tuple[str, str], None] = field(default_factory=dict)
    certificates: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    revoked: dict[str, dt.datetime] = field(default_factory=dict)
    _undo: list[Callable[[], object]] = field(default_factory=list)
    _position: int = 0

    def put(self, table: dict[Any, Any], key: Any, value: Any) -> None:  # noqa: ANN401
        """Write a row; `roll_back` takes it back."""
        if key in table:
            before = table[key]
            self._undo.append(lambda: table.__setitem__(key, before))
        else:
            self._undo.append(lambda: table.pop(key))
        table[key] = value

    def drop(self, table: dict[Any, Any], key: Any) -> None:  # noqa: ANN401
        if key in table:
            before = table.pop(key)
            self._undo.append(lambda: table.__setitem__(key, before))

    def commit(self) -> None:
        self._undo.clear()

    def roll_back(self) -> None:
        for each in reversed(self._undo):
            each()
        self._undo.clear()

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.utc(), dt.UTC)

    def watermark(self, gate_id: str) -> int:
        came, upto = self.numbers.get(gate_id, frozenset()), 0
        while upto + 1 in came:
            upto += 1
        return upto

    def add_crossing(self, columns: Sequence[str], values: Sequence[Any]) -> None:
        row = dict(zip(columns, values, strict=True))
        if row["crossing_id"] in self.crossings:
            raise asyncpg.UniqueViolationError("crossing")
        self.put(self.crossings, row["crossing_id"], row)

    def add_link(self, columns: Sequence[str], values: Sequence[Any]) -> None:
        self._position += 1
        row = dict(zip(columns, values, strict=True)) | {
            "position": self._position,
            "accepted_at": self.now(),
        }
        place = row["station_id"], row["gate_seq"]
        self.put(self.links, place, (*self.links.get(place, ()), row))


def _now(tables: Tables) -> Rows:
    return [(tables.now(),)]


def _nothing(_: Tables, *__: object) -> Rows:
    return []


def _register(tables: Tables, ids: list[UUID], hashes: list[bytes], *_: object) -> Rows:
    new = []
    for crossing_id, content in zip(ids, hashes, strict=True):
        if crossing_id not in tables.registry:
            tables.put(tables.registry, crossing_id, content)
            new.append((crossing_id,))
    return new


def _known(tables: Tables, ids: list[UUID]) -> Rows:
    return [(each, tables.registry[each]) for each in ids if each in tables.registry]


def _keep_conflict(tables: Tables, crossing_id: UUID, content: bytes, *_: object) -> Rows:
    if (crossing_id, content) not in tables.conflicts:
        tables.put(tables.conflicts, (crossing_id, content), content)
    return []


def _around(tables: Tables, keys: list[UUID], earliest: list[dt.datetime]) -> Rows:
    found: list[Row] = []
    for key, at in zip(keys, earliest, strict=True):
        stays = tables.stays.get(key, {})
        begun = max((since for since, _ in stays if since < at), default=None)
        found += [row for place, row in stays.items() if begun is None or place[0] >= begun]
    return found


def _remove(
    tables: Tables, keys: list[UUID], sinces: list[dt.datetime], firsts: list[UUID]
) -> Rows:
    for key, *place in zip(keys, sinces, firsts, strict=True):
        tables.drop(tables.stays.get(key, {}), tuple(place))
    return []


def _write(tables: Tables, *columns: list[Any]) -> Rows:
    for values in zip(*columns, strict=True):
        row = dict(zip(_STAY, values, strict=False))
        of_document = tables.stays.setdefault(row["doc_key"], {})
        tables.put(of_document, (row["since"], row["first_id"]), row)
    return []


def _note(tables: Tables, gates: list[str], seqs: list[int]) -> Rows:
    sent: dict[str, list[int]] = {}
    for gate_id, seq in zip(gates, seqs, strict=True):
        if gate_id in tables.numbers:
            sent.setdefault(gate_id, []).append(seq)
    found: list[Row] = []
    for gate_id, numbers in sorted(sent.items()):
        before = tables.numbers[gate_id]
        tables.put(tables.numbers, gate_id, before | set(numbers))
        found.append((gate_id, [seq for seq in numbers if seq in before]))
    return found


def _begin(tables: Tables, gates: list[str]) -> Rows:
    for gate_id in gates:
        if gate_id not in tables.numbers:
            tables.put(tables.numbers, gate_id, frozenset())
    return []


def _fork(tables: Tables, gate_id: str, numbers: list[int]) -> Rows:
    for row in list(tables.crossings.values()):
        if row["gate_id"] == gate_id and row["gate_seq"] in numbers:
            tables.put(tables.forks, (gate_id, row["gate_seq"], row["crossing_id"]), None)
    return []


def _neighbours(tables: Tables, stations: list[str], seqs: list[int]) -> Rows:
    return [
        tuple(row[name] for name in _LINK)
        for place in zip(stations, seqs, strict=True)
        for row in tables.links.get(place, ())
    ]


_LINK = (
    "station_id", "gate_seq", "position", "link", "previous", "signature", "key_id", "fault",
)  # fmt: skip


def _mark(tables: Tables, position: int, fault: str) -> Rows:
    for place, rows in tables.links.items():
        if any(row["position"] == position for row in rows):
            marked = [
                row | {"fault": fault} if row["position"] == position else row for row in rows
            ]
            tables.put(tables.links, place, tuple(marked))
            break
    return []


def _raise(tables: Tables, kind: str, subject: str, detail: str) -> Rows:
    times = tables.alarms.get((str(kind), subject), (0, ""))[0] + 1
    tables.put(tables.alarms, (str(kind), subject), (times, detail))
    return [(times,)]


def _watermarks(tables: Tables, gates: list[str]) -> Rows:
    found = [(each, tables.watermark(each)) for each in sorted(gates)]
    return [each for each in found if each[1]]


def _standing(tables: Tables, station: str) -> Rows:
    highest = max(tables.numbers.get(station, ()), default=0)
    if not highest:
        return []
    first = tables.links[station, highest][0]
    link = first["link"] if first["key_id"] else b""
    return [{"gate_seq": highest, "link": link, "key_id": first["key_id"]}]


def _lacked(tables: Tables, station: str, last: int, seconds: float) -> Rows:
    before = tables.now() - dt.timedelta(seconds=seconds)
    beyond = (
        row
        for (of, number), rows in tables.links.items()
        if of == station and number > last
        for row in rows
    )
    return [(1,)] if any(row["accepted_at"] < before for row in beyond) else []


def _life(tables: Tables, station: str) -> Rows:
    return [{"database_life": tables.life, "watermark": tables.watermark(station)}]


def _enrolled(tables: Tables) -> Rows:
    return list(tables.enrolled)


def _revoked(tables: Tables) -> Rows:
    return list(tables.revoked.items())


def _note_certificate(
    tables: Tables, serial: str, _: str, name: str, __: dt.datetime, certificate: bytes
) -> Rows:
    if serial not in tables.certificates:
        tables.put(tables.certificates, serial, (name, certificate))
    return []


def _certificates(tables: Tables, name: str) -> Rows:
    return [(each,) for holder, each in tables.certificates.values() if holder == name]


ANSWERS: Mapping[str, Callable[..., Rows]] = {
    "SELECT now()": _now,
    registry._REGISTER: _register,
    registry._KNOWN: _known,
    intake._KEEP_CONFLICT: _keep_conflict,
    holders._HOLDERS: _nothing,  # no document here follows another
    stay_table._SHARE: _nothing,  # one transaction at a time
    stay_table._LOCK: _nothing,
    stay_table._AROUND: _around,
    stay_table._REMOVE: _remove,
    stay_table._WRITE: _write,
    gate_sequence._NOTE: _note,
    gate_sequence._BEGIN: _begin,
    gate_sequence._FORK: _fork,
    keeping._NEIGHBOURS: _neighbours,
    keeping._MARK: _mark,
    alarm_statements._RAISE: _raise,
    store._WATERMARKS: _watermarks,
    store._STANDING: _standing,
    store._LACKED: _lacked,
    store._LIFE: _life,
    peers._ENROLLED: _enrolled,
    peers._REVOKED: _revoked,
    peers._NOTE: _note_certificate,
    peers._CERTIFICATES: _certificates,
}
"""What each statement means; one that is not here has no meaning, and fails the day."""
