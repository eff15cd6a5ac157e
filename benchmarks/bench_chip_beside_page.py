"""Whether a chip is read more slowly while a page is looked at in the same process.

The gate's own procedure reads and verifies a simulated chip, which is a process of its own, by
turns: nothing beside it; one page read and looked at, as for every traveller, from when the chip
begins; pages looked at one after the other without a pause. Only the order of the three changes
from round to round. The loop's ticks tell how long nobody else could have been served.
"""

import argparse
import asyncio
import io
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final

from benchmarks.bench_page_to_mrz import Ticks, rendered
from drivers.chip_reader.vpcd import open_vpcd
from drivers.page_scanner.lights import page_of
from egate.cli.main import main as egate
from egate.domain.optical_finding import Light
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.mrz.parse import Mrz, parse
from egate.gate.chip_procedure import chip_procedure
from egate.gate.chip_progress import ChipProgress
from egate.gate.chip_reading import Meter, read_chip
from egate.gate.seal_trust import LaneSealTrust
from egate.optical.page_reading import PageRead, page_reader
from egate.optical.page_threads import PageThreads
from egate.ports.devices import ChipReader, PageScan
from egate.trust.snapshot import TrustSnapshot
from egate.trust.store import TrustStore
from hardware_mocks.pki.command import now_utc
from tests.device_faults.wires import lasting_port
from tests.gate_samples import ROOT

_ALONE: Final = "nothing beside it"
_ONE: Final = "a page is read and looked at"
_ALWAYS: Final = "pages are looked at without a pause"
_WAYS: Final = (_ALONE, _ONE, _ALWAYS)
_AS_REAL: Final = ("--set", "apdu_ms=5", "--set", "link_kbit=424")
_TODAY: Final = now_utc().date()


@dataclass
class Figures:
    """Of each reading: seconds in all, the gate's own of them, and the loop's longest pause."""

    wall: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    stood_still: list[float] = field(default_factory=list)


class Chips:
    """Reads a chip as the gate does.

    Args:
        reader: of the lane.
        mrz: which opens the chip.
        snapshot: what the gate trusts.

    """

    def __init__(self, reader: ChipReader, mrz: Mrz, snapshot: TrustSnapshot) -> None:
        self._reader = reader
        self._mrz = mrz
        self._procedure = chip_procedure(
            lambda: snapshot,
            secrets.token_bytes,
            time.monotonic,
            InspectionPolicy(),
            ChipProgress(),
        )

    async def read(self) -> float:
        """Read and verify it, and return the seconds that were the gate's own."""
        async with self._reader.chip() as carry:
            meter = Meter(time.monotonic)
            conversation = self._procedure(self._mrz, InspectionMemory(), _TODAY)
            evaluate = await read_chip(conversation, carry, meter)
        if (await asyncio.to_thread(evaluate)).portrait is None:
            raise SystemExit("the chip was not read")
        return meter.gate_seconds


class Pages:
    """Reads pages and looks at them in the gate's threads.

    Args:
        scans: of pages in three lights.

    """

    def __init__(self, scans: list[PageScan]) -> None:
        self._scans = cycle(scans)
        self._threads = PageThreads()
        trust = LaneSealTrust(lambda: TrustSnapshot.of(TrustStore()), Path())  # no page has a seal
        self._read = page_reader(trust)

    async def look(self) -> None:
        scan, loop = next(self._scans), asyncio.get_running_loop()
        read = await loop.run_in_executor(self._threads.reading, self._read, scan, _TODAY)
        if isinstance(read, PageRead):
            await loop.run_in_executor(self._threads.inspecting, read.inspect, scan)

    async def look_always(self) -> None:
        while True:
            await self.look()

    def close(self) -> None:
        self._threads.close()


@asynccontextmanager
async def laid_chip(profile: str) -> AsyncIterator[Chips]:
    """A chip in a process of its own, and a reader that it lies on."""
    port = lasting_port()
    reader = open_vpcd(f"127.0.0.1:{port}", {})
    await reader.check()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hardware_mocks", "chip", "--profile", profile, *_AS_REAL),
        *("--vpcd", f"127.0.0.1:{port}", "--patience", "30"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    try:
        told = json.loads(await process.stdout.readline())
        snapshot = await asyncio.to_thread(_trusted, Path(told["pki"]))
        yield Chips(reader, parse(tuple(told["mrz"]), _TODAY), snapshot)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await reader.aclose()


def _trusted(pki: Path) -> TrustSnapshot:
    with tempfile.TemporaryDirectory() as store, redirect_stdout(io.StringIO()):
        files = [pki / "masterlist.ml", *sorted(pki.rglob("*.crl"))]
        words = ("--store", store, "--anchor", str(pki / "anchor.cer"), *map(str, files))
        egate(["trust", "import", *words])
        return TrustSnapshot.of(TrustStore.open(Path(store)))


async def measured(rounds: int, profile: str, scans: list[PageScan]) -> Mapping[str, Figures]:
    figures = {way: Figures() for way in _WAYS}
    pages, ticks = Pages(scans), Ticks()
    async with laid_chip(profile) as chips, asyncio.TaskGroup() as tasks:
        await pages.look()
        await chips.read()  # what is loaded and made once is nobody's time
        ticking = tasks.create_task(ticks.run())
        for number in range(rounds):
            first = number % len(_WAYS)
            for way in (*_WAYS[first:], *_WAYS[:first]):
                await _measure(way, chips, pages, ticks, figures[way])
        ticking.cancel()
    pages.close()
    return figures


async def _measure(way: str, chips: Chips, pages: Pages, ticks: Ticks, figures: Figures) -> None:
    beside = {_ALONE: None, _ONE: pages.look, _ALWAYS: pages.look_always}[way]
    async with asyncio.TaskGroup() as tasks:
        ticks.at.clear()
        looking = tasks.create_task(beside()) if beside else None
        began = time.monotonic()
        figures.own.append(await chips.read())
        figures.wall.append(time.monotonic() - began)
        figures.stood_still.append(ticks.longest_pause())
        if looking and way is _ALWAYS:
            looking.cancel()


def scans_of(folder: Path, count: int, dpi: int) -> list[PageScan]:
    return [
        page_of(
            {
                light: white.with_name(white.name.replace("white", light.value)).read_bytes()
                for light in Light
            }
        )
        for white in rendered(folder, count, dpi)
    ]


def shown(figures: Mapping[str, Figures]) -> None:
    alone = figures[_ALONE]
    kinds = (("whole reading", "wall"), ("the gate's own part", "own"))
    for what, kind in kinds:
        before = statistics.median(getattr(alone, kind))
        for way in _WAYS:
            values = getattr(figures[way], kind)
            median = statistics.median(values)
            print(
                json.dumps(
                    {
                        "name": f"chip, {what}: {way}",
                        "value": 1000 * median,
                        "unit": "ms",
                        "reference": f"alone {1000 * before:.0f} ms",
                        "ratio": median / before,
                        "note": f"median of {len(values)}; worst {1000 * max(values):.0f} ms"
                        f"; load of the machine {os.getloadavg()[0]:.1f}",
                    }
                )
            )
    for way in _WAYS:
        still = figures[way].stood_still
        print(
            json.dumps(
                {
                    "name": f"the loop stands still, longest: {way}",
                    "value": 1000 * max(still),
                    "unit": "ms",
                    "note": f"median of the longest in each reading"
                    f" {1000 * statistics.median(still):.1f} ms",
                }
            )
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="readings of each kind")
    parser.add_argument("--profile", default="standard-short", help="of the simulated chip")
    parser.add_argument("--dpi", type=int, default=300, help="of the pages")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scans = scans_of(Path(folder), 4, arguments.dpi)
    shown(asyncio.run(measured(arguments.rounds, arguments.profile, scans)))


if __name__ == "__main__":
    main()
