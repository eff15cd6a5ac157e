"""A desk in a process that kills itself (SIGKILL) at one of its writes, or of its messages."""

import asyncio
import os
import secrets
import signal
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from egate.domain.record_id import RANDOM_BITS, make_record_id
from egate.outbox.desk_book import DeskEntry
from egate.ports.reporting import PendingRecord, Receipt
from egate.reporting.mapping import decode
from tests.centre_harness import record
from tests.desk_samples import NOW, Sink, desk, entry
from tests.unit.test_decision import decision

CROSSINGS = 4
DECISIONS = 1
SECOND = record(2).occurred_at


def work() -> list[list[DeskEntry]]:
    """What officers enter in turn. The ids are new each time, as they are in a console."""

    def new(number: int) -> DeskEntry:
        return entry(number, crossing_id=_new_id())

    decided = DeskEntry(b"with a decision", new(2).crossing, decision(decision_id=_new_id()))
    return [[new(1)], [decided, new(3)], [new(4)]]


def _new_id() -> str:
    return make_record_id(NOW, secrets.randbits(RANDOM_BITS))


class Points:
    """Counts what is done, and ends the process before act number ``last``."""

    def __init__(self, last: int) -> None:
        self._left = last

    def pass_one(self, *_: object) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


class FileSink(Sink):
    """Commits what it takes to a file, as a centre that no kill of a desk can harm."""

    def __init__(self, file: Path, points: Points) -> None:
        super().__init__()
        self._file = file
        self._points = points

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        self._points.pass_one()
        receipt = await super().submit(batch)
        with self._file.open("a") as lines:
            lines.writelines(f"{each}\n" for each in sorted(receipt.accepted))
        self._points.pass_one()
        return receipt


class CrossingSink(FileSink):
    """Refuses the second crossing."""

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        second = [each.record_id for each in batch if decode(each.payload).occurred_at == SECOND]
        self.refuses = frozenset(second)
        return await super().submit(batch)


def work_and_die(folder: Path, last: int) -> None:
    """Enter, send and resend in ``folder``, and die just before act ``last``.

    The process ends with 0 if there were fewer acts. What officers were told is in ``told``, what
    the centre has in ``crossings`` and ``decisions``.
    """
    points = Points(last)
    connect = sqlite3.connect

    def connected(*arguments: object, **named: object) -> sqlite3.Connection:
        database: sqlite3.Connection = connect(*arguments, **named)  # type: ignore[call-overload]
        database.set_trace_callback(points.pass_one)
        return database

    sqlite3.connect = connected  # type: ignore[assignment]
    asyncio.run(_work(folder, points))


async def _work(folder: Path, points: Points) -> None:
    crossings = CrossingSink(folder / "crossings", points)
    async with desk(folder, crossings, FileSink(folder / "decisions", points)) as writing:
        for entries in work():
            entered = await writing.enter(entries)
            with (folder / "told").open("a") as told:
                told.writelines(f"{each.crossing_id}\n" for each in entered)
            points.pass_one()
            await writing.send()
        (refused,) = await writing.unsettled(9)
        await writing.acknowledge(refused.record_id, "sb-1042")
        await writing.send_again(refused.record_id)
