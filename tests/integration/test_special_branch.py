"""The Special Branch's system is told of exactly what was accepted, in order, and loses nothing."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from egate.central.acceptance import CrossingRow, examine
from egate.central.service import running_centre
from egate.central.special_branch.day_files import DayFiles
from egate.central.special_branch.forwarding import keep_telling
from egate.central.special_branch.outbox import hand_over, keep
from egate.central.store import Store
from egate.observability.logging import logger
from egate.ports.special_branch import CrossingMessage, SpecialBranchAway
from egate.reporting.mapping import encode
from egate.settings import CentralSettings, Database, Listen, SpecialBranchFiles
from tests.centre_harness import Centre, record

pytestmark = pytest.mark.asyncio(loop_scope="session")
DAY = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


class Police:
    """A system that remembers what it was told, and may be away."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.away = 0
        self.after_taking = False
        self.has_taken = asyncio.Event()
        self.is_asked = asyncio.Event()
        self.lets_go = asyncio.Event()
        self.lets_go.set()

    async def deliver(self, messages: Sequence[CrossingMessage]) -> None:
        self.is_asked.set()
        await self.lets_go.wait()
        if self.away:
            self.away -= 1
            if self.after_taking:
                self.told += [message.crossing_id for message in messages]
            raise SpecialBranchAway("no answer")
        self.told += [message.crossing_id for message in messages]
        self.has_taken.set()


def message(number: int, accepted_at: datetime = DAY) -> CrossingMessage:
    made = record(number)
    return CrossingMessage(number, made.crossing_id, accepted_at, encode(made))


def ids(*numbers: int) -> list[str]:
    return [record(number).crossing_id for number in numbers]


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    for file in files_of(folder):
        for line in file.read_text("ascii").splitlines():
            yield json.loads(line)


async def until_told(folder: Path, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while len(found := list(lines(folder))) < count:  # noqa: ASYNC110 - of the centre
            await asyncio.sleep(0.02)
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def told(running: Centre, centre_database: Database, tmp_path: Path) -> AsyncIterator[Centre]:
    """A centre with the Special Branch's files in ``tmp_path / "police"``, its tables empty."""
    await running.database.execute(
        "TRUNCATE crossing, crossing_registry, crossing_conflict, supersession,"
        " crossing_replaced, stay, gate_sequence, gate_fork,"
        " special_branch_outbox"
    )
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre_database,
        tls=running.tls("centre", "dhaka"),
        special_branch=SpecialBranchFiles(driver="file", folder=tmp_path / "police"),
    )
    async with running_centre(settings, logger()) as at:
        yield replace(running, at=at)


async def waiting(centre: Centre) -> int:
    count: int = await centre.database.fetchval("SELECT count(*) FROM special_branch_outbox")
    return count


async def test_what_was_accepted_is_told_once_and_in_order(told: Centre, tmp_path: Path) -> None:
    folder = tmp_path / "police"
    folder.mkdir()
    await told.submit(record(2), record(1), b"garbage", record(2))
    await told.submit(record(1), record(3), record(2, attempts=9))
    found = await until_told(folder, 3)
    assert [each["crossing"]["crossing_id"] for each in found] == ids(1, 2, 3)
    positions = [each["position"] for each in found]
    assert positions == sorted(set(positions))
    first = found[0]["crossing"]
    assert first["document"]["document_number"] == "L898902C3"
    assert (first["direction"], first["border_crossing_point"]) == ("DIRECTION_ENTRY", "BDDAC")
    assert "steps" not in first
    async with asyncio.timeout(10):
        while await waiting(told):  # noqa: ASYNC110 - of the centre
            await asyncio.sleep(0.02)


async def test_nothing_is_lost_while_the_folder_is_away(told: Centre, tmp_path: Path) -> None:
    receipts = [await told.submit(record(number)) for number in range(1, 6)]
    assert all(receipt.accepted for receipt in receipts)
    assert await waiting(told) == 5
    (tmp_path / "police").mkdir()
    found = await until_told(tmp_path / "police", 5)
    assert [each["crossing"]["crossing_id"] for each in found] == ids(1, 2, 3, 4, 5)


async def test_without_a_system_nothing_is_kept(centre: Centre) -> None:
    before = await waiting(centre)
    await centre.submit(record(1))
    assert await waiting(centre) == before


class TestOutbox:
    @pytest_asyncio.fixture(loop_scope="session")
    async def store(self, centre: Centre) -> Store:
        await centre.database.execute("TRUNCATE special_branch_outbox")
        return Store(centre.database, also=(keep,))

    async def put(self, store: Store, *numbers: int) -> None:
        rows = [examine(encode(record(number)), record(1).gate_id) for number in numbers]
        assert await store.put([row for row in rows if isinstance(row, CrossingRow)])

    async def test_what_was_not_taken_comes_again(self, centre: Centre, store: Store) -> None:
        police = Police()
        await self.put(store, 2, 1)
        police.away = 1
        with pytest.raises(SpecialBranchAway):
            await hand_over(centre.database, police)
        await self.put(store, 3)
        assert await hand_over(centre.database, police) == 3
        assert await hand_over(centre.database, police) == 0
        assert police.told == ids(1, 2, 3)

    async def test_a_crash_after_taking_repeats_and_loses_nothing(
        self, centre: Centre, store: Store
    ) -> None:
        police = Police()
        police.away, police.after_taking = 1, True
        await self.put(store, 1, 2)
        with pytest.raises(SpecialBranchAway):
            await hand_over(centre.database, police)
        await hand_over(centre.database, police)
        assert police.told == ids(1, 2, 1, 2)

    async def test_of_two_centres_one_hands_over_at_a_time(
        self, centre: Centre, store: Store
    ) -> None:
        police, other = Police(), Police()
        police.lets_go.clear()
        await self.put(store, 1, 2)
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            first = tasks.create_task(hand_over(centre.database, police))
            await police.is_asked.wait()
            assert await hand_over(centre.database, other) == 0
            police.lets_go.set()
        assert await first == 2
        assert await hand_over(centre.database, other) == 0
        assert (police.told, other.told) == (ids(1, 2), [])

    async def test_a_long_queue_goes_in_parts(self, centre: Centre, store: Store) -> None:
        police = Police()
        await self.put(store, *range(1, 202))
        assert await hand_over(centre.database, police) == 200
        assert await hand_over(centre.database, police) == 1
        assert police.told == ids(*range(1, 202))

    async def test_a_batch_that_is_not_stored_is_not_told(
        self, centre: Centre, store: Store
    ) -> None:
        async with centre.database.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            row = examine(encode(record(1)), record(1).gate_id)
            assert isinstance(row, CrossingRow)
            await keep(connection, [row])
            await transaction.rollback()
        assert await waiting(centre) == 0

    async def test_it_goes_on_when_the_system_is_back(self, centre: Centre, store: Store) -> None:
        police = Police()
        police.away = 2
        await self.put(store, 1)
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            telling = tasks.create_task(keep_telling(centre.database, police, logger()))
            await police.has_taken.wait()
            telling.cancel()
        assert police.told == ids(1)

    async def test_what_was_changed_where_it_lies_is_not_handed_over_and_ends_nothing(
        self, centre: Centre, store: Store, capsys: pytest.CaptureFixture[str]
    ) -> None:
        police = Police()
        await self.put(store, 1)
        changed = "UPDATE special_branch_outbox SET payload = set_byte(payload, 40, {})"
        byte = await centre.database.fetchval(
            "SELECT get_byte(payload, 40) FROM special_branch_outbox"
        )
        await centre.database.execute(changed.format(byte ^ 1))
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            telling = tasks.create_task(keep_telling(centre.database, police, logger()))
            said = ""
            while "changed where it lies" not in said:
                said += capsys.readouterr().out
                await asyncio.sleep(0.02)
            assert police.told == []
            await centre.database.execute(changed.format(byte))
            await police.has_taken.wait()
            telling.cancel()
        assert police.told == ids(1)


class TestDayFiles:
    @pytest_asyncio.fixture(loop_scope="session")
    async def files(self, tmp_path: Path) -> AsyncIterator[DayFiles]:
        async with aclosing(DayFiles(tmp_path)) as files:
            yield files

    async def test_a_file_a_day_for_its_owner_alone(self, files: DayFiles, tmp_path: Path) -> None:
        later = DAY + timedelta(minutes=2)
        await files.deliver([message(1), message(2), message(3, later)])
        await files.deliver([message(4, later)])
        made = files_of(tmp_path)
        assert [file.name for file in made] == [
            "crossings-2026-11-22.jsonl",
            "crossings-2026-11-23.jsonl",
        ]
        assert {file.stat().st_mode & 0o777 for file in made} == {0o600}
        assert [each["position"] for each in lines(tmp_path)] == [1, 2, 3, 4]

    @pytest.mark.parametrize("torn", [b'{"position": 9', b"x" * 200_000])
    @pytest.mark.parametrize("whole", [True, False])
    async def test_what_a_crash_cut_off_goes(
        self, files: DayFiles, tmp_path: Path, torn: bytes, *, whole: bool
    ) -> None:
        if whole:
            await files.deliver([message(1)])
        with (tmp_path / "crossings-2026-11-22.jsonl").open("ab") as stream:
            stream.write(torn)
        await files.deliver([message(2)])
        assert [each["position"] for each in lines(tmp_path)] == ([1, 2] if whole else [2])

    async def test_a_failed_write_leaves_whole_lines(
        self, files: DayFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await files.deliver([message(1)])

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(SpecialBranchAway, match="No space left on device"):
                await files.deliver([message(2)])
        assert [each["position"] for each in lines(tmp_path)] == [1]
        await files.deliver([message(2)])
        assert [each["position"] for each in lines(tmp_path)] == [1, 2]

    async def test_no_link_is_followed(self, tmp_path: Path) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.write_text("kept")
        (tmp_path / "day").mkdir()
        (tmp_path / "day" / "crossings-2026-11-22.jsonl").symlink_to(elsewhere)
        async with aclosing(DayFiles(tmp_path / "day")) as files:
            with pytest.raises(SpecialBranchAway):
                await files.deliver([message(1)])
        assert elsewhere.read_text() == "kept"

    async def test_a_message_shows_nobody(self) -> None:
        assert "L898902C3" not in repr(message(1))
