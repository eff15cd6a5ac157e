"""The mirror never holds the capture up, costs nothing unasked, and forgets whoever leaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.time import Instant
from egate.gate.case_images import CaseImages
from egate.gate.display import mirror as module
from egate.gate.display.mirror import HEIGHT, WIDTH, Mirror, MirroredCamera, reflection
from egate.gate.face_comparison import FaceComparison, FaceWays
from egate.ports.devices import DeviceError, DeviceName, Frame
from tests.emrtd_passport import passport
from tests.face_scene import ScriptedCamera, ScriptedFaces, seen
from tests.gate_samples import POLICY

PIXELS = np.zeros((48, 64, 3), np.uint8)


class Camera:
    def __init__(self, count: int) -> None:
        self.count = count
        self.ended = False
        self.called: list[str] = []

    async def frames(self) -> AsyncIterator[Frame]:
        try:
            for number in range(self.count):
                await asyncio.sleep(0)
                yield Frame(PIXELS, Instant(float(number)))
            raise DeviceError(DeviceName.CAMERA, "unplugged")
        finally:
            self.ended = True

    async def check(self) -> None:
        self.called.append("check")

    async def aclose(self) -> None:
        self.called.append("aclose")


async def test_each_frame_passes_unchanged_and_the_last_is_forgotten() -> None:
    mirror = Mirror()
    frames = MirroredCamera(Camera(3), mirror).frames()
    assert [(await anext(frames)).captured_at for _ in range(3)] == [0.0, 1.0, 2.0]
    with pytest.raises(DeviceError, match="unplugged"):
        await anext(frames)
    assert await mirror.picture() is None


async def test_whoever_stops_looking_ends_the_mirror_and_the_camera() -> None:
    mirror, camera = Mirror(), Camera(100)
    async with aclosing(MirroredCamera(camera, mirror).frames()) as frames:
        await anext(frames)
        waiting = asyncio.ensure_future(mirror.picture())  # noqa: TID251 - awaited below
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await anext(frames)
        assert await waiting is not None
    assert await mirror.picture() is None
    while not camera.ended:  # noqa: ASYNC110 - the loop's own work
        await asyncio.sleep(0)


async def test_the_other_calls_go_to_the_camera() -> None:
    camera = Camera(0)
    mirrored = MirroredCamera(camera, Mirror())
    await mirrored.check()
    await mirrored.aclose()
    assert camera.called == ["check", "aclose"]


async def test_nothing_is_computed_unless_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr(module, "reflection", lambda pixels: made.append(pixels) or b"picture")
    mirror = Mirror()
    for number in range(1000):
        mirror.take(Frame(PIXELS, Instant(float(number))))
    assert not made


async def test_several_screens_share_ten_pictures_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, moments = asyncio.get_running_loop(), []
    monkeypatch.setattr(module, "reflection", lambda _: b"picture")
    mirror, asking, began = Mirror(), True, loop.time()

    async def feed() -> None:
        while asking:
            mirror.take(Frame(PIXELS, Instant(loop.time())))
            await asyncio.sleep(0)

    async def ask() -> None:
        for _ in range(3):
            assert await mirror.picture() == b"picture"
            moments.append(loop.time())

    async with asyncio.TaskGroup() as tasks:
        feeding = tasks.create_task(feed())
        async with asyncio.TaskGroup() as screens:
            screens.create_task(ask())
            screens.create_task(ask())
        asking = False
        await feeding
    assert len(moments) == 6
    assert moments[-1] - began >= 5 * 0.1 - 0.001


async def test_whoever_leaves_while_the_picture_is_made_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mirror = Mirror()

    def slow(_: object) -> bytes:
        mirror.clear()
        return b"picture"

    monkeypatch.setattr(module, "reflection", slow)
    mirror.take(Frame(PIXELS, Instant(0.0)))
    asked = asyncio.ensure_future(mirror.picture())  # noqa: TID251 - awaited below
    while not asked.done():
        if mirror._frame:
            mirror.take(Frame(PIXELS, Instant(1.0)))
        await asyncio.sleep(0)
    assert await asked is None


async def test_whoever_waits_is_told_at_once_that_nobody_is_there() -> None:
    mirror = Mirror()
    mirror.take(Frame(PIXELS, Instant(0.0)))
    waiting = asyncio.ensure_future(mirror.picture())  # noqa: TID251 - awaited below
    while not mirror._arrived._waiters:  # noqa: ASYNC110 - the loop's own work
        await asyncio.sleep(0)
    mirror.clear()
    began = asyncio.get_running_loop().time()
    assert await waiting is None
    assert asyncio.get_running_loop().time() - began < module._LONGEST_WAIT_SECONDS


async def test_a_camera_that_stands_still_ends_the_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_WAIT_SECONDS", 0.01)
    mirror = Mirror()
    mirror.take(Frame(PIXELS, Instant(0.0)))
    assert await mirror.picture() is None


@given(st.integers(1, 300), st.integers(1, 300))
def test_a_picture_of_any_shape_is_reflected(height: int, width: int) -> None:
    shown = cv2.imdecode(
        np.frombuffer(reflection(np.zeros((height, width, 3), np.uint8)), np.uint8),
        cv2.IMREAD_COLOR,
    )
    assert shown.shape == (HEIGHT, WIDTH, 3)


async def test_it_lasts_exactly_as_long_as_the_face_is_looked_at() -> None:
    mirror, camera = Mirror(), ScriptedCamera()
    portrait = asyncio.get_running_loop().create_future()
    asked: list[asyncio.Task[bytes | None]] = []

    async def look() -> bytes | None:
        picture = await mirror.picture()
        portrait.set_result(passport("bac").files[0x0102])  # the comparison may now end
        return picture

    async with asyncio.TaskGroup() as tasks:
        camera.then[3] = lambda: asked.append(tasks.create_task(look()))
        ways = FaceWays(MirroredCamera(camera, mirror), ScriptedFaces([seen(1)]))
        comparison = FaceComparison(ways, POLICY, camera.clocks)
        assert await mirror.picture() is None
        evidence = await comparison.run(portrait, CaseImages())
    assert evidence.similarity == 1.0
    assert (asked[0].result() or b"").startswith(b"\xff\xd8")
    while mirror._frame is not None:  # noqa: ASYNC110 - the loop's own work
        await asyncio.sleep(0)
