"""Lists published by the centre in the course of a day, and what gates take in of them.

Versions are signed once a process and published when the seed says so. What a gate is offered is
at times an old version, a forged one, or one that is torn on its way.
"""

import asyncio
import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from egate.central.lists.shelf import NotKept, Shelf
from egate.domain.evidence import ListUsed
from egate.gate.background.held_list import HeldList
from egate.gate.background.list_fetching import ListFetching
from egate.gate.clocks import Clocks
from egate.lists.freshness import Freshness, sign_freshness
from egate.lists.keeper import read_manifest
from egate.lists.manifest import verified_manifest
from egate.ports.lists import ListsAway, OfferedList, PartOf
from tests.list_samples import KIND, SIGNER, Versions, gate, row
from tests.simulation.network import Line
from tests.simulation.processes import Process
from tests.simulation.world import BEGUN, World

STAGES: Final = 5
"""Versions that come in a day, one after the other."""
_RARER: Final = 80
"""A gate asks every 15 s; every 20 minutes is enough to see the same."""
TAKEN_SECONDS: Final = 2700.0
"""In which each gate has the newest version when nothing is amiss any more."""
_FIRST_MADE: Final = dt.datetime.fromtimestamp(BEGUN, dt.UTC) - dt.timedelta(hours=6)
_ODD: Final = 0.1
_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
IN_MEMORY: Final = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
"""Where files cost least; what a disk does to them is tried elsewhere."""


class Published:
    """All versions of the day, and the centre's shelf as it was after each."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="simulated-lists-", dir=IN_MEMORY)
        made = Versions(Path(self._folder.name) / "made")
        self.shelves: list[Shelf] = []
        self.signed: set[str] = set()
        """SHA-256 of the manifests that were signed."""
        for stage in range(1, STAGES + 1):
            rows = [row(f"P{number:05}", f"E-{number}") for number in range(3 * stage)]
            made.publish(rows, _FIRST_MADE + dt.timedelta(minutes=stage), dt.timedelta(days=9))
            kept = Path(self._folder.name) / f"stage-{stage}"
            shutil.copytree(made.folder, kept)
            shelf = Shelf(kept, SIGNER.public_key())
            shelf.refresh(KIND)
            self.shelves.append(shelf)
            for form in (kept / KIND / f"{stage:016}").iterdir():
                raw = verified_manifest(read_manifest(form), SIGNER.public_key()).to_json()
                self.signed.add(hashlib.sha256(raw).hexdigest())


@lru_cache(maxsize=1)
def published() -> Published:
    return Published()


class CentresLists:
    """Which version is the newest now."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.version = 1
        self.odd = _ODD
        """Of all offers and pieces: for each way in which one can be wrong."""

    def publish(self) -> None:
        self.version = min(self.version + 1, STAGES)
        self._world.note("centre", f"list version {self.version}")


class Offers:
    """What one gate is offered; a ``ListOffers``.

    Args:
        world: of the day.
        line: of the gate.
        centre: what is published.

    """

    def __init__(self, world: World, line: Line, centre: CentresLists) -> None:
        self._world, self._line, self._centre = world, line, centre
        self._chance = world.chance("lists of " + line.name)

    async def versions(self, have: Mapping[str, int]) -> tuple[OfferedList, ...]:
        await self._way()
        newest = self._centre.version
        older = self._chance.randint(1, newest)
        match self._chance.random():
            case drawn if drawn < self._centre.odd:  # somebody offers what was the newest once
                offered = self._offered(older, 0)
            case drawn if drawn < 2 * self._centre.odd:
                offered = self._forged(self._offered(newest, have[KIND]))
            case drawn if drawn < 3 * self._centre.odd:  # a copy of the centre that is behind
                offered = self._offered(older, have[KIND])
            case _:
                offered = self._offered(newest, have[KIND])
        return (offered,)

    async def part(self, part: PartOf) -> bytes:
        await self._way()
        try:
            content = published().shelves[self._centre.version - 1].read(part)
        except NotKept:
            raise ListsAway("not kept") from None
        if self._chance.random() < self._centre.odd:
            return content[:-1] + bytes([content[-1] ^ 1])
        return content

    def _offered(self, version: int, have: int) -> OfferedList:
        offered = published().shelves[version - 1].offered(KIND, have)
        assert offered
        if self._chance.random() > _ODD:
            return offered
        as_of = dt.datetime.fromtimestamp(int(self._world.utc), dt.UTC)
        return replace(offered, freshness=sign_freshness(Freshness(KIND, version, as_of), SIGNER))

    def _forged(self, offered: OfferedList) -> OfferedList:
        spoilt = tuple(raw[:-1] + bytes([raw[-1] ^ 1]) for raw in offered.manifests)
        return replace(offered, manifests=spoilt)

    async def _way(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.01, 2))
        weather = self._line.weather
        if not (weather.there and weather.back) or self._chance.random() < weather.lost:
            raise ListsAway("nothing comes")


class GateLists:
    """The list of one gate, over all lives of its process.

    Args:
        world: of the day.
        folder: of the gate.
        line: of the gate.
        centre: what is published.

    """

    def __init__(self, world: World, folder: Path, line: Line, centre: CentresLists) -> None:
        self._world, self._name = world, line.name
        self._keeper = gate(folder)
        self._offers = Offers(world, line, centre)
        self._held: HeldList | None = None
        self.newest = 0
        """The greatest version that was ever in force here."""

    def start(self, process: Process, clocks: Clocks) -> None:
        self._held = HeldList.opened(self._keeper, clocks)
        fetching = ListFetching((self._held,), {KIND}, self._offers, sleep=_sleep_longer)
        fetching.on_change(self._watch)
        process.start(fetching.run())
        self._watch()

    def end(self) -> None:
        if self._held:
            self._held.close()

    def named(self) -> tuple[ListUsed, ...]:
        """Return what is in force as records name it, but for the hash of its manifest.

        Rows are sealed with fresh nonces, so that hash is another one in every process.
        """
        return tuple(replace(each, sha256=f"{each.version:064x}") for each in self._used())

    def _used(self) -> tuple[ListUsed, ...]:
        if self._held is None:
            return ()
        with self._held.asked() as now:
            return (now.used,) if now.used else ()

    def _watch(self) -> None:
        """See that what is in force was signed, and never goes back."""
        version = self._held.version if self._held else 0
        if version < self.newest:
            self._world.broken(self._name, f"list version {version} after {self.newest}")
        if any(each.sha256 not in published().signed for each in self._used()):
            self._world.broken(self._name, f"list version {version} is not what was signed")
        if version > self.newest:
            self._world.note(self._name, f"list version {version} in force")
        self.newest = max(self.newest, version)


async def _sleep_longer(seconds: float) -> None:
    await asyncio.sleep(_RARER * seconds)
