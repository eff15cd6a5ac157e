"""``python -m hardware_mocks up``: every device of a lane, and the travellers of a scenario."""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware_mocks.lane.devices import MRZ_READERS, LaneDevices, Slowness
from hardware_mocks.lane.host import VISITS, Host, Walks
from hardware_mocks.lane.orders import (
    VISITOR,
    carry_out,
    lines_of_standard_input,
    somebody_writes,
)
from hardware_mocks.lane.scenario import load_scenario, parse_traveller
from hardware_mocks.outcome import BadInput
from hardware_mocks.page_scanner.folder import FolderScanner
from hardware_mocks.pki.command import now_utc
from hardware_mocks.pki.pki import Pki
from hardware_mocks.wire.pace import Pace
from hardware_mocks.world.traveller import Traveller

_FASTEST = 100.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("scenario", nargs="?", type=Path, help="a file of config/scenarios")
    parser.add_argument(
        "--devices-only",
        action="store_true",
        help="no scenario: a document lies on the reader; orders come as JSON lines on stdin",
    )
    parser.add_argument("--pki", type=Path, metavar="DIR", help="made there if it is not yet")
    parser.add_argument("--vpcd", metavar="HOST:PORT", help="where the virtual reader listens")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="people and motors")
    parser.add_argument("--travellers", type=int, metavar="N", help="at most so many")
    parser.add_argument(
        "--stay", action="store_true", help="keep the devices after the last traveller"
    )
    parser.add_argument(
        "--page-scanner", type=Path, metavar="DIR", help="scan each data page into this folder"
    )
    parser.add_argument("--mrz-reader", choices=sorted(MRZ_READERS), default="elyctis")
    parser.add_argument(
        "--flow", choices=sorted(VISITS), default="one_step", help="how the lane is laid out"
    )
    parser.add_argument("--baud", type=int, default=9600, metavar="N", help="of serial lines")
    parser.add_argument("--link-kbit", type=float, metavar="K", help="of the chip's link")
    parser.add_argument(
        "--apdu-ms", type=float, default=0.0, metavar="MS", help="that a chip takes beside that"
    )
    parser.add_argument(
        "--door-seconds", type=float, default=0.8, metavar="S", help="from closed to open"
    )
    parser.add_argument(
        "--people", type=int, metavar="SEED", help="each is quick or slow in a way of their own"
    )
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class _Wish:
    travellers: Sequence[Traveller] | None
    vpcd: tuple[str, int]
    mrz_reader: str
    pki: Path
    stay: bool
    scanner: FolderScanner | None
    slowness: Slowness
    walks: Walks


def run(arguments: argparse.Namespace) -> int:
    """Run the lane until the last traveller is gone, or until it is told to end."""
    travellers = _travellers(arguments)
    if not 0 < arguments.speed <= _FASTEST:
        raise BadInput(f"--speed: more than 0, at most {_FASTEST:g}")
    with ExitStack() as stack:
        folder = arguments.pki or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="lane-pki-"))
        )
        pki = _load_or_make(folder)
        vpcd = _address(arguments.vpcd)
        wish = _Wish(
            travellers,
            vpcd,
            arguments.mrz_reader,
            folder,
            arguments.stay,
            _scanner(arguments.page_scanner),
            _slowness(arguments),
            Walks(arguments.flow, arguments.speed, arguments.people),
        )
        try:
            asyncio.run(_up(wish, pki))
        except* BrokenPipeError:  # nobody listens to the truth any more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


async def _up(wish: _Wish, pki: Pki) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with LaneDevices(
        wish.vpcd,
        mrz_reader=wish.mrz_reader,
        speed=wish.walks.speed,
        slowness=wish.slowness,
        scanner=wish.scanner,
    ) as devices:
        _say(
            {
                **devices.addresses(),
                "pki": str(wish.pki.resolve()),
                "mrz_reader_driver": wish.mrz_reader,
                "travellers": len(wish.travellers or ()),
            }
        )
        host = Host(devices, pki, now_utc(), _say, wish.walks)
        visitors: asyncio.Queue[Traveller] = asyncio.Queue()
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(_play(host, wish, visitors, ended)),
                tasks.create_task(_take_orders(devices, visitors, ended)),
            ]
            await ended.wait()
            for task in running:
                task.cancel()


async def _play(
    host: Host,
    wish: _Wish,
    visitors: asyncio.Queue[Traveller],
    ended: asyncio.Event,
) -> None:
    if wish.travellers is None:
        await host.host_resident(parse_traveller(VISITOR), visitors)
        return
    for index, traveller in enumerate(wish.travellers):
        await host.receive(traveller, index)
    await host.settle()
    _say({"event": "finished"})
    if not wish.stay:
        ended.set()


async def _take_orders(
    devices: LaneDevices, visitors: asyncio.Queue[Traveller], ended: asyncio.Event
) -> None:
    if not somebody_writes():
        return
    async for line in lines_of_standard_input():
        try:
            carry_out(line, devices.board.lane, visitors.put_nowait)
        except BadInput as fault:
            print(f"hardware_mocks: order: {fault}", file=sys.stderr)
    ended.set()


def _say(truth: dict[str, Any]) -> None:
    print(json.dumps(truth), flush=True)


def _travellers(arguments: argparse.Namespace) -> Sequence[Traveller] | None:
    if (arguments.scenario is None) is not arguments.devices_only:
        raise BadInput("up: name a scenario, or --devices-only")
    if arguments.travellers is not None and arguments.travellers < 1:
        raise BadInput("--travellers: at least 1")
    if arguments.devices_only:
        return None
    return load_scenario(arguments.scenario)[: arguments.travellers]


def _load_or_make(folder: Path) -> Pki:
    try:
        if not (folder / "pki.json").exists():
            Pki.make(now_utc()).save(folder)
        return Pki.load(folder)
    except OSError as error:
        raise BadInput(f"--pki {folder}: {error.strerror}") from None
    except (KeyError, ValueError) as error:
        raise BadInput(f"--pki {folder}: no PKI of this program: {error}") from None


def _slowness(arguments: argparse.Namespace) -> Slowness:
    if not 300 <= arguments.baud <= 4_000_000:
        raise BadInput("--baud: 300 to 4000000")
    if arguments.link_kbit is not None and not 1 <= arguments.link_kbit <= 10_000:
        raise BadInput("--link-kbit: 1 to 10000")
    if not 0 <= arguments.apdu_ms <= 1000:
        raise BadInput("--apdu-ms: 0 to 1000")
    if not 0 <= arguments.door_seconds <= 60:
        raise BadInput("--door-seconds: 0 to 60")
    link = Pace(arguments.link_kbit, arguments.apdu_ms)
    return Slowness(arguments.baud, link, arguments.door_seconds)


def _scanner(folder: Path | None) -> FolderScanner | None:
    if folder is None:
        return None
    if not folder.is_dir():
        raise BadInput(f"--page-scanner {folder}: no such folder")
    return FolderScanner(folder.resolve())


def _address(text: str | None) -> tuple[str, int]:
    if text is None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        return "127.0.0.1", port
    host, _, number = text.rpartition(":")
    if not host or not number.isdecimal() or not 0 < int(number) < 65536:
        raise BadInput("--vpcd: HOST:PORT of a virtual reader, as 127.0.0.1:35963")
    return host, int(number)
