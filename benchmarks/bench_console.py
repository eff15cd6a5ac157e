"""How soon a referral is on the officers' board, and what the board costs with ten busy lanes.

Ten gates' services over mutual TLS, the console over HTTP, and a client of its event stream: all
of them in this one process, so each figure holds the others' work too. From the lane's decision to
the event in the client's hands; a browser then draws it.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from egate.cli.service_identity import create_authority, issue
from egate.ports.supervision import GateState, GateStatus, ListStatus, TravellerMessage
from egate.reporting.gate_client import GateLink
from egate.reporting.gate_service import serve_gate
from egate.web.server import serving
from tests.console_harness import fake_console

_LANES = 10
_REFERRALS = 60
_PAGES = 150
# A lane at full traffic: a traveller in ten seconds, some twenty changes of its status each.
_CHANGE_SECONDS = 0.5
_BOARD_LIMIT = 0.3
_PAGE_LIMIT = 0.2


class _Lane:
    """A gate's supervision without a gate."""

    def __init__(self, gate_id: str) -> None:
        lists = tuple(ListStatus(name, 7, 44.0) for name in ("EXIT_BAN", "SLTD", "WANTED"))
        self.now = GateStatus(
            *(gate_id, GateState.IDLE, TravellerMessage.WELCOME),
            mode="enabled",
            flow="two_step",
            direction="entry",
            lists=lists,
            since=1.0,
        )
        self._changed: set[asyncio.Event] = set()

    async def changes(self) -> AsyncIterator[GateStatus]:
        changed = asyncio.Event()
        self._changed.add(changed)
        while True:
            yield self.now
            await changed.wait()
            changed.clear()

    @contextmanager
    def attended(self) -> Iterator[None]:
        yield

    def become(self, status: GateStatus) -> None:
        self.now = status
        for changed in self._changed:
            changed.set()

    async def be_busy(self) -> None:
        while True:
            for state in (GateState.READING_MRZ, GateState.INSPECTING, GateState.PASSING):
                await asyncio.sleep(_CHANGE_SECONDS)
                sessions = self.now.sessions + 1
                self.become(replace(self.now, state=state, sessions=sessions))


async def _referrals(lane: _Lane, lines: AsyncIterator[str]) -> list[float]:
    """Return the seconds from each decision to its event."""
    found = []
    for number in range(_REFERRALS):
        crossing_id = f"0197f000-0000-7000-8000-{number:012}"
        began = time.perf_counter()
        lane.become(
            replace(
                lane.now,
                state=GateState.AWAITING_OFFICER,
                crossing_id=crossing_id,
                findings=("BIOMETRIC.FACE",),
            )
        )
        async for line in lines:
            if f"cases/{crossing_id}" in line:
                break
        found.append(time.perf_counter() - began)
        lane.become(replace(lane.now, state=GateState.IDLE, crossing_id="", findings=()))
        await asyncio.sleep(0.1)
    return found


async def _pages(client: httpx.AsyncClient) -> list[float]:
    found = []
    await client.get("/")  # compiles the templates, once in a process
    for _ in range(_PAGES):
        began = time.perf_counter()
        (await client.get("/")).raise_for_status()
        found.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)
    return found


async def measured(folder: Path) -> tuple[list[float], list[float]]:
    """Return the seconds of referrals and of pages, while every other lane is busy."""
    create_authority(folder / "pki")
    lanes = [_Lane(f"BDDAC-E-{number:02}") for number in range(1, _LANES + 1)]
    async with AsyncExitStack() as at:
        links = {}
        for lane in lanes:
            gate_id = lane.now.gate_id
            tls = issue(folder / "pki", "gate", gate_id)
            address = await at.enter_async_context(serve_gate(lane, "127.0.0.1:0", tls))  # type: ignore[arg-type]
            links[gate_id] = GateLink(address, issue(folder / "pki", "console", gate_id))
            at.push_async_callback(links[gate_id].close)
        made = at.enter_context(fake_console(folder / "console", links))
        url = await at.enter_async_context(serving(made.app, "127.0.0.1:0"))
        secret, _ = made.officers.session("officer-1")
        client = await at.enter_async_context(
            httpx.AsyncClient(base_url=url, cookies={"session": secret}, timeout=30)
        )
        stream = await at.enter_async_context(client.stream("GET", "/hall/events"))
        lines = stream.aiter_lines()
        while any(lane.fault for lane in made.console.hall.every_lane()):
            await anext(lines)
        async with asyncio.TaskGroup() as tasks:
            busy = [tasks.create_task(lane.be_busy()) for lane in lanes[1:]]
            referrals = await _referrals(lanes[0], lines)
            pages = await _pages(client)
            for each in busy:
                each.cancel()
    return referrals, pages


def _figure(name: str, seconds: list[float], limit: float, note: str) -> dict[str, object]:
    ordered = sorted(seconds)
    worst = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    median = 1000 * ordered[len(ordered) // 2]
    return {
        "name": name,
        "value": 1000 * worst,
        "unit": "ms, p99",
        "reference": f"limit {1000 * limit:g} ms",
        "ratio": worst / limit,
        "note": f"median {median:.1f} ms; {note}",
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="egate-console-") as folder:
        referrals, pages = asyncio.run(measured(Path(folder)))
    beside = f"{_LANES} lanes at full traffic"
    event = f"event received by an HTTP client; {beside}"
    print(json.dumps(_figure("referral on the board", referrals, _BOARD_LIMIT, event)))
    page = f"whole request, but the first; {beside}"
    print(json.dumps(_figure("page of the board", pages, _PAGE_LIMIT, page)))


if __name__ == "__main__":
    main()
