"""What must hold at the end of a day, whatever happened on it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from cryptography import x509

from egate.central.alarms import AlarmKind
from egate.central.evidence.links import Link
from egate.central.evidence.signatures import is_signed_by, keys_of
from egate.central.stays import Movement, opening_direction, pair
from egate.domain.evidence.chain import link_hash_of_digest
from egate.domain.record import Direction
from egate.outbox.chain_audit import ChainAudit
from egate.wire.v1 import crossing_pb2 as wire
from tests.simulation.centre import Centre
from tests.simulation.gate import Gate
from tests.simulation.tables import Tables

_DIRECTIONS = {1: Direction.ENTRY, 2: Direction.EXIT}
_DECIDED = {
    wire.CROSSING_STATUS_COMPLETED: wire.VERDICT_ADMIT,
    wire.CROSSING_STATUS_REFERRED: wire.VERDICT_REFER,
}
"""All other sessions were cut short, before their decision or after it."""


def broken(centre: Centre, gates: Sequence[Gate], made_up: set[UUID]) -> Iterator[str]:
    """Give each law that the end of the day breaks.

    Args:
        centre: of the day.
        gates: all of them, with nothing under way.
        made_up: records of no traveller.

    """
    tables = centre.tables
    for gate in gates:
        yield from _of_sessions(gate, tables, made_up)
        yield from _of_chain(gate)
    yield from _of_numbers(centre)
    yield from _of_links(tables)
    yield from _of_stays(tables)
    for kind, subject in sorted(tables.alarms.keys() - centre.causes):
        yield f"alarm without cause: {kind} of {subject}"


def _of_sessions(gate: Gate, tables: Tables, made_up: set[UUID]) -> Iterator[str]:
    here = {
        str(each["crossing_id"]): each
        for each in tables.crossings.values()
        if each["gate_id"] == gate.id
    }
    owed = gate.begun | gate.acknowledged.keys()
    for session in sorted(owed - gate.forgotten - here.keys()):
        yield f"{gate.id}: session {session} has no record at the centre"
    for session in sorted(here.keys() - gate.posted - set(map(str, made_up))):
        yield f"{gate.id}: record {session} of no session"
    for session, row in here.items():
        if row["verdict"] != _DECIDED.get(row["status"], row["verdict"]):
            yield f"{gate.id}: session {session} ended without a verdict"
        said = gate.acknowledged.get(session, row["verdict"])
        if said != row["verdict"] and session not in gate.forgotten:
            yield f"{gate.id}: session {session} has another verdict at the centre"
    with gate.disk.acts.unnoticed():
        aside = gate.outbox.backlog().set_aside
    if aside and not gate.forgotten:
        yield f"{gate.id}: {aside} records were refused"


def _of_chain(gate: Gate) -> Iterator[str]:
    audit = ChainAudit(gate.disk, gate.id)
    with gate.disk.acts.unnoticed():
        while audit.look(1000):
            pass
    if audit.found:
        yield f"{gate.id}: its chain: {audit.found.gate_seq} {audit.found.fault}"


def _of_numbers(centre: Centre) -> Iterator[str]:
    tables = centre.tables
    given = Counter((each["gate_id"], each["gate_seq"]) for each in tables.crossings.values())
    for (gate_id, number), times in sorted(given.items()):
        if times > 1 and (AlarmKind.NUMBER_USED_TWICE, gate_id) not in tables.alarms:
            yield f"{gate_id}: number {number} was used twice, and nobody is told"
    for gate_id, numbers in tables.numbers.items():
        if numbers != {number for gate, number in given if gate == gate_id}:
            yield f"{gate_id}: the numbers noted are not those of its records"
        if tables.watermark(gate_id) < centre.answered.get(gate_id, 0):
            yield f"{gate_id}: the watermark went back"


def _of_links(tables: Tables) -> Iterator[str]:
    keys = {
        name: keys_of(
            x509.load_der_x509_certificate(each)
            for holder, each in tables.certificates.values()
            if holder == name
        )
        for name in tables.numbers
    }
    for (gate_id, number), rows in tables.links.items():
        for row in rows:
            made = link_hash_of_digest(gate_id, number, row["previous"], row["digest"])
            link = Link(made, row["previous"], row["signature"], row["key_id"])
            told = (AlarmKind.SIGNATURE_WRONG, gate_id) in tables.alarms
            if row["link"] != made or not (told or is_signed_by(keys[gate_id], link)):
                yield f"{gate_id}: the link of {number} is wrong, and nobody is told"


def _of_stays(tables: Tables) -> Iterator[str]:
    """Give what differs from the pure function of all records of a document."""
    movements: dict[UUID, set[Movement]] = {}
    states: dict[UUID, str] = {}
    for row in tables.crossings.values():
        if row["status"] == wire.CROSSING_STATUS_COMPLETED and row["issuing_state"]:
            one = Movement(row["occurred_at"], row["crossing_id"], _DIRECTIONS[row["direction"]])
            movements.setdefault(row["doc_key"], set()).add(one)
            states[row["doc_key"]] = row["issuing_state"]
    for key in movements.keys() | tables.stays.keys():
        wanted = {
            (stay.first.at, stay.first.crossing_id): (
                stay.entry and stay.entry.crossing_id,
                stay.exit and stay.exit.crossing_id,
                stay.kind,
            )
            for stay in pair(movements.get(key, ()), opening_direction(states.get(key, "")))
        }
        found = {
            place: (row["entry_id"], row["exit_id"], row["kind"])
            for place, row in tables.stays.get(key, {}).items()
        }
        if wanted != found:
            yield f"the stays of document {key.hex[:8]} are not those of its records"
