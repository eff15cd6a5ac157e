"""The simulated scanner's far ends before the drivers: a folder, and a program that connects."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest

from drivers.catalogue import PAGE_SCANNERS, find
from egate.ports.devices import PageScan, PageScanner
from hardware_mocks.__main__ import main
from hardware_mocks.outcome import BadInput, Unavailable
from hardware_mocks.page_scanner.folder import FolderScanner
from hardware_mocks.page_scanner.rendering import Wanted, rendered
from hardware_mocks.page_scanner.scanning import Scan
from hardware_mocks.page_scanner.socket_scanner import SocketScanner

SMALL = Wanted("bd_e_passport", dots_per_mm=6.0)


def alike(taken: PageScan, sent: Scan) -> bool:
    """Whether the pictures are the ones that were sent, but for compression."""
    pairs = (
        (taken.white, sent.white),
        (taken.infrared, sent.infrared),
        (taken.ultraviolet, sent.ultraviolet),
    )
    return all(
        got is not None and got.shape == given.shape and np.abs(got.astype(int) - given).mean() < 6
        for got, given in pairs
    )


async def test_a_folder_gets_three_lights_and_the_driver_takes_them_as_one(tmp_path: Path) -> None:
    sent = rendered(SMALL, (1, 0)).scan
    async with aclosing(find(PAGE_SCANNERS, "folder")(str(tmp_path), {"poll_seconds": 0.02})) as it:
        taken = await first_of(it, lambda: FolderScanner(tmp_path).scan(sent), tmp_path)
    assert alike(taken, sent)
    assert not entries(tmp_path)


def test_the_white_image_which_completes_a_page_is_put_there_last(tmp_path: Path) -> None:
    scanner = FolderScanner(tmp_path)
    for number in range(2):
        scanner.scan(rendered(SMALL, (1, number)).scan)
    put = sorted(entries(tmp_path), key=lambda file: file.stat().st_mtime_ns)
    assert [file.name.split(".")[:2] for file in put] == [
        [page, light]
        for page in ("page-000001", "page-000002")
        for light in ("infrared", "ultraviolet", "white")
    ]


def entries(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def first_of(scanner: PageScanner, scan: object, folder: Path) -> PageScan:
    """Scan once the driver has taken away what lay there before; return the page."""
    assert callable(scan)
    (folder / "before.white.jpg").write_bytes(b"")
    async with aclosing(scanner.pages()) as pages, asyncio.timeout(10), asyncio.TaskGroup() as both:
        waiting = both.create_task(anext(pages))
        while entries(folder):  # noqa: ASYNC110 - the driver tells nobody
            await asyncio.sleep(0.005)
        await asyncio.to_thread(scan)
    return waiting.result()


@pytest.mark.parametrize("form", ["unix", "tcp"])
async def test_a_program_connects_and_the_driver_takes_its_pages(
    form: str, tmp_path: Path, unused_tcp_port: int
) -> None:
    address = f"unix:{tmp_path}/pages" if form == "unix" else f"tcp:127.0.0.1:{unused_tcp_port}"
    sent = [rendered(SMALL, (1, number)).scan for number in range(2)]

    def run() -> list[bool]:
        with SocketScanner(address) as scanner:
            return [scanner.scan(page) for page in sent]

    async with (
        aclosing(find(PAGE_SCANNERS, "socket")(address, {})) as device,
        aclosing(device.pages()) as pages,
        asyncio.timeout(10),
        asyncio.TaskGroup() as both,
    ):
        waiting = both.create_task(anext(pages))
        await asyncio.sleep(0)  # it listens from its first step on
        running = both.create_task(asyncio.to_thread(run))
        assert alike(await waiting, sent[0])
        assert alike(await anext(pages), sent[1])
    assert running.result() == [True, True]


@pytest.mark.parametrize("address", ["unix:pages", "tcp:host", "tcp:127.0.0.1:70000", "pages"])
def test_an_address_of_no_known_form_is_named(address: str) -> None:
    with pytest.raises(BadInput, match="unix:/PATH or tcp:HOST:PORT"):
        SocketScanner(address)


def test_nobody_at_the_far_end_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"unix:{tmp_path}/nobody"
    assert main(["pages", "--send-to", address]) == 3
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert address in complaint
    with pytest.raises(Unavailable), SocketScanner(address):
        pytest.fail("connected to nobody")
