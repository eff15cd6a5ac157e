"""OpenCV, which the camera driver is built on, reads the simulated camera."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from egate.biometrics.face_image import decode_face_image
from egate.biometrics.verification import FaceTemplate, FaceVerifier
from hardware_mocks.barrier.lane import Coil, Lane
from hardware_mocks.camera.mjpeg import MjpegCamera
from hardware_mocks.camera.scene import PHOTOGRAPHS, Attack, Pose, Scene, Subject

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


PEOPLE = ("P001", "P002", "P003", "P004", "P005", "P006", "P007", "P008", "P009", "P010")


@pytest.fixture(scope="module")
def verifier() -> FaceVerifier:
    return FaceVerifier.load()


def photographed(verifier: FaceVerifier, person: str) -> FaceTemplate:
    pixels = decode_face_image((PHOTOGRAPHS / person / "selfie.jpg").read_bytes())
    template = verifier.template(pixels)
    assert template is not None
    return template


@pytest.mark.parametrize("attack", [None, *Attack])
def test_the_scene_shows_who_stands_there_or_is_presented(
    attack: Attack | None, verifier: FaceVerifier
) -> None:
    person = PEOPLE[1 + list(Attack).index(attack) if attack else 0]
    scene = Scene(seed=3)
    scene.subject = Subject(person, attack=attack, seed=3)
    for _ in range(2):
        seen = verifier.observe(scene.picture())
        assert seen.template is not None
        assert verifier.similarity(seen.template, photographed(verifier, person)) > 0.5


def test_a_head_bent_over_the_reader_shows_no_face(verifier: FaceVerifier) -> None:
    scene = Scene()
    scene.subject = Subject("P001", Pose.AWAY)
    assert not verifier.observe(scene.picture()).faces


@pytest.mark.parametrize("attack", [None, *Attack])
def test_a_seed_gives_the_same_pictures_again(attack: Attack | None) -> None:
    def rendered(seed: int) -> list[bytes]:
        scene = Scene(320, 240, seed=seed)
        scene.subject = Subject("P002", attack=attack, seed=seed)
        taken = []
        for light in (0.0, 1.0):
            scene.light = light
            taken.append(scene.jpeg())
        return taken

    assert rendered(7) == rendered(7)
    assert not set(rendered(7)) & set(rendered(8))


def lit_up(scene: Scene) -> tuple[float, float]:
    """Return how much brighter the face and the far wall become with the face light."""
    dark, bright = [], []
    for level, taken in ((0.0, dark), (1.0, bright)):
        scene.light = level
        taken.append(scene.picture().astype(float) ** 2.2)
    gain = bright[0].mean(axis=2) / np.maximum(dark[0].mean(axis=2), 1)
    height, width = gain.shape
    face = gain[height // 3 : height * 3 // 5, width * 2 // 5 : width * 3 // 5]
    return float(np.median(face)), float(np.median(gain[: height // 3, : width // 6]))


def test_the_face_light_reaches_a_person_more_than_the_hall_behind_or_a_lit_screen() -> None:
    def gains(attack: Attack | None) -> list[tuple[float, float]]:
        found = []
        for seed in range(4):
            scene = Scene(seed=seed)
            scene.subject = Subject("P003", attack=attack, seed=seed)
            found.append(lit_up(scene))
        return found

    people, screens = gains(None), gains(Attack.SCREEN)
    assert all(face > wall * 1.1 for face, wall in people)
    assert np.median([face for face, _ in screens]) < np.median([face for face, _ in people])


async def test_the_light_on_the_wire_changes_the_pictures() -> None:
    scene = Scene(160, 120)
    scene.subject = Subject("P003")
    scene.prepare(scene.subject)
    board = Lane()
    async with MjpegCamera(scene, pictures_per_second=60, light=lambda: board.face_light) as camera:
        dark = await asyncio.to_thread(pictures, camera.url, 3)
        board.write_coil(Coil.FACE_LIGHT, value=True)
        bright = await asyncio.to_thread(pictures, camera.url, 3)
    middle = (slice(40, 80), slice(60, 100))
    assert bright[-1][middle].mean() > dark[-1][middle].mean() + 3
