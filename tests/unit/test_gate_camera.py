"""A camera that sends pictures which are none is a lost device."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import numpy as np
import pytest

from egate.biometrics.capture.picture_watch import FAULT_SECONDS, PictureFault, PictureWatch
from egate.domain.time import Instant
from egate.gate.watched_camera import WatchedCamera
from egate.ports.devices import DeviceError, DeviceName, Frame

SECOND = 25  # frames


def noisy(number: int, level: int = 120) -> np.ndarray:
    noise = np.random.default_rng(number).integers(-3, 4, (48, 64, 3))
    return np.clip(level + noise, 0, 255).astype(np.uint8)


def frozen(_: int) -> np.ndarray:
    return noisy(0)


def dark(number: int) -> np.ndarray:
    return noisy(number, 4)


@dataclass
class Camera:
    """Gives what ``picture`` makes of each frame's number, 25 a second of its own clock."""

    picture: Callable[[int], np.ndarray]
    missing: bool = False
    given: int = 0
    closed: bool = False

    async def frames(self) -> AsyncIterator[Frame]:
        while True:
            self.given += 1
            yield Frame(self.picture(self.given), Instant(self.given / SECOND))

    async def check(self) -> None:
        if self.missing:
            raise DeviceError(DeviceName.CAMERA, "unplugged")

    async def aclose(self) -> None:
        self.closed = True


async def watched(picture: Callable[[int], np.ndarray], count: int) -> list[Frame]:
    frames = []
    async for frame in WatchedCamera(Camera(picture)).frames():
        frames.append(frame)
        if len(frames) == count:
            break
    return frames


async def test_pictures_of_a_lane_pass() -> None:
    assert len(await watched(noisy, 10 * SECOND)) == 10 * SECOND


@pytest.mark.parametrize(("picture", "fault"), [(frozen, "does not change"), (dark, "is dark")])
async def test_pictures_that_are_none_end_the_watching_with_a_lost_camera(
    picture: Callable[[int], np.ndarray], fault: str
) -> None:
    with pytest.raises(DeviceError, match=fault) as caught:
        await watched(picture, 10 * SECOND)
    assert caught.value.device is DeviceName.CAMERA


@pytest.mark.parametrize("picture", [frozen, dark])
async def test_a_moment_of_it_is_no_fault(picture: Callable[[int], np.ndarray]) -> None:
    short = int((FAULT_SECONDS - 0.2) * SECOND)

    def now_and_then(number: int) -> np.ndarray:
        return picture(number) if number % (short + 2) < short else noisy(number)

    assert len(await watched(now_and_then, 10 * SECOND)) == 10 * SECOND


async def test_a_camera_that_is_well_is_checked_in_two_pictures() -> None:
    camera = Camera(noisy)
    await WatchedCamera(camera).check()
    assert camera.given == 2


@pytest.mark.parametrize(("picture", "fault"), [(frozen, "start the camera"), (dark, "the cover")])
async def test_a_check_names_what_to_mend(picture: Callable[[int], np.ndarray], fault: str) -> None:
    with pytest.raises(DeviceError, match=fault):
        await WatchedCamera(Camera(picture)).check()


async def test_a_missing_camera_stays_missing_and_is_let_go() -> None:
    camera = Camera(noisy, missing=True)
    watching = WatchedCamera(camera)
    with pytest.raises(DeviceError, match="unplugged"):
        await watching.check()
    await watching.aclose()
    assert camera.closed


def test_a_dark_picture_that_is_also_frozen_is_told_as_dark() -> None:
    watch = PictureWatch()
    black = np.zeros((48, 64, 3), np.uint8)
    assert watch.take(black, Instant(0.0)) is None
    assert watch.take(black, Instant(FAULT_SECONDS)) is PictureFault.DARK
