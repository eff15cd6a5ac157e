"""``python -m hardware_mocks up``: every device of a lane, and the travellers of a scenario."""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from hardware_mocks.lane.bag import Bags
from hardware_mocks.lane.devices import LaneDevices
from hardware_mocks.lane.gate_config import write_gate_config
from hardware_mocks.lane.host import Host
from hardware_mocks.lane.kind import LaneKind
from hardware_mocks.lane.orders import (
    VISITOR,
    carry_out_line,
    lines_of_standard_input,
    somebody_writes,
)
from hardware_mocks.lane.scenario import parse_traveller
from hardware_mocks.lane.wish import Wish, free_address, read_wish
from hardware_mocks.lane.wish import configure as configure_wish
from hardware_mocks.outcome import BadInput
from hardware_mocks.page.playground import Playground
from hardware_mocks.page.serving import listen_on, served, url_of
from hardware_mocks.page_scanner.folder import FolderScanner
from hardware_mocks.pki.command import load_or_make, now_utc
from hardware_mocks.pki.pki import Pki
from hardware_mocks.world.plan import PlannedVisit


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    configure_wish(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the lane until the last traveller is gone, or until it is told to end."""
    wish = read_wish(arguments)
    if arguments.plan:
        print(json.dumps(wish.plan()))
        return 0
    with ExitStack() as stack:
        folder = (wish.pki or _throw_away(stack, "lane-pki-")).resolve()
        scanner = None
        if wish.lane.page_scanner:
            pages = wish.pages or _throw_away(stack, "lane-pages-")
            scanner = FolderScanner(pages.resolve())
        pki = load_or_make(folder)
        try:
            asyncio.run(_up(wish, folder, pki, scanner))
        except* BrokenPipeError:  # nobody listens to the truth any more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


async def _up(wish: Wish, folder: Path, pki: Pki, scanner: FolderScanner | None) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(listen_on(wish.page)) if wish.page else None
        devices, gate = await _lanes(wish, scanner, stack)
        links = _links(wish, devices)
        _say(
            {
                **devices.addresses(),
                "pki": str(folder),
                "mrz_reader_driver": wish.lane.mrz_reader,
                "flow": wish.lane.flow,
                "devices": devices.settings(),
                "travellers": len(wish.visits or ()),
                **links,
                **({"page": url_of(listener)} if listener else {}),
                **({"gate": {"devices": gate.settings()}} if gate else {}),
            }
        )
        bags = Bags(devices, (gate or devices).camera, pki, now_utc())
        visitors: asyncio.Queue[PlannedVisit] = asyncio.Queue()
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(_take_orders(devices, visitors, ended))]
            if listener is None:
                host = Host(devices, bags, _say, wish.walks, gate=gate)
                running.append(tasks.create_task(_play(host, wish, visitors, ended)))
            else:
                page = _serve_page(wish, devices, bags, listener, links)
                running.append(tasks.create_task(page))
            await ended.wait()
            for task in running:
                task.cancel()


def _links(wish: Wish, devices: LaneDevices) -> dict[str, str]:
    """Write a gate's configuration if one is wanted, and return where its pages will be."""
    links = {"display": wish.display} if wish.display else {}
    if wish.gate_config is None:
        return links
    written = write_gate_config(wish.gate_config, wish.lane.flow, devices.settings())
    return {
        "gate_config": str(written.gate),
        "console_config": str(written.console),
        "trust_store": str(written.trust_store),
        "display": written.display,
        "console": written.console_page,
        **links,
    }


async def _serve_page(
    wish: Wish,
    devices: LaneDevices,
    bags: Bags,
    listener: socket.socket,
    links: Mapping[str, str],
) -> None:
    playground = Playground(devices, bags, wish.travellers, _say, speed=wish.walks.speed)
    async with served(playground, listener, links):
        await asyncio.Event().wait()


async def _lanes(
    wish: Wish, scanner: FolderScanner | None, stack: AsyncExitStack
) -> tuple[LaneDevices, LaneDevices | None]:
    """Start the devices of the lane; of a segregated one the kiosk's, and the gate's."""

    async def started(
        kind: LaneKind, vpcd: tuple[str, int], scanner: FolderScanner | None
    ) -> LaneDevices:
        return await stack.enter_async_context(
            LaneDevices(
                vpcd, kind=kind, speed=wish.walks.speed, slowness=wish.slowness, scanner=scanner
            )
        )

    if wish.lane.flow != "segregated":
        return await started(wish.lane, wish.vpcd, scanner), None
    kiosk = await started(replace(wish.lane, flow="kiosk", barrier="modbus"), wish.vpcd, scanner)
    return kiosk, await started(replace(wish.lane, flow="token_gate"), free_address(), None)


async def _play(
    host: Host,
    wish: Wish,
    visitors: asyncio.Queue[PlannedVisit],
    ended: asyncio.Event,
) -> None:
    if wish.visits is None:
        await host.host_resident(parse_traveller(VISITOR), visitors)
        return
    for index, visit in enumerate(wish.visits):
        await host.receive(visit, index)
    await host.settle()
    _say({"event": "finished"})
    if not wish.stay:
        ended.set()


async def _take_orders(
    devices: LaneDevices, visitors: asyncio.Queue[PlannedVisit], ended: asyncio.Event
) -> None:
    if not somebody_writes():
        return
    async for line in lines_of_standard_input():
        try:
            carry_out_line(line, devices, visitors.put_nowait)
        except BadInput as fault:
            print(f"hardware_mocks: order: {fault}", file=sys.stderr)
    ended.set()


def _say(truth: dict[str, Any]) -> None:
    print(json.dumps(truth), flush=True)


def _throw_away(stack: ExitStack, prefix: str) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
