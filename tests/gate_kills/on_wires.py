"""Kills the gate's own process on real wires at every journal write and every command.

``python -m tests.gate_kills.on_wires [--every N] [--way NAME] [--alone] [--json]
[--write]``: a dry run of
each way that travellers take finds its points; then the gate is killed at each and started
anew, and must make its barrier safe within 1 s of its exec, be ready within 5 s, lose and double
no record, trap nobody, and let the next traveller pass. The centre is the real one. With
``--alone`` (for root) other work on the machine delays neither gate nor devices.
``--write`` puts the figures into ``docs/crash-recovery.md``.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hardware_mocks.pki.command import now_utc
from tests.gate_kills.figures import Figures, write_figures
from tests.gate_kills.killed_lane import KilledLane, killed_lane
from tests.gate_kills.laws import Restart, faults_at_the_end, restart
from tests.gate_kills.ways import WAYS, Way, kill_at, settle

_TRIES: Final = 3


@dataclass
class Run:
    """The kills of one run.

    Args:
        lane: on which.
        every: only each so manieth point of a way.
        loudly: tell each kill on standard error.

    """

    lane: KilledLane
    every: int
    loudly: bool
    restarts: list[Restart] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    async def kill_on(self, way: Way, chosen: Sequence[str] = ()) -> None:
        """Kill the gate at the ``chosen`` points of ``way``, or at those that a dry run finds."""
        lane = self.lane
        if lane.gate is not None:
            await lane.gate.kill()
        lane.lay_out(way.flow)
        await lane.start()
        await settle(lane)
        points = chosen or (await self._points_of(way))[self.every // 2 :: self.every]
        for point in points:
            if await _killed_at(lane, way, point):
                done = await restart(lane, way.name, point)
                self.restarts.append(done)
                self._tell(done)
            else:
                self.missed.append(f"{way.name}: {point}")

    async def _points_of(self, way: Way) -> list[str]:
        if way.before is not None:
            await way.before(self.lane)
        self.lane.points()
        await way.take(self.lane)
        await settle(self.lane)
        return self.lane.points()

    def _tell(self, done: Restart) -> None:
        if self.loudly:
            computed = f"(computing {done.computed_seconds:.2f} s)"
            times = f"safe {done.safe_seconds:.2f} s {computed}, ready {done.ready_seconds:.2f} s"
            faults = "; ".join(done.faults)
            print(f"{done.way}: {done.point}: {times} {faults}", file=sys.stderr)


async def _killed_at(lane: KilledLane, way: Way, point: str) -> bool:
    """Try again: a machine that is too slow for a face takes another way at times."""
    for _ in range(_TRIES):
        if await kill_at(lane, way, point):
            return True
    return False


async def kill_all(
    folder: Path, ways: Sequence[Way], every: int, *, alone: bool = False, loudly: bool = False
) -> Figures:
    """Kill at each so manieth point of ``ways``."""
    began = os.getloadavg()[0]
    async with killed_lane(folder, alone=alone) as lane:
        run = Run(lane, every, loudly)
        for way in ways:
            await run.kill_on(way)
        at_the_end = await faults_at_the_end(lane)
    return Figures(run.restarts, run.missed, at_the_end, (began, os.getloadavg()[0]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only each so manieth point")
    parser.add_argument("--way", help="only ways whose names begin so")
    parser.add_argument("--alone", action="store_true", help="run before all other work")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="write docs/crash-recovery.md")
    arguments = parser.parse_args()
    ways = [way for way in WAYS if way.name.startswith(arguments.way or "")]
    # Not pytest's folder: the account of PostgreSQL must be able to enter it.
    with tempfile.TemporaryDirectory(prefix="egate-kills-") as name:
        kills = kill_all(
            Path(name),
            ways,
            arguments.every,
            alone=arguments.alone,
            loudly=not arguments.json,
        )
        figures = asyncio.run(kills)
    if arguments.write:
        write_figures(figures, now_utc().date().isoformat())
    print(json.dumps(figures.as_json(), indent=None if arguments.json else 2))
    return int(bool(figures.faults) or not figures.in_time)


if __name__ == "__main__":
    sys.exit(main())
