"""Random clients of a centre, and what a model of its interface allows it to have answered.

Each gate is several clients at once: some of their calls are cancelled, some of their lines
flap, they send records again, split otherwise, and at times a known id with other content.
Readers count meanwhile. Every call is written down with when it began and ended; `anomalies`
says what no centre could answer that stores each record at most once and forgets none.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

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


class _Gate:
    """One gate's clients, who know what any of them has sent."""

    def __init__(self, gate: int, history: History, seed: int) -> None:
        self.gate = gate
        self.history = history
        self.made = 0
        self.chance = random.Random(f"{seed} {gate}")

    async def send(self, link: Link, until: float) -> None:
        while asyncio.get_running_loop().time() < until:
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


async def _count(link: Link, gate: int, history: History, until: float) -> None:
    now = asyncio.get_running_loop().time
    while (begun := now()) < until:
        stub = wire_grpc.CrossingServiceStub(await link.channel())
        request = wire.ListCrossingsRequest(gate_id=gate_id(gate), limit=1)
        answer = await stub.ListCrossings(request, timeout=30)
        history.counts.append(Counted(gate, begun, now(), answer.total))
        await asyncio.sleep(0.02)


async def random_history(centre: Centre, gates: int, seconds: float, seed: int) -> History:
    """Let the clients of so many gates call for so long, and return what they were answered."""
    history = History()
    until = asyncio.get_running_loop().time() + seconds
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
                tasks.create_task(each.send(link, until))
                for each, links in zip(made, ways, strict=True)
                for link in links
            ]
            calling += [
                tasks.create_task(_count(reader, each.gate, history, until)) for each in made
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


def anomalies(history: History) -> list[str]:
    """Return what no centre may answer, one line each."""
    wrong: list[str] = []
    for gate in sorted({put.gate for put in history.puts}):
        puts = [put for put in history.puts if put.gate == gate]
        counts = [each for each in history.counts if each.gate == gate]
        stored = history.stored.get(gate, {})
        wrong += [f"gate {gate}: {each}" for each in _of_records(puts, stored)]
        wrong += [f"gate {gate}: {each}" for each in _of_counts(puts, counts)]
        wrong += [f"gate {gate}: {each}" for each in _of_watermarks(puts)]
    return wrong


def _of_records(puts: Sequence[Put], stored: Mapping[int, int]) -> Iterator[str]:
    first_sent: dict[Record, float] = {}
    for put in puts:
        for one in put.sent:
            first_sent[one] = min(first_sent.get(one, put.begun), put.begun)
    for number, content in stored.items():
        if (number, content) not in first_sent:
            yield f"{number} is there and was never sent"
    for put in puts:
        for one, reason in zip(put.sent, put.reasons or (), strict=False):
            other = first_sent.get((one[0], 1 - one[1]), put.ended)
            is_stored = stored.get(one[0]) == one[1]
            if said := _of_reason(reason, is_stored=is_stored, is_first=other >= put.ended):
                yield f"{one[0]} {said}"


def _of_reason(reason: str, *, is_stored: bool, is_first: bool) -> str:
    match reason:
        case "":
            return "" if is_stored else "was accepted and is not there as it was sent"
        case "conflict" if is_stored:
            return "was refused and is there"
        case "conflict":
            return "was refused before anything else was sent with its id" if is_first else ""
        case _:
            return f"was refused: {reason}"


def _accepted_before(puts: Sequence[Put], moment: float) -> set[int]:
    return {
        number
        for put in puts
        if put.ended <= moment and put.reasons is not None
        for (number, _), reason in zip(put.sent, put.reasons, strict=True)
        if not reason
    }


def _sent_before(puts: Sequence[Put], moment: float) -> set[int]:
    return {number for put in puts if put.begun < moment for number, _ in put.sent}


def _of_counts(puts: Sequence[Put], counts: Sequence[Counted]) -> Iterator[str]:
    for each in counts:
        least = len(_accepted_before(puts, each.begun))
        most = len(_sent_before(puts, each.ended))
        if not least <= each.total <= most:
            yield f"{each.total} were counted, and there were {least} to {most}"
    for before, after in pairwise(sorted(counts, key=lambda each: each.begun)):
        if before.ended <= after.begun and after.total < before.total:
            yield f"{before.total} were counted, and later {after.total}"


def _of_watermarks(puts: Sequence[Put]) -> Iterator[str]:
    for put in puts:
        if put.reasons is None:
            continue
        least = _whole(_accepted_before(puts, put.begun))
        most = _whole(_sent_before(puts, put.ended))
        if not least <= put.watermark <= most:
            yield f"all to {put.watermark} were said to be there, and that is {least} to {most}"


def _whole(numbers: set[int]) -> int:
    """Return up to which number none is missing."""
    last = 0
    while last + 1 in numbers:
        last += 1
    return last
