"""Disks that fail or fill up at any act: a deed is done or refused, and nothing is lost."""

import sqlite3
from pathlib import Path

import pytest

from egate.console.audit.log import AuditUnusable
from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.ports.devices import DeviceError
from tests.disk_faults.disk import Acknowledged, Cut, Disk, Failing
from tests.disk_faults.power_cuts import written
from tests.disk_faults.scenes import SCENES
from tests.disk_faults.sqlite_files import (
    FULL,
    IO_ERROR_READ,
    IO_ERROR_SYNC,
    IO_ERROR_WRITE,
    Act,
    Read,
    Synchronised,
    Written,
    watched,
)
from tests.gate_lane import hall

DEEDS = 13
REFUSED = (DeviceError, sqlite3.Error, AuditUnusable)
READ_ONLY = 8
FAULTS = [
    (Written, IO_ERROR_WRITE),
    (Written, FULL),
    (Written, READ_ONLY),
    (Synchronised, IO_ERROR_SYNC),
    (Read, IO_ERROR_READ),
]


@pytest.mark.parametrize("stays", [False, True], ids=["once", "until it is mended"])
@pytest.mark.parametrize(("kind", "code"), FAULTS)
@pytest.mark.parametrize("name", SCENES)
def test_a_deed_is_done_or_refused(
    tmp_path: Path, name: str, kind: type[Act], code: int, *, stays: bool
) -> None:
    (tmp_path / "well").mkdir()
    well = written(name, tmp_path / "well", DEEDS)
    refused = 0
    for at in range(0, 200, 11):
        folder = tmp_path / f"{at}"
        folder.mkdir()
        disk = Failing(kind=kind, code=code, at=at, stays=stays)
        refused += refusals(name, folder, well.history, disk)
        if disk.passed <= at:
            break
        after_the_power_went(name, tmp_path / f"{at} after", well.history, disk)
    assert refused


def refusals(name: str, folder: Path, history: list[object], disk: Failing) -> int:
    """Do every deed, once more when it is refused; return how many were."""
    refused = 0
    with watched(disk), SCENES[name](folder) as book:
        book.database.execute("PRAGMA cache_size = 2")  # so that there is something to read
        disk.passed = 0
        for number in range(DEEDS):
            try:
                book.do(number)
            except REFUSED:
                refused += 1
                disk.at = 1 << 30  # well again
                assert book.known() == history[number]
                book.do(number)
        disk.at = 1 << 30
        assert book.known() == history[DEEDS]
        assert book.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with SCENES[name](folder) as book:
        assert book.known() == history[DEEDS]
    return refused


def after_the_power_went(name: str, folder: Path, history: list[object], recorded: Failing) -> None:
    """Start again with what is sure to be there: what failed to synchronise never came there."""
    disk = Disk()
    for moment in recorded.moments:
        if not isinstance(moment, Acknowledged):
            disk.take(moment)
    folder.mkdir()
    for file, content in disk.after(Cut.NOTHING, None).items():  # type: ignore[arg-type]
        (folder / Path(file).name).write_bytes(content)
    with SCENES[name](folder) as book:
        assert book.known() == history[DEEDS]


@pytest.mark.parametrize(("kind", "code"), FAULTS[:4])
async def test_a_lane_on_a_failing_disk_admits_nobody_and_comes_back(
    tmp_path: Path, kind: type[Act], code: int
) -> None:
    disk = Failing(kind=kind, code=code, stays=True)
    with watched(disk):
        async with hall(tmp_path) as h:
            await h.walk_up()
            await h.until_state(m.ReadingMrz)
            disk.passed = 0
            await h.present()
            await h.until_state(m.OutOfService)
            await h.go_back()
            await h.chip_reader.remove()
            disk.at = 1 << 30
            await h.until_state(m.Idle)
            await h.records(1)
            await h.walk_up()
            await h.present()
            await h.until(lambda: h.barrier.now.entry_open)
            assert h.barrier.positions.count(m.BarrierPosition.EXIT_OPEN) == 1
            await h.walk_through()
            records = await h.records(2)
    assert [record.gate_seq for record in records] == [1, 2]
    assert [record.status for record in records] == [
        CrossingStatus.ABORTED,
        CrossingStatus.COMPLETED,
    ]
