"""Pages under several lights, out of a folder and off a socket."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.catalogue import PAGE_SCANNERS, find
from egate.optical.page_image import MAX_BYTES
from egate.ports.devices import DeviceError, DeviceName, DriverOptionError, PageScan, UnusablePage

WHITE, INFRARED, ULTRAVIOLET = 1, 2, 3
TAKEN, REFUSED = b"\x06", b"\x15"


def png(brightness: int, width: int = 85, channels: int = 3) -> bytes:
    image = np.full((60, width, channels), brightness, np.uint8)
    return cv2.imencode(".png", image)[1].tobytes()


def message(*images: tuple[int, bytes], version: int = 1, count: int | None = None) -> bytes:
    """As docs/integrators.md has it."""
    sent = b"EGPS" + bytes([version, len(images) if count is None else count])
    return sent + b"".join(bytes([light]) + len(raw).to_bytes(4) + raw for light, raw in images)


def brightness(page: PageScan) -> tuple[float | None, ...]:
    lights = (page.white, page.infrared, page.ultraviolet)
    return tuple(None if light is None else float(light.mean()) for light in lights)


async def given(pages: AsyncIterator[PageScan | UnusablePage]) -> PageScan:
    async with asyncio.timeout(5):
        page = await anext(pages)
    assert isinstance(page, PageScan)
    return page


async def unusable(pages: AsyncIterator[PageScan | UnusablePage]) -> str:
    """Return why the next page is none."""
    async with asyncio.timeout(5):
        page = await anext(pages)
    assert isinstance(page, UnusablePage)
    return page.reason


@asynccontextmanager
async def looked_at(folder: Path) -> AsyncIterator[AsyncIterator[PageScan]]:
    """The pages of ``folder``, once what lay there before is gone."""
    put(folder, "before.png", png(1))
    async with (
        aclosing(find(PAGE_SCANNERS, "folder")(str(folder), {"poll_seconds": 0.02})) as scanner,
        aclosing(scanner.pages()) as pages,  # type: ignore[type-var]
    ):
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(given(pages))
            while names(folder):  # noqa: ASYNC110 - the driver tells nobody
                await asyncio.sleep(0.005)
            put(folder, "first.png", png(9))
        assert brightness(waiting.result()) == (9, None, None)
        yield pages


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def put(folder: Path, name: str, raw: bytes, when: int | None = None) -> None:
    hidden = folder / f".{name}"
    hidden.write_bytes(raw)
    if when is not None:
        os.utime(hidden, (when, when))
    hidden.rename(folder / name)


async def test_the_lights_of_a_page_come_together(tmp_path: Path) -> None:
    async with looked_at(tmp_path) as pages:
        put(tmp_path, "p1.infrared.png", png(20, channels=1))
        put(tmp_path, "p2.infrared.png", png(30))
        put(tmp_path, "p1.ultraviolet.png", png(40))
        put(tmp_path, "p1.white.png", png(200))
        put(tmp_path, "p2.white.png", png(210))
        first, second = await given(pages), await given(pages)
        assert brightness(first) == (200, 20, 40)
        assert first.infrared is not None
        assert first.infrared.shape == first.white.shape[:2]
        assert brightness(second) == (210, 30, None)
        assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("infrared", "reason"),
    [
        (b"", "infrared image: "),
        (b"\x89PNG", "infrared image: "),
        (png(20, width=84), "the lights differ in size"),
    ],
)
async def test_a_page_with_a_broken_light_is_told_and_not_given(
    tmp_path: Path, infrared: bytes, reason: str
) -> None:
    async with looked_at(tmp_path) as pages:
        put(tmp_path, "p1.infrared.png", infrared)
        put(tmp_path, "p1.white.png", png(200))
        put(tmp_path, "p2.white.png", png(210))
        assert (await unusable(pages)).startswith(reason)
        assert brightness(await given(pages)) == (210, None, None)
        assert names(tmp_path) == []


async def test_a_light_whose_page_never_came_is_nobody_elses(tmp_path: Path) -> None:
    async with looked_at(tmp_path) as pages:
        put(tmp_path, "p1.infrared.png", png(20), when=1000)
        put(tmp_path, "p2.white.png", png(210), when=1031)
        assert brightness(await given(pages)) == (210, None, None)
        assert names(tmp_path) == []


async def test_lights_without_any_page_hide_none(tmp_path: Path) -> None:
    """Of a program that writes one light and never the white one, day after day."""
    async with looked_at(tmp_path) as pages:
        for number in range(3000):
            (tmp_path / f"p{number}.infrared.png").touch()
        put(tmp_path, "q.white.png", png(210))
        assert brightness(await given(pages)) == (210, None, None)


@asynccontextmanager
async def listening(address: str, **options: object) -> AsyncIterator[Any]:
    """A scanner on ``address``, and a function that gives its next page, or what ``how`` makes."""
    scanner = find(PAGE_SCANNERS, "socket")(address, options)
    async with (
        aclosing(scanner),
        aclosing(scanner.pages()) as pages,  # type: ignore[type-var]
        asyncio.TaskGroup() as tasks,
    ):
        yield lambda how=given: tasks.create_task(how(pages))


async def connected(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(5):
        while True:
            try:
                return await asyncio.open_unix_connection(path)
            except OSError:
                await asyncio.sleep(0.01)


async def test_a_program_sends_pages_and_hears_of_each(tmp_path: Path) -> None:
    path = tmp_path / "pages.sock"
    async with listening(f"unix:{path}") as following:
        page = following()
        reader, writer = await connected(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        whole = message((WHITE, png(200)), (INFRARED, png(20)), (ULTRAVIOLET, png(40)))
        for byte in whole:
            writer.write(bytes([byte]))
        assert await reader.readexactly(1) == TAKEN
        assert brightness(await page) == (200, 20, 40)
        reason = following(unusable)
        writer.write(message((INFRARED, png(1))) + message((WHITE, b"GIF89a")))
        assert await reader.readexactly(1) == REFUSED
        assert await reason == "no white image"
        reason = following(unusable)
        assert await reader.readexactly(1) == REFUSED
        assert (await reason).startswith("white image: ")
        page = following()
        writer.write(message((WHITE, png(7))))
        assert await reader.readexactly(1) == TAKEN
        assert brightness(await page) == (7, None, None)
        writer.close()


@pytest.mark.parametrize(
    "broken",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        message((WHITE, png(1)), version=2),
        message((WHITE, png(1)), count=0),
        message((WHITE, png(1)), count=4),
        message((4, png(1))),
        message((WHITE, png(1)), (WHITE, png(1))),
        b"EGPS\1\1\1" + (MAX_BYTES + 1).to_bytes(4),
    ],
)
async def test_who_speaks_another_protocol_is_sent_away(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "pages.sock"
    async with listening(f"unix:{path}") as following:
        reason = following(unusable)
        reader, writer = await connected(path)
        writer.write(broken)
        async with asyncio.timeout(5):
            assert await reader.readexactly(1) == REFUSED
            assert await reason
            page = following()
            assert await reader.read() == b""
        writer.close()
        reader, writer = await connected(path)
        writer.write(message((WHITE, png(5))))
        assert brightness(await page) == (5, None, None)
        writer.close()


@pytest.mark.parametrize("ending", ["gone", "silent"])
async def test_half_a_page_is_none(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "pages.sock"
    async with listening(f"unix:{path}", page_seconds=0.2) as following:
        reason = following(unusable)
        reader, writer = await connected(path)
        writer.write(message((WHITE, png(5)))[:-3])
        if ending == "gone":
            writer.write_eof()
        async with asyncio.timeout(5):
            assert await reader.readexactly(1) == REFUSED
            assert "page" in await reason
            page = following()
            assert await reader.read() == b""
        writer.close()
        _, writer = await connected(path)
        writer.write(message((WHITE, png(6))))
        assert brightness(await page) == (6, None, None)
        writer.close()


async def test_while_nobody_asks_nobody_can_connect(tmp_path: Path) -> None:
    path = tmp_path / "pages.sock"
    async with listening(f"unix:{path}") as following:
        page = following()
        _, writer = await connected(path)
        writer.write(message((WHITE, png(5))))
        await page
        writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_unix_connection(path)
    # The next one takes the place of what was left there.
    async with listening(f"unix:{path}") as following:
        page = following()
        _, writer = await connected(path)
        writer.write(message((WHITE, png(6))))
        assert brightness(await page) == (6, None, None)
        writer.close()


async def test_a_port_of_this_machine(unused_tcp_port: int) -> None:
    async with listening(f"tcp:127.0.0.1:{unused_tcp_port}") as following:
        page = following()
        await asyncio.sleep(0)
        _, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        writer.write(message((WHITE, png(5))))
        assert brightness(await page) == (5, None, None)
        writer.close()


async def test_a_place_that_cannot_be_had_is_a_lost_device(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, fault in ((tmp_path / "file", "in use"), (tmp_path / "no" / "p.sock", "No such")):
        scanner = find(PAGE_SCANNERS, "socket")(f"unix:{path}", {})
        with pytest.raises(DeviceError, match=fault) as caught:
            await anext(scanner.pages())
        assert caught.value.device is DeviceName.PAGE_SCANNER
    with pytest.raises(DeviceError, match="no such folder"):
        await scanner.check()
    assert (tmp_path / "file").exists()


@pytest.mark.parametrize(
    ("address", "options", "fault"),
    [
        ("pages.sock", {}, "unix:/PATH or tcp"),
        ("unix:pages.sock", {}, "unix:/PATH or tcp"),
        ("tcp:0.0.0.0:7000", {}, "unix:/PATH or tcp"),
        ("tcp:scanner:7000", {}, "unix:/PATH or tcp"),
        ("tcp:127.0.0.1", {}, "not HOST:PORT"),
        ("unix:/p", {"page_seconds": 0}, "option page_seconds"),
        ("unix:/p", {"seconds": 1}, "unknown option"),
    ],
)
def test_a_mistake_in_the_settings_is_named(
    address: str, options: dict[str, object], fault: str
) -> None:
    make: Callable[..., object] = find(PAGE_SCANNERS, "socket")
    with pytest.raises(DriverOptionError, match=fault):
        make(address, options)
