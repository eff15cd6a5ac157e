"""``python -m tests.soak --sessions 10000``: does a gate grow that serves all day, and all week.

One process has two lanes, one with one barrier and one with two, each with a journal on the
disk. The gate's code is the real one: session machine, runner, journal and outbox with their
seal, executor, watchers, forwarder, supervision, chip inspection, face watch in threads. The
devices and the networks for faces are simulated in the same process without wires, and time
is virtual: it stands still while a thread computes and jumps when everybody waits. The
travellers are drawn by the seed: genuine ones, impostors, pictures before the camera, bad and
copied documents, chips that move, people who are followed and people who walk away; an
officer clears those who were referred.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

import structlog

from egate.domain.session import model as m
from egate.observability.logging import configure_logging
from tests.soak import wires
from tests.soak.growth import Limit, result_of
from tests.soak.lane import SoakLane, journal_bytes, soak_lane
from tests.soak.page import write_section
from tests.soak.process import open_files, resident_kb, threads
from tests.soak.wires import soaked_on_wires
from tests.virtual_time import ThreadedVirtualLoop, run_virtually

ROOT: Final = Path(__file__).resolve().parent.parent.parent
PAGE: Final = ROOT / "docs" / "soak.md"
TITLE: Final = "In one process, without wires"
TOLD: Final = """`python -m tests.soak --sessions 10000 --write`. Two lanes, one with one barrier
and one with two, each with a journal on the disk that begins with all the steps it keeps. The
gate's code is the real one: session machine, runner, journal and outbox with their seal, executor,
watchers, the barrier's driver above its line, forwarder, supervision with a console that comes
and goes, chip inspection, face watch and comparison in threads. In this process and without wires
are the devices: one document in ten has a whole simulated chip that is read and verified in
earnest, the others show evidence that is given; the networks for faces are replaced by what the
world knows. Time is virtual: it stands still while a thread computes and jumps when everybody
waits. Who comes is drawn by the seed: genuine travellers, impostors, pictures before the camera,
tampered, copied and unknown documents, chips that move, people who are followed and people who
walk away; an officer clears those who were referred."""
_SAMPLES: Final = 100
_WORKERS: Final = 6
_FLOWS: Final = (m.Flow.ONE_STEP, m.Flow.TWO_STEP)
LIMITS: Final = (
    Limit("resident memory", "kB", 4096.0),
    Limit("objects of Python", "", 2000.0),
    Limit("threads", "", 0.5),
    Limit("open files", "", 0.5),
    Limit("asyncio tasks", "", 1.5),
    Limit("steps in the journals", "", 500.0),
    Limit("records in the outboxes", "", 0.5),
    Limit("journals on the disk", "kB", 9000.0),  # two write-ahead logs of 4 MB fill first
)


class Soak:
    """Counts sessions, and takes a sample whenever so many more have ended."""

    def __init__(self, sessions: int, folder: Path) -> None:
        self.sessions = sessions
        self.served = 0
        self.samples: list[tuple[int, tuple[float, ...]]] = []
        self._folder = folder
        self._every = max(1, sessions // _SAMPLES)
        self._lanes: Sequence[SoakLane] = ()
        self._enough = asyncio.Event()

    async def run(self, seed: int) -> None:
        await _fill_pool()
        async with AsyncExitStack() as stack:
            self._lanes = [
                await stack.enter_async_context(soak_lane(self._folder / flow.value, flow, seed))
                for flow in _FLOWS
            ]
            async with asyncio.TaskGroup() as tasks:
                serving = [tasks.create_task(lane.serve(self._ended)) for lane in self._lanes]
                await self._enough.wait()
                for task in serving:
                    task.cancel()

    @property
    def wrong(self) -> list[str]:
        return [each for lane in self._lanes for each in lane.wrong]

    @property
    def verdicts(self) -> "Counter[str]":
        return sum((lane.centre.verdicts for lane in self._lanes), Counter())

    def _ended(self) -> None:
        self.served += 1
        if self.served % self._every == 0:
            self.samples.append((self.served, self._sample()))
        if self.served >= self.sessions:
            self._enough.set()

    def _sample(self) -> tuple[float, ...]:
        gc.collect()
        rows = [lane.rows() for lane in self._lanes]
        taken = sum(journal_bytes(self._folder / flow.value) for flow in _FLOWS)
        return (
            resident_kb(os.getpid()),
            len(gc.get_objects()),
            threads(os.getpid()),
            open_files(os.getpid()),
            len(asyncio.all_tasks()),
            sum(steps for steps, _ in rows),
            sum(records for _, records in rows),
            taken / 1024,
        )


async def _fill_pool() -> None:
    """Start every thread that work may be done in: they come by chance otherwise."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_WORKERS))
    all_there = threading.Barrier(_WORKERS)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(_WORKERS):
            tasks.create_task(asyncio.to_thread(all_there.wait))


def soaked(sessions: int, seed: int) -> dict[str, Any]:
    """Serve so many sessions; the answer says what grew."""
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
    ):
        for flow in _FLOWS:
            (Path(folder) / flow.value).mkdir()
        soak = Soak(sessions, Path(folder))
        with _logging_to(nowhere):
            run_virtually(soak.run(seed), ThreadedVirtualLoop)
    return {
        "sessions": soak.served,
        "seed": seed,
        "seconds": round(time.monotonic() - began),
        "verdicts": dict(soak.verdicts),
        "wrong": soak.wrong,
        **result_of(LIMITS, soak.samples),
    }


@contextmanager
def _logging_to(stream: TextIO) -> Iterator[None]:
    """Have the gate make and redact its lines as always."""
    before = structlog.get_config()
    configure_logging(stream)
    try:
        yield
    finally:
        structlog.configure(**before)


def main(words: list[str] | None = None) -> int:
    """Soak; 0 if every verdict was right and nothing grew."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--sessions", type=int, default=10_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument("--wires", action="store_true", help="the delivered process on its wires")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(words)
    if chosen.wires:
        result = asyncio.run(soaked_on_wires(chosen.sessions, chosen.seed))
    else:
        result = soaked(chosen.sessions, chosen.seed)
    if chosen.write:
        section = (wires.TITLE, wires.TOLD) if chosen.wires else (TITLE, TOLD)
        write_section(PAGE, *section, result)
    print(json.dumps(result) if chosen.json else json.dumps(result, indent=1))
    return 1 if result["wrong"] or result["growing"] else 0


if __name__ == "__main__":
    sys.exit(main())
