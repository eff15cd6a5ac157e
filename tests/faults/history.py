"""Random clients of a centre, and what they were answered.

Each gate is several clients at once: some of their calls are cancelled, some of their lines
flap, they send records again, split otherwise, and at times a known id with other content.
Readers count meanwhile. Every call is written down with when it began and ended, so that
`tests.faults.anomalies` can say what no centre may have answered.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import grpc
from grpc import aio

from egate.reporting.channel import MAX_RECORDS
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.mapping import encode
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from tests.centre_harness import Centre, record
from tests.faults.wire import Wire

_DEADLINE_SECONDS = 2.0
_LONGEST_FLAP_SECONDS = 0.6
_OTHER_CONTENT = 0.05
"""Of records that are sent again."""
_RUSH_SECONDS = 1.0
"""From the beginning of one rush to that of the next."""

Record = tuple[int, int]
"""Its number at its gate, and which of two contents it has."""


@dataclass(frozen=True, slots=True)
class Put:
    """A batch: what each record came to, None for all when nothing is known."""

    gate: int
    begun: float
    ended: float
    sent: tuple[Record, ...]
    reasons: tuple[str, ...] | None = None
    """Of each record, "" when it was accepted."""
    watermark: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records of a gate a reader was told of."""

    gate: int
    begun: float
    ended: float
    total: int


@dataclass
class History:
    puts: list[Put] = field(default_factory=list)
    counts: list[Counted] = field(default_factory=list)
    stored: dict[int, dict[int, int]] = field(default_factory=dict)
    """At the end: gate to number to content."""

    @property
    def lost_calls(self) -> int:
        return sum(put.reasons is None for put in self.puts)


def gate_id(gate: int) -> str:
    return f"BDDAC-H-{gate:02}"


def crossing_id(gate: int, number: int) -> str:
    return f"0197f000-0000-7000-8{gate:03x}-{number:012x}"


def _payload(gate: int, one: Record) -> bytes:
    number, content = one
    return encode(
        record(
            number,
            crossing_id=crossing_id(gate, number),
            gate_id=gate_id(gate),
            findings=(f"CONTENT.{content}",),
        )
    )


class _Rushes:
    """When clients call: as fast as they can in a ``share`` of each second, all in the same.

    With little of the machine calls still meet one another, which a pause after each prevents.
    """

    def __init__(self, seconds: float, share: float) -> None:
        self._now = asyncio.get_running_loop().time
        self._begun = self._now()
        self._seconds = seconds
        self._rush = share * _RUSH_SECONDS

    async def go_on(self) -> bool:
        """Wait until it is time to call; False when it is over."""
        passed = self._now() - self._begun
        if (into := passed % _RUSH_SECONDS) >= self._rush:
            await asyncio.sleep(_RUSH_SECONDS - into)
        return passed < self._seconds


class _Gate:
    """One gate's clients, who know what any of them has sent."""

    def __init__(self, gate: int, history: History, seed: int) -> None:
        self.gate = gate
        self.history = history
        self.made = 0
        self.chance = random.Random(f"{seed} {gate}")

    async def send(self, link: Link, rushes: _Rushes) -> None:
        while await rushes.go_on():
            await self.put(link, tuple(self._some()))

    def _some(self) -> Iterator[Record]:
        """Give new records, and some of before again."""
        for _ in range(self.chance.randrange(0 if self.made else 1, 4)):
            self.made += 1
            yield self.made, 0
        for _ in range(self.chance.randrange(1, 4)):
            number = self.chance.randint(max(1, self.made - 30), self.made)
            yield number, int(self.chance.random() < _OTHER_CONTENT)

    async def put(self, link: Link, sent: tuple[Record, ...]) -> None:
        now = asyncio.get_running_loop().time
        begun = now()
        patience = self.chance.choice((_DEADLINE_SECONDS, _DEADLINE_SECONDS, 0.004))
        request = wire.PutBatchRequest(records=[_payload(self.gate, one) for one in sent])
        try:
            async with asyncio.timeout(patience):
                stub = wire_grpc.CrossingServiceStub(await link.channel())
                answer = await stub.PutBatch(request, timeout=_DEADLINE_SECONDS)
        except (aio.AioRpcError, TimeoutError) as error:
            if isinstance(error, aio.AioRpcError) and error.code() not in _UNKNOWN:
                raise
            self.history.puts.append(Put(self.gate, begun, now(), sent))
            await asyncio.sleep(0.01)
            return
        reasons = _reasons(self.gate, sent, answer)
        self.history.puts.append(Put(self.gate, begun, now(), sent, reasons, answer.watermark))

    async def send_what_is_not_known(self, link: Link) -> None:
        known = {
            one
            for put in self.history.puts
            if put.gate == self.gate and put.reasons is not None
            for one in put.sent
        }
        left = [(number, 0) for number in range(1, self.made + 1) if (number, 0) not in known]
        for at in range(0, len(left), MAX_RECORDS):
            await self.put(link, tuple(left[at : at + MAX_RECORDS]))


_UNKNOWN = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})


def _reasons(gate: int, sent: Sequence[Record], answer: wire.PutBatchResponse) -> tuple[str, ...]:
    refused = {each.index: each.reason for each in answer.refused}
    accepted = set(answer.accepted)
    return tuple(
        refused.get(at) or ("" if crossing_id(gate, number) in accepted else "not answered")
        for at, (number, _) in enumerate(sent)
    )


async def _count(link: Link, gate: int, history: History, rushes: _Rushes) -> None:
    now = asyncio.get_running_loop().time
    while await rushes.go_on():
        begun = now()
        stub = wire_grpc.CrossingServiceStub(await link.channel())
        request = wire.ListCrossingsRequest(gate_id=gate_id(gate), limit=1)
        answer = await stub.ListCrossings(request, timeout=30)
        history.counts.append(Counted(gate, begun, now(), answer.total))
        await asyncio.sleep(0.02)


async def random_history(
    centre: Centre, gates: int, seconds: float, seed: int, share: float = 1.0
) -> History:
    """Let clients of a centre call, and return what they were answered.

    Args:
        centre: that runs, without records of these gates.
        gates: how many, with three clients and a reader each.
        seconds: for so long.
        seed: of what they do.
        share: of each second in which they call.

    """
    history = History()
    rushes = _Rushes(seconds, share)
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(Wire(centre.at.grpc, seed))
        reader = await stack.enter_async_context(centre.linked("officer", "SB-1107"))
        made = [_Gate(gate, history, seed) for gate in range(1, gates + 1)]
        ways = [
            [
                await stack.enter_async_context(_linked(address, centre, each))
                for address in (line.address, centre.at.grpc, centre.at.grpc)
            ]
            for each in made
        ]
        async with asyncio.TaskGroup() as tasks:
            flapping = tasks.create_task(line.flap(_LONGEST_FLAP_SECONDS))
            calling = [
                tasks.create_task(each.send(link, rushes))
                for each, links in zip(made, ways, strict=True)
                for link in links
            ]
            calling += [
                tasks.create_task(_count(reader, each.gate, history, rushes)) for each in made
            ]
            await asyncio.wait(calling)
            flapping.cancel()
        for each, links in zip(made, ways, strict=True):
            await each.send_what_is_not_known(links[-1])
            history.stored[each.gate] = await _stored(centre, each.gate)
    return history


@asynccontextmanager
async def _linked(address: str, centre: Centre, gate: _Gate) -> AsyncIterator[Link]:
    link = Link(address, centre.tls("gate", gate_id(gate.gate)), Role.CENTRE)
    try:
        yield link
    finally:
        await link.close()


async def _stored(centre: Centre, gate: int) -> dict[int, int]:
    found = await centre.records(gate_id(gate))
    stored = {each.gate_seq: int(each.findings[0][-1]) for each in found}
    assert len(stored) == len(found), "a number is there twice"
    return stored
