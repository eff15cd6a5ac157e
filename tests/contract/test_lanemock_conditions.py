"""Devices of a running lane in trouble, seen from the gate's end of their wires."""

import asyncio
import os
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

import cv2
import numpy as np
import pytest

from hardware_mocks.lane.condition import Condition
from hardware_mocks.lane.devices import LaneDevices, Placed
from hardware_mocks.lane.kind import LaneKind

LINES = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
ANSWER = bytes.fromhex("0102039000")


class Chip:
    atr = b"\x3b\x80\x80\x01\x01"

    def enter_field(self) -> None: ...

    def reset(self) -> None: ...

    def transmit(self, apdu: bytes) -> bytes:
        return ANSWER


@dataclass
class Reader:
    """The gate's end of the virtual reader: the chip that lies there, if one does."""

    arrivals: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(
        default_factory=asyncio.Queue
    )

    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        await self.arrivals.put((reader, writer))

    async def ask(self, wire: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> bytes:
        reader, writer = wire
        writer.write(bytes.fromhex("0005 0084000005"))
        return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))


@asynccontextmanager
async def lane(kind: LaneKind = LaneKind()) -> AsyncIterator[tuple[LaneDevices, Reader]]:  # noqa: B008
    reader = Reader()
    async with (
        await asyncio.start_server(reader.connected, "127.0.0.1", 0) as server,
        LaneDevices(server.sockets[0].getsockname()[:2], kind=kind) as devices,
        asyncio.timeout(20),
    ):
        devices.document = lambda _: Placed(LINES, Chip())
        try:
            yield devices, reader
        finally:
            for writer in reader.writers:
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()


async def inquire(path: str, seconds: float, wanted: int = 92) -> bytes:
    """What an Elyctis reader answers within ``seconds``."""
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    received = b""
    try:
        os.write(fd, b"\x49\x00\x00")
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(received) < wanted:
                    with suppress(BlockingIOError):
                        received += os.read(fd, 256)
                    await asyncio.sleep(0.005)
    finally:
        os.close(fd)
    return received


async def test_a_serial_device_in_every_condition_and_whole_again() -> None:
    async with lane() as (devices, reader):
        devices.lay(1)
        await reader.arrivals.get()
        path = devices.addresses()["mrz_reader"]
        whole = await inquire(path, 5)
        assert whole[3:] == "\r".join(LINES).encode()
        devices.set_condition("mrz_reader", Condition.GARBLED)
        assert whole not in await inquire(path, 5, len(b"\xff\x00") + 92)
        devices.set_condition("mrz_reader", Condition.DEAD)
        assert await inquire(path, 0.4) == b""
        devices.set_condition("mrz_reader", Condition.SLOW)
        begun = asyncio.get_running_loop().time()
        assert await inquire(path, 5) == whole
        assert asyncio.get_running_loop().time() - begun > 0.25
        devices.set_condition("mrz_reader", Condition.UNPLUGGED)
        with pytest.raises(FileNotFoundError):
            await inquire(path, 1)
        devices.set_condition("mrz_reader", Condition.WHOLE)
        assert await inquire(path, 5) == whole


async def test_a_chip_in_every_condition_and_whole_again() -> None:
    async with lane() as (devices, reader):
        devices.lay(1)
        wire = await reader.arrivals.get()
        assert await reader.ask(wire) == ANSWER
        devices.set_condition("chip_reader", Condition.GARBLED, seed=1)
        assert await reader.ask(wire) != ANSWER
        devices.set_condition("chip_reader", Condition.SLOW)
        begun = asyncio.get_running_loop().time()
        assert await reader.ask(wire) == ANSWER
        assert asyncio.get_running_loop().time() - begun > 0.2
        devices.set_condition("chip_reader", Condition.DEAD)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.ask(wire)
        devices.set_condition("chip_reader", Condition.UNPLUGGED)
        assert await wire[0].read() == b""
        assert not devices.chip_lost  # the document lies there; it is the reader that is gone
        devices.set_condition("chip_reader", Condition.WHOLE)
        assert await reader.ask(await reader.arrivals.get()) == ANSWER


def picture_of(url: str) -> bool:
    capture = cv2.VideoCapture(url)
    try:
        return bool(capture.isOpened() and capture.read()[0])
    finally:
        capture.release()


def is_damaged(url: str) -> bool:
    """Whether one of the next pictures is none; the first may have been taken before."""
    with urllib.request.urlopen(url) as stream:  # noqa: S310 - the mock's
        return any(next_jpeg(stream) is None for _ in range(3))


def next_jpeg(stream: BinaryIO) -> object:
    while stream.readline().strip().lower() != b"content-type: image/jpeg":
        pass
    length = int(stream.readline().split(b":")[1])
    stream.readline()
    return cv2.imdecode(np.frombuffer(stream.read(length), np.uint8), cv2.IMREAD_COLOR)


async def test_a_camera_in_every_condition_and_whole_again() -> None:
    async with lane() as (devices, _):
        url = devices.addresses()["camera"]
        assert await asyncio.to_thread(picture_of, url)
        devices.set_condition("camera", Condition.UNPLUGGED)
        assert not await asyncio.to_thread(picture_of, url)
        devices.set_condition("camera", Condition.GARBLED)
        assert await asyncio.to_thread(is_damaged, url)
        devices.set_condition("camera", Condition.SLOW)
        assert devices.camera.pictures_per_second == 1
        devices.set_condition("camera", Condition.WHOLE)
        assert devices.camera.pictures_per_second == 12
        assert await asyncio.to_thread(picture_of, url)


@pytest.mark.parametrize("barrier", ["modbus", "turnstile"])
@pytest.mark.parametrize("flow", ["one_step", "two_step"])
async def test_settings_name_each_device_as_a_gate_does(barrier: str, flow: str) -> None:
    kind = LaneKind(flow, barrier, "line_push", emergency_input=True, signal_lights=True)
    async with lane(kind) as (devices, _):
        settings = devices.settings()
        assert settings["mrz_reader"]["driver"] == "line_push"
        assert settings["barrier"]["driver"] == barrier
        options = settings["barrier"]["options"]
        assert options["door"] == ("exit" if flow == "two_step" else "entry")
        assert ("input_release_button" in options) is (flow == "two_step")
        for name in ("mrz_reader", "barrier", "emergency_input", "signal_lights"):
            assert os.path.exists(settings[name]["address"])  # noqa: ASYNC240, PTH110
