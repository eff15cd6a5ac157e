"""Makes a new version of a list whenever something on it was approved, and says what is newest.

The database is the truth, and a version follows from it: whatever was approved when a version
began is in it. Its number is taken from the database before anything is written, and never
again, so that there are no two versions of one number, whoever is killed when.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from egate.central.alarms import AlarmKind, raise_alarm
from egate.central.database import CONNECTION_FAULTS, Connection, Pool
from egate.central.lists.feed import Feed
from egate.central.lists.settled import settled
from egate.central.lists.shelf import Shelf
from egate.central.lists.stored import documents_of, entries_of
from egate.lists.build import Comparison, collect, compare
from egate.lists.errors import ListRefused
from egate.lists.freshness import Freshness, sign_freshness
from egate.lists.kinds import ListKind
from egate.lists.manifest import Manifest
from egate.lists.publishing import Published, Publisher
from egate.lists.source import Settled
from egate.observability.logging import Logger

_PAUSE_SECONDS: Final = 0.5
_SAY_EVERY: Final = dt.timedelta(seconds=2)
_HEAD: Final = """
SELECT coalesce((SELECT changes FROM list_head WHERE list = $1), 0) AS changes,
    coalesce((SELECT max(version) FROM list_version WHERE list = $1), 0) AS newest,
    date_trunc('second', now()) AS at
"""
_MADE_OF: Final = "SELECT changes FROM list_version WHERE list = $1 AND version = $2"
_RESERVE: Final = """
INSERT INTO list_version (list, version, changes)
SELECT $1, 1 + greatest($2, coalesce(max(version), 0)), $3 FROM list_version WHERE list = $1
RETURNING version
"""
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Due:
    """What a version is to be made of."""

    old: Published
    change: Comparison
    changes: int


class Publication:
    """Keeps the versions of one list.

    Args:
        pool: of connections to the centre's database.
        publisher: of the list.
        shelf: from which gates are served.
        valid_for: how long a version may be used; another is made when half of it is over.
        log: for what goes wrong.

    """

    def __init__(
        self, pool: Pool, publisher: Publisher, shelf: Shelf, valid_for: dt.timedelta, log: Logger
    ) -> None:
        self._pool = pool
        self._publisher = publisher
        self._shelf = shelf
        self._valid_for = valid_for
        self._log = log
        self._newest: Manifest | None = None
        self._made_of: int | None = None
        self._said_at: dt.datetime | None = None
        self._fault = ""
        self._is_open = False

    async def keep_publishing(self) -> None:
        """Look twice a second for what is to be published, for ever."""
        while True:
            await self.publish_what_is_due()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def publish_what_is_due(self) -> None:
        """Make a version if something was approved or one gets old, and say which is the newest.

        What goes wrong is told, and tried again the next time.
        """
        try:
            if not self._is_open:
                await self._open()
                self._is_open = True
            await self._look()
            self._fault = ""
        except ListRefused as fault:
            await self._tell(str(fault))
        except CONNECTION_FAULTS as fault:
            self._log.warning("list waits", list=self._kind, error=type(fault).__name__)

    @property
    def _kind(self) -> ListKind:
        return self._publisher.kind

    async def _open(self) -> None:
        """Offer what was published before, and see what it was made of.

        A version that somebody reserved and that is not here may be at gates, from a folder
        that was lost: another one is due, with a greater number.
        """
        self._newest = await asyncio.to_thread(self._shelf.refresh, self._kind)
        version = self._newest.version if self._newest else 0
        head = await self._pool.fetchrow(_HEAD, self._kind.value)
        if version == head["newest"]:
            self._made_of = await self._pool.fetchval(_MADE_OF, self._kind.value, version)

    async def _look(self) -> None:
        head = await self._pool.fetchrow(_HEAD, self._kind.value)
        at = head["at"]
        if self._newest is None or head["changes"] != self._made_of or self._half_over(at):
            await self._publish()
        elif self._said_at is None or at - self._said_at >= _SAY_EVERY:
            self._say(self._newest.version, at)

    def _half_over(self, at: dt.datetime) -> bool:
        return self._newest is not None and self._newest.valid_until - at < self._valid_for / 2

    def _say(self, version: int, at: dt.datetime) -> None:
        statement = Freshness(self._kind, version, at)
        signed = sign_freshness(statement, self._publisher.signing_key)
        self._shelf.say(self._kind, version, signed, at)
        self._said_at = at

    async def _publish(self) -> None:
        with self._publisher.locked():
            due = await self._due()
            at = (await self._pool.fetchrow(_HEAD, self._kind.value))["at"]
            if due.change.is_nothing() and self._made_of is not None and not self._half_over(at):
                self._made_of = due.changes
                return
            version = await self._pool.fetchval(
                _RESERVE, self._kind.value, due.old.version, due.changes
            )
            await _ended(
                partial(self._publisher.publish, due.old, due.change, version, at, self._valid_for),
                _nothing,
            )
            self._newest = await asyncio.to_thread(self._shelf.refresh, self._kind)
        self._made_of = due.changes
        self._log.info("list published", list=self._kind, version=version)
        self._say(version, at)

    async def _due(self) -> _Due:
        """Read what is in force, all of it as of one moment, and compare it with the newest."""
        kind = self._kind
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            head = await connection.fetchrow(_HEAD, kind.value)
            decided = [
                Settled(each.entry_id, each.revision, each.holder)
                for each in await settled(connection, kind)
            ]
            old, change = await self._compared(connection, decided)
        return _Due(old, change, head["changes"])

    async def _compared(
        self, connection: Connection, decided: list[Settled]
    ) -> tuple[Published, Comparison]:
        kind, publisher = self._kind, self._publisher
        feed = Feed(await entries_of(connection, kind), await documents_of(connection, kind))

        def compared() -> tuple[Published, Comparison]:
            old = publisher.newest()
            collected = collect(feed.rows(), kind, publisher.key, decided)
            return old, compare(old.contents, collected, kind)

        return await _ended(compared, feed.stop)

    async def _tell(self, fault: str) -> None:
        if fault == self._fault:
            return  # it is the same each time
        self._fault = fault
        self._log.error("list not published", list=self._kind, reason=fault)
        with suppress(*CONNECTION_FAULTS):
            await raise_alarm(self._pool, AlarmKind.LIST_REFUSED, self._kind.value, fault)


def _nothing() -> None:
    """Stop what ends soon by itself."""


async def _ended(work: Callable[[], Result], stop: Callable[[], None]) -> Result:
    """Return what ``work`` returns, and never leave it alone with what it uses.

    Args:
        work: to be done in a thread.
        stop: called when this task is cancelled, so that it ends soon.

    """
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop()
        while not running.done():
            with suppress(asyncio.CancelledError):  # once more
                await asyncio.wait([running])
        raise
