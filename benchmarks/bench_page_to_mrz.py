"""How soon after its picture a page's MRZ is known, and how long the gate's loop stands still.

Pages are rendered by ``python -m hardware_mocks pages`` and laid into the folder of a page scanner.
The gate's own reader of pages takes them out, in the threads and with the loop of a gate. The MRZ
is known when it is given as an MRZ reader would give it; its time counts from when the picture has
its name, so the driver's look at the folder and the decoding are in it.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

from drivers.page_scanner.folder import open_folder
from egate.gate.clocks import Clocks
from egate.gate.page_watcher import PageMrzReader, PageReading
from egate.gate.pages import PageSlot, ScannedPage
from egate.gate.seal_trust import LaneSealTrust
from egate.optical.page_reading import page_reader
from egate.optical.page_threads import PageThreads
from egate.trust.snapshot import TrustSnapshot
from egate.trust.store import TrustStore
from tests.gate_samples import ROOT

_LIMIT_SECONDS = 1.0
_TICK_SECONDS = 0.002
_AT_REST_SECONDS = 0.4  # as long as a page is read
_LIGHTS = ("white", "infrared", "ultraviolet")
_CLOCKS = Clocks(time.monotonic, lambda: time.time_ns() / 1e9)


@dataclass
class Figures:
    """Seconds of each page; ``read`` tells how many of them gave lines."""

    to_mrz: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    to_findings: list[float] = field(default_factory=list)
    stood_still: dict[str, list[float]] = field(default_factory=dict)
    read: int = 0

    def stands_still(self, while_what: str, ticks: "Ticks") -> None:
        self.stood_still.setdefault(while_what, []).append(ticks.longest_pause())


class Ticks:
    """Notes when the loop runs, every two milliseconds as far as it can."""

    def __init__(self) -> None:
        self.at: list[float] = []

    async def run(self) -> None:
        while True:
            self.at.append(time.monotonic())
            await asyncio.sleep(_TICK_SECONDS)

    def longest_pause(self) -> float:
        """Return how many seconds the loop once took longer than it should."""
        longest = max((b - a for a, b in pairwise(self.at)), default=0.0)
        return max(0.0, longest - _TICK_SECONDS)


def rendered(folder: Path, count: int, dpi: int) -> list[Path]:
    """Render pages and return the file of each under white light."""
    subprocess.run(
        [
            *(sys.executable, "-m", "hardware_mocks", "pages", "--out", str(folder)),
            *("--count", str(count), "--seed", "7", "--dpi", str(dpi)),
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return sorted(folder.glob("*.white.png"))


def lay_down(page: Path, scanner: Path) -> float:
    """Put all lights of ``page`` into the scanner's folder, white last, and return when."""
    for light in reversed(_LIGHTS):
        file = page.with_name(page.name.replace("white", light))
        hidden = scanner / f".{file.name}"
        shutil.copyfile(file, hidden)
        hidden.rename(scanner / file.name)
    return time.monotonic()


async def measured(pages: Iterable[Path], scanner: Path, priority: int) -> Figures:
    figures, threads, ticks = Figures(), PageThreads(), Ticks()
    if priority:
        threads.inspecting = ThreadPoolExecutor(1, initializer=partial(_step_behind, priority))
    slot = PageSlot(_CLOCKS)
    device = open_folder(str(scanner), {})
    trust = LaneSealTrust(lambda: TrustSnapshot.of(TrustStore()), scanner)  # no page has a seal
    read = page_reader(trust)
    reader = PageMrzReader(PageReading(device, slot, read, threads.reading, _CLOCKS))
    async with asyncio.TaskGroup() as tasks:
        ticking = tasks.create_task(ticks.run())
        documents = reader.documents()
        awaited = tasks.create_task(anext(documents))
        await asyncio.sleep(0.3)  # what lay there before is cleared away first
        for page in pages:
            ticks.at.clear()
            await asyncio.sleep(_AT_REST_SECONDS)
            figures.stands_still("nothing is computed", ticks)
            ticks.at.clear()
            used = time.process_time()
            laid = await asyncio.to_thread(lay_down, page, scanner)
            lines = (await awaited).lines
            figures.to_mrz.append(time.monotonic() - laid)
            figures.cpu.append(time.process_time() - used)
            figures.stands_still("the MRZ is read", ticks)
            figures.read += bool(lines)
            awaited = tasks.create_task(anext(documents))
            await _look(await slot.newest(), threads, ticks, figures)
            slot.clear()
        awaited.cancel()
        ticking.cancel()
    threads.close()
    return figures


def _step_behind(priority: int) -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), priority)  # of this thread alone


async def _look(page: ScannedPage, threads: PageThreads, ticks: Ticks, figures: Figures) -> None:
    read = page.reading.result()
    if read is None:
        return
    ticks.at.clear()
    began = time.monotonic()
    await asyncio.get_running_loop().run_in_executor(threads.inspecting, read.inspect, page.scan)
    figures.to_findings.append(time.monotonic() - began)
    figures.stands_still("the pictures are looked at", ticks)


def shown(figures: Figures, dpi: int) -> Iterable[dict[str, object]]:
    slowest, median = max(figures.to_mrz), statistics.median(figures.to_mrz)
    yield {
        "name": f"from the picture to the MRZ, {dpi} dpi, slowest",
        "value": slowest,
        "unit": "s",
        "reference": f"limit {_LIMIT_SECONDS:g} s",
        "ratio": slowest / _LIMIT_SECONDS,
        "note": f"median {median:.2f} s; {figures.read} of {len(figures.to_mrz)} pages read",
    }
    yield {
        "name": f"CPU of that, {dpi} dpi, slowest",
        "value": max(figures.cpu),
        "unit": "s",
        "note": f"median {statistics.median(figures.cpu):.2f} s; three pictures decoded, one read",
    }
    if figures.to_findings:
        yield {
            "name": f"looking at the three pictures, {dpi} dpi, slowest",
            "value": max(figures.to_findings),
            "unit": "s",
            "note": f"median {statistics.median(figures.to_findings):.2f} s, beside the chip",
        }
    for what, seconds in figures.stood_still.items():
        yield {
            "name": f"the gate's loop stands still while {what}, {dpi} dpi, longest",
            "value": 1000 * max(seconds),
            "unit": "ms",
            "note": f"of {len(seconds)} pages; median {1000 * statistics.median(seconds):.1f} ms",
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=30, help="how many pages")
    parser.add_argument("--priority", type=int, default=0, help="of looking; higher is later")
    parser.add_argument("--dpi", type=int, nargs="+", default=[300, 400])
    arguments = parser.parse_args()
    for dpi in arguments.dpi:
        with tempfile.TemporaryDirectory() as folder:
            scanner = Path(folder) / "scanner"
            scanner.mkdir()
            pages = rendered(Path(folder) / "pages", arguments.count, dpi)
            for figure in shown(asyncio.run(measured(pages, scanner, arguments.priority)), dpi):
                print(json.dumps(figure))


if __name__ == "__main__":
    main()
