"""Asks the centre for newer lists, again and again, and takes in what is signed.

Each list has a taker of its own: an offload must not wait until millions of numbers are there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Set
from typing import Final

from egate.gate.background.held_list import HeldList
from egate.lists.errors import ListRefused
from egate.lists.incoming import Incoming
from egate.lists.kinds import ListKind
from egate.observability.logging import logger
from egate.ports.lists import ListOffers, ListsAway, OfferedList, PartOf

POLL_SECONDS: Final = 15.0
"""An offload must reach every port within a minute (domain of exit bans and offloads)."""
_FIRST_SECONDS: Final = 1.0
"""While a list is missing without which the lane cannot serve."""


class ListFetching:
    """Keeps all lists of a gate as new as the centre's.

    Args:
        lists: in use.
        required: without which the lane cannot serve.
        offers: the centre's.
        sleep: waits so many seconds.

    """

    def __init__(
        self,
        lists: Sequence[HeldList],
        required: Set[ListKind],
        offers: ListOffers,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._lists = tuple(lists)
        self._required = required
        self._offers = offers
        self._sleep = sleep
        self._takers = {each.kind.value: _Taker(each, offers, self._changed) for each in lists}
        self._listener: Callable[[], None] = lambda: None
        self._is_away = False

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when a version or an age is another."""
        self._listener = listener

    async def run(self) -> None:
        """Ask and take in until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for each in self._takers.values():
                tasks.create_task(each.run())
            while True:
                await self._poll()
                await self._sleep(_FIRST_SECONDS if self._is_missing() else POLL_SECONDS)

    def _is_missing(self) -> bool:
        return any(each.kind in self._required and not each.version for each in self._lists)

    async def _poll(self) -> None:
        have = {each.kind.value: each.version for each in self._lists}
        try:
            offered = await self._offers.versions(have)
        except ListsAway as error:
            if not self._is_away:
                logger().warning("lists cannot be asked for", reason=str(error))
            self._is_away = True
            self._changed()  # everything is older
            return
        if self._is_away:
            logger().warning("lists can be asked for again")
        self._is_away = False
        for each in offered:
            self._takers[each.name].offer(each, have[each.name])

    def _changed(self) -> None:
        self._listener()


class _Taker:
    """Takes in what is offered of one list, the newest offer first."""

    def __init__(self, held: HeldList, offers: ListOffers, done: Callable[[], None]) -> None:
        self._held = held
        self._offers = offers
        self._done = done
        self._offered: tuple[OfferedList, int] | None = None
        self._wake = asyncio.Event()

    def offer(self, offered: OfferedList, version: int) -> None:
        """Hand over what the centre has, asked for when ``version`` was in use."""
        self._offered = (offered, version)
        self._wake.set()

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._offered:
                await self._take(*self._offered)
                self._done()

    async def _take(self, offered: OfferedList, version: int) -> None:
        if version != self._held.version:
            return  # asked for before the last version came in; the next offer fits
        try:
            for raw in offered.manifests:
                await self._take_in(raw)
            if offered.freshness:
                await asyncio.to_thread(self._held.prove, offered.freshness)
        except ListsAway:
            pass  # what came stays, and the next offer goes on with it
        except ListRefused as fault:
            self._refused(str(fault))
        else:
            self._refused("")

    async def _take_in(self, raw: bytes) -> None:
        held = self._held
        with held.keeper.locked():
            manifest = held.keeper.admit(raw, held.kept, held.now())
            incoming = await asyncio.to_thread(Incoming.begin, held.keeper, manifest, raw)
            while (part := incoming.wanted) is not None:
                wanted = PartOf(
                    held.kind.value,
                    manifest.version,
                    manifest.is_delta,
                    part.name.value,
                    part.offset,
                    part.length,
                )
                content = await self._offers.part(wanted)
                await asyncio.to_thread(incoming.add, part.name, part.offset, content)
            await asyncio.to_thread(self._finish, incoming)
        logger().warning("list in force", reason=held.kind.value, version=manifest.version)

    def _finish(self, incoming: Incoming) -> None:
        self._held.take(incoming.finish())

    def _refused(self, reason: str) -> None:
        if reason and reason != self._held.refused:
            logger().error("list refused", reason=f"{self._held.kind}: {reason}")
        self._held.refused = reason
