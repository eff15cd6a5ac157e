"""A centre's lists in a folder, and a gate that takes them by clocks that a test sets."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from egate.domain.evidence import TravelDocument
from egate.domain.policy.policy import Policy
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.gate.background.listed import ListPlan, ListsAtGate
from egate.gate.background.subject import BackgroundSubject
from egate.gate.clocks import Clocks
from egate.lists.freshness import Freshness, sign_freshness
from egate.lists.keeper import Pinned, read_manifest
from egate.lists.kinds import ListKind
from egate.lists.source import SourceRow
from egate.ports.lists import ListsAway, OfferedList, PartOf
from tests.gate_samples import DOCUMENT, POLICY, SESSION_ID
from tests.list_samples import KEY, NOW, SIGNER, Versions

PINNED = Pinned(SIGNER.public_key(), KEY)
ALL = tuple(ListKind)
REQUIRED = frozenset(ListKind) - {ListKind.INFO}
LISTED = replace(DOCUMENT, document_code="P", issuing_state="BGD", document_number="A0123456")


class Times:
    """Both clocks of a gate; a test lets the time pass, or sets the time of day."""

    def __init__(self, at: dt.datetime = NOW) -> None:
        self.monotonic = 1000.0
        self.utc = at.timestamp()
        self.clocks = Clocks(lambda: self.monotonic, lambda: self.utc)

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.utc, dt.UTC)

    def pass_by(self, seconds: float) -> None:
        self.monotonic += seconds
        self.utc += seconds


@dataclass
class Offers:
    """The centre's lists; implements ``ListOffers``.

    Args:
        folder: where they are published.
        times: of the centre.

    """

    folder: Path
    times: Times
    away: bool = False
    answers: int = 0
    """Lists that were answered about, and polls that nobody answered."""
    parts: list[PartOf] = field(default_factory=list)
    instead: dict[str, OfferedList] = field(default_factory=dict)
    parts_left: int | None = None
    """How many parts still come, then the line breaks; None for all."""

    def publish(
        self, kind: ListKind, *rows: SourceRow, valid: dt.timedelta = dt.timedelta(days=3)
    ) -> Path:
        """Publish a version of these rows, and return its folder."""
        return Versions(self.folder, kind).publish(rows, self.times.now, valid)

    def publish_all(self, kinds: Sequence[ListKind] = ALL) -> None:
        """Publish an empty first version of each list."""
        for kind in kinds:
            self.publish(kind)

    def offer(self, name: str, have: int) -> OfferedList:
        """Return what leads from version ``have`` to the newest, deltas where there are any."""
        places = sorted((self.folder / name).glob("[0-9]*"))
        newest = int(places[-1].name)
        deltas = [place / "delta" for place in places if int(place.name) > have > 0]
        sources = deltas if have else [places[-1] / "snapshot"]
        return OfferedList(
            name, self.freshness(name, newest), tuple(read_manifest(each) for each in sources)
        )

    def freshness(self, name: str, version: int) -> bytes:
        at = self.times.now.replace(microsecond=0)
        return sign_freshness(Freshness(ListKind(name), version, at), SIGNER)

    async def versions(self, have: Mapping[str, int]) -> tuple[OfferedList, ...]:
        if self.away:
            self.answers += 1
            raise ListsAway("away")
        made = [name for name in have if (self.folder / name).is_dir()]
        self.answers += len(made)
        return tuple(self.instead.get(name) or self.offer(name, have[name]) for name in made)

    async def part(self, part: PartOf) -> bytes:
        if self.away or self.parts_left == 0:
            raise ListsAway("away")
        if self.parts_left is not None:
            self.parts_left -= 1
        self.parts.append(part)
        form = "delta" if part.is_delta else "snapshot"
        file = self.folder / part.name / f"{part.version:016}" / form / part.file
        return file.read_bytes()[part.offset :][: part.length]


@dataclass
class Gate:
    """The lists of a gate, and when it asks for newer ones: when a test says so."""

    lists: ListsAtGate
    offers: Offers
    times: Times
    turn: asyncio.Event
    """Set, it lets the gate ask once."""
    pauses: list[float]
    dealt_with: int = 0

    def count(self) -> None:
        self.dealt_with += 1

    async def polled(self) -> None:
        """Let the gate ask once, and return when it has dealt with the answer."""
        self.turn.set()
        await self.settled(self.offers.answers)

    async def settled(self, before: int) -> None:
        """Wait until the answers after the first ``before`` are dealt with."""
        await until(lambda: self.offers.answers > before and self.dealt_with == self.offers.answers)

    async def check(
        self, document: TravelDocument = LISTED, direction: Direction = Direction.EXIT
    ) -> Mapping[str, tuple[str, str]]:
        """Return outcome and detail of each check."""
        at = UtcSeconds(self.times.utc)
        subject = BackgroundSubject(SESSION_ID, document, direction, "BDDAC", at)
        evidence = await self.lists.check(subject)
        return {each.check_id.name: (each.outcome.name, each.detail) for each in evidence.checks}

    def version(self, kind: ListKind) -> int:
        return {each.name: each.version for each in self.lists.status()}.get(kind, 0)

    def trouble(self, kind: ListKind) -> str:
        return {each.name: each.trouble for each in self.lists.status()}[kind]

    def age(self, kind: ListKind) -> float | None:
        return {each.name: each.age_seconds for each in self.lists.status()}[kind]


@asynccontextmanager
async def gate_of(
    folder: Path,
    offers: Offers,
    *,
    policy: Policy = POLICY,
    required: frozenset[ListKind] = REQUIRED,
) -> AsyncIterator[Gate]:
    """The lists of a gate in ``folder`` that ask ``offers`` inside the block."""
    async with still_gate_of(folder, offers, policy=policy, required=required) as gate:
        offers.answers = 0
        gate.lists.on_change(gate.count)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(gate.lists.run())
            try:
                await gate.settled(0)
                yield gate
            finally:
                running.cancel()


@asynccontextmanager
async def still_gate_of(
    folder: Path,
    offers: Offers,
    *,
    policy: Policy = POLICY,
    required: frozenset[ListKind] = REQUIRED,
) -> AsyncIterator[Gate]:
    """The same, to be run by somebody else."""
    times = offers.times
    turn = asyncio.Event()

    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await turn.wait()
        turn.clear()

    plan = ListPlan(folder, PINNED, required, 360)
    lists = await ListsAtGate.opened(plan, offers, times.clocks, lambda: policy, sleep=sleep)
    yield Gate(lists, offers, times, turn, pauses)
    lists.close()


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - there is no event for every condition
            await asyncio.sleep(0.002)
