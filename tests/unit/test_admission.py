"""Who is known is let in while the database hangs; others are looked up, or told to wait."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from egate.central.admission import Admission
from egate.reporting.identity import Holder, Identity, Role

pytestmark = pytest.mark.asyncio
UNTIL = datetime(2030, 1, 1, tzinfo=UTC)


def holder(name: str, role: Role = Role.GATE) -> Holder:
    return Holder(Identity(role, name), f"5e{len(name)}", UNTIL, b"certificate")


class Database:
    """What asyncpg's pool is to the admission."""

    def __init__(self) -> None:
        self.peers = [("gate", "A")]
        self.revoked: list[tuple[str, datetime]] = []
        self.alarms: list[object] = []
        self.fault: Callable[[], Awaitable[None]] | None = None
        self.reads = 0

    async def fetch(self, query: str) -> list[tuple[str, object]]:
        if self.fault:
            await self.fault()
        self.reads += 1
        await asyncio.sleep(0)  # others run meanwhile, as when it answers over a socket
        return list(self.peers) if "FROM peer " in query else list(self.revoked)

    async def execute(self, *_: object) -> None: ...

    async def fetchval(self, query: str, *arguments: object) -> object:
        if query == "SELECT now()":
            return datetime(2026, 11, 22, tzinfo=UTC)
        self.alarms.append(arguments)
        return 1


async def hang() -> None:
    await asyncio.Event().wait()


async def refuse() -> None:
    raise OSError


async def test_who_is_known_does_not_wait_for_the_database() -> None:
    database = Database()
    admission = Admission(database, None)
    assert await admission(holder("A")) == ""
    reads, database.fault = database.reads, hang
    async with asyncio.timeout(1):
        for _ in range(100):
            assert await admission(holder("A")) == ""
    assert database.reads == reads


async def test_who_is_not_known_is_told_to_wait_and_nobody_is_alarmed() -> None:
    database = Database()
    admission = Admission(database, None)
    database.fault = refuse
    assert "call again" in await admission(holder("A"))
    assert database.alarms == []
    database.fault = None
    assert await admission(holder("A")) == ""


async def test_of_many_unknown_at_once_each_read_serves_all_who_waited() -> None:
    database = Database()
    admission = Admission(database, None)
    answers: list[str] = []

    async def ask(name: str) -> None:
        answers.append(await admission(holder(name)))

    async with asyncio.TaskGroup() as tasks:
        for number in range(50):
            tasks.create_task(ask(f"X{number}"))
    assert all("not enrolled" in answer for answer in answers)
    assert database.reads <= 4
    assert len(database.alarms) == 50
    await ask("X1")
    assert len(database.alarms) == 50  # at most once a second of one peer


async def test_the_centre_itself_needs_no_enrolment() -> None:
    assert await Admission(Database(), None)(holder("dhaka", Role.CENTRE)) == ""


async def test_one_that_is_found_and_revoked_at_once_is_refused() -> None:
    database = Database()
    database.revoked = [("5e1", UNTIL)]
    assert "is revoked" in await Admission(database, None)(holder("A"))
    assert len(database.alarms) == 1
