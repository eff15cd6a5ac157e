"""OpenCV, which the camera driver is built on, reads the simulated camera."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hardware_mocks.camera.mjpeg import MjpegCamera
from hardware_mocks.camera.scene import PHOTOGRAPHS, Pose, Scene, Subject

Picture = npt.NDArray[np.uint8]


@contextmanager
def viewer(url: str) -> Iterator[cv2.VideoCapture]:
    capture = cv2.VideoCapture(url)
    try:
        yield capture
    finally:
        capture.release()


def pictures(url: str, count: int) -> list[Picture]:
    taken = []
    with viewer(url) as capture:
        assert capture.isOpened()
        while len(taken) < count:
            read, pixels = capture.read()
            assert read
            taken.append(pixels.astype(np.uint8))
    return taken


async def test_opencv_opens_it_and_no_two_pictures_are_equal() -> None:
    scene = Scene()
    scene.subject = Subject("P001")
    async with MjpegCamera(scene, pictures_per_second=60) as camera:
        seen = await asyncio.to_thread(pictures, camera.url, 12)
    assert {picture.shape for picture in seen} == {(480, 640, 3)}
    assert len({picture.tobytes() for picture in seen}) == 12


async def test_several_viewers_come_and_go() -> None:
    async with MjpegCamera(pictures_per_second=60) as camera:
        async with asyncio.TaskGroup() as tasks:
            for count in (2, 5, 9):
                tasks.create_task(asyncio.to_thread(pictures, camera.url, count))
        camera.hang_up()
        assert await asyncio.to_thread(pictures, camera.url, 2)


async def test_a_hung_up_viewer_reads_no_more_and_a_new_one_does() -> None:
    async with MjpegCamera(pictures_per_second=60) as camera:

        def read_to_the_end() -> int:
            with viewer(camera.url) as capture:
                count = 0
                while capture.read()[0]:
                    count += 1
                return count

        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(asyncio.to_thread(read_to_the_end))
            for _ in range(1000):
                if camera.viewers and camera.scene.taken >= 10:
                    break
                await asyncio.sleep(0.01)
            camera.hang_up()
        assert reading.result() > 0
        assert await asyncio.to_thread(pictures, camera.url, 1)


async def test_other_requests_are_refused() -> None:
    async with MjpegCamera() as camera:
        host, port = camera.url.removeprefix("http://").partition("/")[0].split(":")
        for request in (b"GET / HTTP/1.0\r\n\r\n", b"\r\n\r\n", b"x" * 20_000):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(request)
            async with asyncio.timeout(5):
                answer = await reader.read()
            assert not answer or answer.startswith(b"HTTP/1.0 404")
            writer.close()


PEOPLE = ("P001", "P002", "P003", "P005", "P007", "P008")


def likeness(one: Picture, other: Picture) -> float:
    small = [cv2.resize(each, (16, 12), interpolation=cv2.INTER_AREA) for each in (one, other)]
    return float(np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1])


def selfie(person: str) -> Picture:
    pixels = cv2.imread(str(PHOTOGRAPHS / person / "selfie.jpg"))
    assert pixels is not None
    height = min(pixels.shape[0], pixels.shape[1] * 3 // 4)
    top = (pixels.shape[0] - height) // 4
    return pixels[top : top + height].astype(np.uint8)


@pytest.mark.parametrize("person", PEOPLE)
def test_the_scene_shows_who_stands_there(person: str) -> None:
    scene = Scene(640, 480)
    empty = scene.picture()
    scene.subject = Subject(person)
    for picture in [scene.picture() for _ in range(20)]:
        assert max(PEOPLE, key=lambda each: likeness(picture, selfie(each))) == person
        assert likeness(picture, selfie(person)) > 0.9
    scene.subject = Subject(person, Pose.AWAY)
    assert likeness(scene.picture()[:300], empty[:300]) > 0.95
