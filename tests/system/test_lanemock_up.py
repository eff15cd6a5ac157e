"""``python -m hardware_mocks up`` as a process, with a gate of a few lines at its wires."""

import asyncio
import errno
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import pytest

from hardware_mocks.wire.modbus_server import crc16

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.system

SCENARIO = """
[[traveller]]
name = "GENUINE, ONE"
kind = "genuine"
person = "P001"
active_authentication = "none"
[[traveller]]
name = "LEAVER, TWO"
kind = "chip_leaves_twice"
person = "P002"
active_authentication = "none"
[[traveller]]
name = "FOLLOWED, THREE"
kind = "tailgating"
person = "P003"
active_authentication = "none"
[[traveller]]
name = "TIRED, FOUR"
kind = "abandons"
person = "P005"
active_authentication = "none"
"""


@dataclass
class Lane:
    process: asyncio.subprocess.Process
    devices: dict[str, Any]
    truth: list[dict[str, Any]] = field(default_factory=list)

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.truth.append(json.loads(line))
            yield self.truth[-1]


@asynccontextmanager
async def up(*words: str) -> AsyncIterator[Lane]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hardware_mocks", "up", *words,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(40):
            yield Lane(process, json.loads(await process.stdout.readline()))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Serial:
    def __init__(self, path: str) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    async def exchange(self, request: bytes, is_whole: Callable[[bytes], bool]) -> bytes:
        os.write(self.fd, request)
        received = b""
        async with asyncio.timeout(5):
            while not is_whole(received):
                with suppress(BlockingIOError):
                    received += os.read(self.fd, 256)
                await asyncio.sleep(0.005)
        return received


async def document(mrz_reader: Serial) -> str:
    answer = await mrz_reader.exchange(
        bytes.fromhex("490000"),
        lambda got: len(got) >= 3 and len(got) >= 3 + int.from_bytes(got[1:3], "big"),
    )
    return answer[3:].decode()


class ToyGate:
    """Opens for whoever has a document whose chip answers three commands, one at a time."""

    def __init__(self, lane: Lane) -> None:
        self.barrier = Serial(lane.devices["barrier"])
        self.mrz_reader = Serial(lane.devices["mrz_reader"])
        self.host, _, port = lane.devices["vpcd"].partition(":")
        self.port = int(port)
        self.lines: list[str] = []
        self.card_open = False
        self.answered = 0

    async def modbus(self, content: str, length: int) -> bytes:
        raw = b"\x01" + bytes.fromhex(content)
        return await self.barrier.exchange(raw + crc16(raw), lambda got: len(got) >= length)

    async def coils(self, **on: bool) -> None:
        for name, address in (("door", 0), ("red", 4), ("green", 5), ("blue", 6)):
            value = "FF00" if on.get(name) else "0000"
            await self.modbus(f"05 {address:04x} {value}", 8)

    async def inputs(self) -> int:
        await self.modbus("05 0008 FF00", 8)
        answer = await self.modbus("02 0000 000A", 7)
        return int.from_bytes(answer[3:5], "little")

    async def card(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Ask for a random number until the chip is gone or ten answers came."""
        self.answered = 0
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while self.answered < 12:
                writer.write(b"\x00\x05\x00\x84\x00\x00\x08")
                await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
                self.answered += 1
            await reader.read()
        writer.close()

    async def serve(self) -> None:
        server = await asyncio.start_server(self.card, self.host, self.port)
        try:
            while True:
                await self._traveller()
        except OSError as error:
            if error.errno != errno.EIO:  # the lane lets its lines go before its output ends
                raise
        finally:
            server.close()
            for serial in (self.barrier, self.mrz_reader):
                os.close(serial.fd)

    async def _traveller(self) -> None:
        self.answered = 0
        await self.coils(blue=True)
        while not await self.inputs() & 1 << 5:
            pass
        await self.coils()
        clock = asyncio.get_running_loop().time
        entered = clock()  # no decision at once: a second person must have time to come
        while self.answered < 12 or clock() < entered + 1 or not await document(self.mrz_reader):
            inputs = await self.inputs()
            if inputs & 1 << 4 and inputs & 1 << 5:  # a second person
                await self.coils(red=True)
            if not inputs & 1 << 5:
                await self._empty()
                return
        self.lines.append(await document(self.mrz_reader))
        await self.coils(door=True, green=True)
        while not await self.inputs() & 1 << 6:
            pass
        await self.coils()
        await self._empty()

    async def _empty(self) -> None:
        """Wait for a closed door and a mouth that was crossed, if it was going to be."""
        clear = 0
        while clear < 12:
            clear = clear + 1 if await self.inputs() & 0b1110001 == 1 else 0


async def test_a_scenario_from_the_first_line_to_the_end(tmp_path: Path) -> None:
    scenario = tmp_path / "four.toml"
    scenario.write_text(SCENARIO)
    async with up(str(scenario), "--speed", "20", "--pki", str(tmp_path / "pki")) as lane:
        assert {"mrz_reader", "barrier", "camera", "vpcd", "pki"} <= lane.devices.keys()
        assert (tmp_path / "pki" / "pki.json").exists()
        gate = ToyGate(lane)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(gate.serve())
            async for _ in lane.events():
                pass
            serving.cancel()
        assert await lane.process.wait() == 0
    assert lane.truth[-1] == {"event": "finished"}
    stories = [
        [each["event"] for each in lane.truth if each.get("index") == index] for index in range(4)
    ]
    assert stories[0] == [
        "arrived", "document_laid", "looked_up", "document_lifted", "passed", "done",
    ]  # fmt: skip
    assert [stories[1].count(each) for each in ("document_laid", "chip_lost", "passed")] == [
        3,
        2,
        1,
    ]
    assert stories[2][-4:] == ["stopped", "document_lifted", "left", "done"]
    assert "second_entered" in stories[2]
    assert stories[3] == ["arrived", "document_laid", "document_lifted", "left", "done"]
    assert [line[5:20] for line in gate.lines] == ["GENUINE<<ONE<<<", "LEAVER<<TWO<<<<"]
    times = [each["at"] for each in lane.truth[:-1]]
    assert times == sorted(times)


async def test_devices_only_has_a_document_and_a_face_and_takes_orders() -> None:
    async with up("--devices-only", "--speed", "20") as lane:
        reader = Serial(lane.devices["mrz_reader"])
        while not (lines := await document(reader)):
            pass
        os.close(reader.fd)
        assert lines.startswith("P<BGDSPECIMEN<<FARZANA<ISLAM<")
        opened = await asyncio.to_thread(lambda: cv2.VideoCapture(lane.devices["camera"]).read())
        assert opened[0]
        barrier = Serial(lane.devices["barrier"])
        assert lane.process.stdin is not None
        lane.process.stdin.write(b'{"do": "bad"}\n{"do": "emergency"}\n')
        request = b"\x01\x02\x00\x08\x00\x01"
        answer = b""
        while answer[3:4] != b"\x01":
            answer = await barrier.exchange(request + crc16(request), lambda got: len(got) >= 6)
        os.close(barrier.fd)
        lane.process.stdin.close()
        assert await lane.process.wait() == 0


def is_there(path: str) -> bool:
    return os.path.lexists(path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_in_good_order(number: signal.Signals, tmp_path: Path) -> None:
    scenario = tmp_path / "four.toml"
    scenario.write_text(SCENARIO)
    async with up(str(scenario)) as lane:
        lane.process.send_signal(number)
        assert await lane.process.wait() == 0
    assert not is_there(lane.devices["barrier"])


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_a_page_is_scanned_when_its_document_is_laid_down(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    os.mkdir(folder)  # noqa: PTH102 - at once
    words = ("--devices-only", "--pki", str(tmp_path / "pki"), "--page-scanner", str(folder))
    async with up(*words) as lane:
        assert lane.devices["page_scanner"] == str(folder)
        while "page-000001.white.jpg" not in names(folder):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        lights = [f"page-000001.{light}.jpg" for light in ("infrared", "ultraviolet", "white")]
        assert names(folder) == lights
        assert {cv2.imread(str(folder / name)).shape[:2] for name in lights} == {(1087, 1524)}
