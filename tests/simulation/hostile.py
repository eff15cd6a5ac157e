"""What no honest gate sends: each must be told to somebody, or change nothing."""

import random
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from egate.central.alarms import AlarmKind
from egate.domain.evidence.chain import FIRST, ChainLink, link_hash, signed_message
from egate.wire.v1 import crossing_pb2 as wire
from tests.simulation.centre import CallRefused, Centre
from tests.simulation.gate import Gate
from tests.simulation.identities import StationKey
from tests.simulation.world import World

_PUT: Final = "/dip.egate.v1.CrossingService/PutBatch"
_OF_FORKS: Final = (
    AlarmKind.NUMBER_USED_TWICE,
    AlarmKind.CHAIN_BROKEN,
    AlarmKind.STATION_BEHIND,
    AlarmKind.REPLAYED_RECORD,
)


class Attacker:
    """Has read what a gate sent, and has its key at times.

    Args:
        world: of the day.
        centre: that is called.
        gates: whose records are misused.

    """

    def __init__(self, world: World, centre: Centre, gates: list[Gate]) -> None:
        self._world, self._centre, self._gates = world, centre, gates
        self._chance: random.Random = world.chance("attacker")
        self._ways: Mapping[str, Callable[[Gate, wire.CrossingRecord], Any]] = {
            "again": self._again,
            "other content": self._other_content,
            "another's name": self._foreign,
            "number used twice": self._twin,
            "wrong signature": self._wrong_signature,
        }
        self.made: set[UUID] = set()
        """Records of no traveller."""

    def act(self) -> None:
        """Misuse some record that is at the centre, if there is one."""
        stored = list(self._centre.tables.crossings.values())
        if not stored or not self._centre.process.alive:
            return
        record = wire.CrossingRecord.FromString(self._chance.choice(stored)["payload"])
        gate = next(each for each in self._gates if each.id == record.gate_id)
        way = self._chance.choice(list(self._ways))
        self._world.note("attacker", f"{way}: {record.gate_id} {record.gate_seq}")
        self._ways[way](gate, record)

    def forks(self, gate: Gate) -> None:
        """Expect what a number that is given twice may lead to."""
        self._centre.causes |= {(kind, gate.id) for kind in _OF_FORKS}

    def _again(self, gate: Gate, record: wire.CrossingRecord) -> None:
        place = record.gate_id, record.gate_seq
        row = self._centre.tables.links[place][0]
        link = ChainLink(row["previous"], row["signature"], row["key_id"])
        self._send(gate.key.certificate, record, link)

    def _other_content(self, gate: Gate, record: wire.CrossingRecord) -> None:
        record.findings.append("FORGED")
        self._send(gate.key.certificate, record, None, (AlarmKind.REPLAYED_RECORD, gate.id))

    def _foreign(self, gate: Gate, record: wire.CrossingRecord) -> None:
        other = next(each for each in self._gates if each is not gate)
        certificate = other.key.certificate
        self._send(certificate, record, None, (AlarmKind.FOREIGN_RECORD, other.id))

    def _twin(self, gate: Gate, record: wire.CrossingRecord) -> None:
        """Make the gate's next record with its own key, as a copy of the gate would."""
        self._made_up(gate, record, gate.key)

    def _wrong_signature(self, gate: Gate, record: wire.CrossingRecord) -> None:
        self._made_up(gate, record, StationKey(900), (AlarmKind.SIGNATURE_WRONG, gate.id))

    def _made_up(
        self,
        gate: Gate,
        record: wire.CrossingRecord,
        key: StationKey,
        expected: tuple[str, str] | None = None,
    ) -> None:
        self.forks(gate)
        number = max(self._centre.tables.numbers[gate.id]) + self._chance.choice((1, 2))
        before = self._centre.tables.links.get((gate.id, number - 1), ())
        previous = before[0]["link"] if before else FIRST
        crossing_id = UUID(int=UUID(record.crossing_id).int ^ self._chance.randrange(1, 1 << 30))
        self.made.add(crossing_id)
        record.crossing_id, record.gate_seq = str(crossing_id), number
        link = link_hash(gate.id, number, previous, record.SerializeToString())
        signature = key.sign(signed_message(link))
        self._send(
            gate.key.certificate, record, ChainLink(previous, signature, key.key_id), expected
        )

    def _send(
        self,
        certificate: bytes,
        record: wire.CrossingRecord,
        link: ChainLink | None,
        expected: tuple[str, str] | None = None,
    ) -> None:
        request = wire.PutBatchRequest(records=[record.SerializeToString()])
        if link:
            request.links.add(previous=link.previous, signature=link.signature, key_id=link.key_id)
        if expected:
            self._centre.causes.add(expected)

        async def call() -> None:
            try:
                await self._centre.answer(_PUT, request.SerializeToString(), certificate)
            except CallRefused:
                return  # revoked, or the database is away
            if expected and expected not in self._centre.tables.alarms:
                self._world.broken("centre", f"no alarm {expected[0]} of {expected[1]}")

        self._centre.process.start(call())
