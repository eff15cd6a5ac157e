"""Crossings by hand in a real browser: the zone as one types it, and a centre that dies."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from egate.domain.record import CaptureMode, CrossingStatus
from tests.centre_harness import Centre
from tests.chromium import Screen, screen
from tests.conftest import ROOT
from tests.console_harness import CONSOLE_ID, fake_console
from tests.unit.test_mrz import td3

pytestmark = pytest.mark.asyncio(loop_scope="session")
MRZ = "\n".join(td3(number="BX0123456", nationality="BGD", state="BGD", expiry="320415").lines)
CONFIGURATION = """
listen = "{listen}"
state = "{state}"
[tls]
ca = "{tls.ca}"
certificate = "{tls.certificate}"
key = "{tls.key}"
[centre]
address = "{centre}"
[[gates]]
id = "BDDAC-E-01"
address = "127.0.0.1:9"
[desk]
border_crossing_point = "BDDAC"
station = "DAC-D-12"
authority = "SB"
book = "{book}"
reason_codes = "{reasons}"
"""


class Cable:
    """The wire to the centre, which a test cuts and mends; its address stays."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def cut(self) -> None:
        if self._server:
            self._server.close()
        for end in self._ends:
            end.transport.abort()
        self._server = None

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._ends |= {writer, far_writer}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pour(reader, far_writer))
                tasks.create_task(_pour(far_reader, writer))
        finally:
            self._ends -= {writer, far_writer}
            for end in (writer, far_writer):
                end.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while content := await reader.read(1 << 16):
            writer.write(content)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


@asynccontextmanager
async def served(config: Path) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "egate.cli", "console", "serve", "--config", str(config)),
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout
    assert (await process.stdout.readline()).startswith(b"console: ")
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


@dataclass(frozen=True)
class Served:
    """A console that is a process of its own, its browser, and its wire to the centre."""

    config: Path
    cable: Cable
    page: Screen


@asynccontextmanager
async def desk_of(folder: Path, centre: Centre) -> AsyncIterator[Served]:
    """A desk that is configured and not served yet; the cable to its centre is cut."""
    cable, tls = Cable(centre.at.grpc), centre.tls("console", CONSOLE_ID)
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    config = folder / "console.toml"
    config.write_text(
        CONFIGURATION.format(
            listen=listen,
            state=folder / "state",
            tls=tls,
            centre=f"127.0.0.1:{cable.port}",
            book=folder / "desk.sqlite",
            reasons=ROOT / "config" / "reason_codes.toml",
        )
    )
    with fake_console(folder, {"BDDAC-E-01": object()}) as made:
        secret, _ = made.officers.session("officer-1")
    async with screen(f"http://{listen}") as page:
        await page.cookie("session", secret)
        await page.cookie("language", "en")
        yield Served(config, cable, page)
    await cable.cut()


async def send_again(page: Screen, form: str) -> None:
    """Send a form as a browser does that has lost the answer."""
    await page.script(
        "return fetch('/desk/enter', {method: 'POST', body: arguments[0],"
        " headers: {'Content-Type': 'application/x-www-form-urlencoded'}})"
        ".then((answer) => answer.status)",
        form,
    )


async def test_the_centre_dies_and_a_crossing_becomes_one_record_later(
    centre: Centre, tmp_path: Path
) -> None:
    async with desk_of(tmp_path, centre) as desk:
        page = desk.page
        async with served(desk.config) as process:
            await page.go("/desk")
            await page.until_text("#desk-banner", "The centre is away")
            await page.press(MRZ + Keys.ENTER)
            await page.until_text("main", "Judge by the papers")
            form = await page.script(
                "return new URLSearchParams(new FormData(document.getElementById('crossing')))"
                ".toString()"
            )
            await page.press(Keys.ENTER)
            await page.until_text("main", "waits for the centre")
            process.send_signal(signal.SIGKILL)
            await process.wait()
        async with served(desk.config):
            await page.go("/desk")
            await page.until_text("#desk-banner", "Records that wait: 1")
            await desk.cable.mend()
            banner = "return !document.querySelector('#desk-banner').innerText"
            await page.until(banner, seconds=20)
            for _ in range(2):  # of which the first is looked up anew
                await send_again(page, form)
            await page.go("/desk/book")
            await page.until_text("main", "The centre has everything")
    (record,) = await centre.records()
    assert (record.status, record.capture_mode) == (CrossingStatus.COMPLETED, CaptureMode.DESK)
    assert (record.fallback_reasons, record.entered_by) == (("centre_away",), "officer-1")
    assert record.document
    assert record.document.document_number == "BX0123456"
