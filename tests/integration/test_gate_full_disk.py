"""A lane on a disk that is too full to forget what was sent: it closes, and nothing is lost."""

from pathlib import Path

from tests.integration.test_gate_journal_disk import SMALL_DISK, on_a_disk_of_its_own

LANE = (
    SMALL_DISK
    + """
import asyncio
from egate.gate.ballast import Ballast
from egate.gate.machine_readings import disk_used
from tests.gate_lane import Around, Centre, hall

class Real(Around):
    def as_seen(self):
        file = folder / "journal.sqlite"
        ballast = Ballast(file.with_suffix(".ballast"), 1 << 20)
        if not HELD:
            ballast.keep = lambda free: free > 1 << 16
        self.used = ballast.guarding(disk_used(file))
        return super().as_seen()

    @property
    def disk_used(self):
        return self.used()

    @disk_used.setter
    def disk_used(self, _):
        pass

async def turned_away(h, travellers):
    for _ in range(travellers):
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        await h.go_back()
        await h.until_state(m.Idle)

def ending(h):
    records = h.centre.records
    said["open"] = m.BarrierPosition.EXIT_OPEN in h.barrier.positions
    said["lane"] = type(h.state).__name__
    said["lost"] = [r.gate_seq for r in records] != list(range(1, len(records) + 1))
    said["records"] = len(records)
"""
)
FILLED = (
    LANE
    + """
mount("-t", "tmpfs", "-o", "size=6m", "tmpfs")

async def filled():
    async with hall(folder, surroundings=Real(), centre=Centre(away=True)) as h:
        await turned_away(h, 5)
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        fill()
        await h.present()
        await h.until_state(m.OutOfService)
        await h.until(lambda: m.Condition.DISK_FULL in h.state.lane.conditions)
        h.centre.away = False
        if HELD:
            await h.until(lambda: not h.gate.supervision.status().outbox_depth, 20)
        else:
            await asyncio.sleep(3)
        said["waiting"] = h.gate.supervision.status().outbox_depth
        said["still"] = type(h.state).__name__
        await h.go_back()
        await h.chip_reader.remove()
        (folder / "ballast").unlink()
        await h.until_state(m.Idle)
        await turned_away(h, 1)
        await h.records(7)
        ending(h)

asyncio.run(filled())
print(json.dumps(said))
"""
)


def test_a_lane_whose_disk_fills_up_closes_and_sends_all_it_owes(tmp_path: Path) -> None:
    said = on_a_disk_of_its_own(tmp_path, f"HELD = True\n{FILLED}")
    assert said == {
        "full": "No space left on device",
        "waiting": 0,
        "still": "OutOfService",
        "open": False,
        "lane": "Idle",
        "lost": False,
        "records": 7,
    }


def test_without_its_ballast_it_forgets_nothing_that_was_sent_until_there_is_room(
    tmp_path: Path,
) -> None:
    said = on_a_disk_of_its_own(tmp_path, f"HELD = False\n{FILLED}")
    assert said["waiting"] == 5  # the centre has them, and gets them again and again
    assert (said["still"], said["open"]) == ("OutOfService", False)
    assert (said["lane"], said["lost"], said["records"]) == ("Idle", False, 7)
