"""What the OpenCV camera promises: new pictures only, a watchdog, a clean end."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.grabber import Pixels
from drivers.camera.opencv import OpenCvCamera, OpenCvOptions, open_opencv
from drivers.catalogue import CAMERAS, find
from egate.ports.devices import Camera, DeviceError, DriverOptionError, Frame
from hardware_mocks.camera.mjpeg import MjpegCamera


def picture_of(shade: int) -> Pixels:
    return np.full((48, 64, 3), shade, np.uint8)


@pytest.fixture
def sequence(tmp_path: Path) -> str:
    for number in range(5):
        cv2.imwrite(str(tmp_path / f"lane-{number:02}.png"), picture_of(40 * number + 20))
    return str(tmp_path / "lane-%02d.png")


@pytest.fixture
async def camera(sequence: str) -> AsyncIterator[Camera]:
    made = find(CAMERAS, "opencv")(sequence, {"repeat": True, "frames_per_second": 100})
    async with aclosing(made):
        yield made


async def take(camera: Camera, count: int) -> list[Frame]:
    taken: list[Frame] = []
    async with asyncio.timeout(10), aclosing(camera.frames()) as frames:
        async for frame in frames:
            taken.append(frame)
            if len(taken) == count:
                return taken
    raise AssertionError("the frames ended")


async def test_gives_frames_in_order_and_none_twice(camera: Camera) -> None:
    taken = await take(camera, 12) + await take(camera, 3)
    times = [frame.captured_at for frame in taken]
    assert times == sorted(set(times))
    assert all(frame.pixels.shape == (48, 64, 3) for frame in taken)
    assert {int(frame.pixels[0, 0, 0]) for frame in taken} <= {20, 60, 100, 140, 180}


async def test_a_cancelled_wait_leaves_it_usable(camera: Camera) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await anext(camera.frames())
    await take(camera, 2)


async def test_the_end_of_the_pictures_is_a_lost_device_and_it_opens_again(sequence: str) -> None:
    camera = find(CAMERAS, "opencv")(sequence, {"frames_per_second": 200})
    for _ in range(2):
        with pytest.raises(DeviceError, match="no more pictures"):
            await take(camera, 6)


async def test_an_end_that_nobody_saw_is_no_fault_of_the_next_use(sequence: str) -> None:
    camera = find(CAMERAS, "opencv")(sequence, {"frames_per_second": 100})
    await take(camera, 1)
    for thread in threading.enumerate():
        if thread.name == "camera":
            await asyncio.to_thread(thread.join, 5)
    await take(camera, 1)
    await camera.aclose()


async def test_a_missing_camera_is_named(tmp_path: Path) -> None:
    for address in (str(tmp_path / "none.avi"), "/dev/video99", "http://127.0.0.1:9/lane.mjpg"):
        with pytest.raises(DeviceError, match="cannot be opened"):
            await find(CAMERAS, "opencv")(address, {}).check()


async def test_closing_releases_the_camera_and_ends_the_thread(camera: Camera) -> None:
    await camera.check()
    await camera.aclose()
    await camera.aclose()
    for thread in threading.enumerate():
        if thread.name == "camera":
            thread.join(timeout=2)
            assert not thread.is_alive()
    await take(camera, 1)


class HangingCapture:
    """Gives two pictures, then its read blocks, as V4L2 does."""

    def __init__(self, let_go: threading.Event) -> None:
        self._left = 2
        self._let_go = let_go
        self.released = False

    def is_opened(self) -> bool:
        return True

    def read(self) -> Pixels | None:
        if self._left == 0:
            self._let_go.wait()
            return None
        self._left -= 1
        return picture_of(1)

    def release(self) -> None:
        self.released = True


async def test_closing_releases_the_capture() -> None:
    let_go = threading.Event()
    let_go.set()
    capture = HangingCapture(let_go)
    camera = OpenCvCamera("short", lambda: capture, OpenCvOptions(), time.monotonic)
    await camera.check()
    await camera.aclose()
    assert capture.released


async def test_a_camera_that_hangs_is_lost() -> None:
    let_go = threading.Event()
    options = OpenCvOptions(watchdog_seconds=0.1)
    camera = OpenCvCamera("hanging", lambda: HangingCapture(let_go), options, time.monotonic)
    with pytest.raises(DeviceError, match=r"no picture for 0.1 s"):
        await take(camera, 3)
    let_go.set()


async def test_a_network_camera_gives_what_it_sees_and_survives_a_broken_line() -> None:
    async with MjpegCamera(pictures_per_second=25) as device:
        camera = find(CAMERAS, "opencv")(device.url, {"watchdog_seconds": 1.0})
        async with aclosing(camera):
            taken = await take(camera, 3)
            assert taken[0].pixels.ndim == 3
            device.hang_up()
            with pytest.raises(DeviceError):
                await take(camera, 50)
            await take(camera, 2)


async def test_a_network_camera_that_freezes_is_lost_and_comes_back() -> None:
    async with MjpegCamera(pictures_per_second=25) as device:
        camera = find(CAMERAS, "opencv")(device.url, {"watchdog_seconds": 0.5})
        async with aclosing(camera):
            await take(camera, 2)
            device.frozen = True
            with pytest.raises(DeviceError, match=r"no picture for|no more pictures"):
                await take(camera, 50)
            device.frozen = False
            await take(camera, 2)


@pytest.mark.parametrize("options", [{"width": -1}, {"zoom": 2}, {"repeat": 1}])
def test_bad_options_are_refused(options: dict[str, int | float | str | bool]) -> None:
    with pytest.raises(DriverOptionError, match=next(iter(options))):
        open_opencv("0", options, time.monotonic)
