"""What every page scanner promises, and what a folder may hold without harm."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.catalogue import PAGE_SCANNERS, find
from egate.optical.page_image import MAX_BYTES
from egate.ports.devices import (
    DeviceError,
    DeviceName,
    DriverOptionError,
    PageScan,
    PageScanner,
    UnusablePage,
)
from hardware_mocks.page_scanner.folder import FolderScanner

OPTIONS = {"poll_seconds": 0.02}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pages"
    made.mkdir()
    return made


@pytest.fixture
async def scanner(folder: Path) -> AsyncIterator[PageScanner]:
    async with aclosing(find(PAGE_SCANNERS, "folder")(str(folder), OPTIONS)) as made:
        yield made


@pytest.fixture
async def pages(scanner: PageScanner, folder: Path) -> AsyncIterator[AsyncIterator[PageScan]]:
    """The pages after a first one; the scanner looks again when it is asked again."""
    put(folder, "before.png", 200, when=0)
    async with aclosing(scanner.pages()) as given:
        assert await brightness_after(given, folder, "first.png", 50) == 50
        yield given


async def brightness_after(
    given: AsyncIterator[PageScan], folder: Path, name: str, brightness: int
) -> int:
    """Scan a page once the ones of before are gone; return what is given first."""
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(next_brightness(given))
        while names(folder):  # noqa: ASYNC110 - the driver tells nobody
            await asyncio.sleep(0.005)
        put(folder, name, brightness, when=1)
    return waiting.result()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def page(brightness: int) -> np.ndarray:
    return np.full((60, 85, 3), brightness, np.uint8)


def png(brightness: int) -> bytes:
    return cv2.imencode(".png", page(brightness))[1].tobytes()


def put(folder: Path, name: str, brightness: int, *, when: int) -> None:
    """A complete image of that moment."""
    hidden = folder / f".{name}"
    hidden.write_bytes(png(brightness))
    os.utime(hidden, (when, when))
    hidden.rename(folder / name)


async def next_brightness(pages: AsyncIterator[PageScan]) -> int:
    async with asyncio.timeout(5):
        return round(float((await anext(pages)).white.mean()))


async def test_a_scanned_page_is_given_and_gone(
    pages: AsyncIterator[PageScan], folder: Path
) -> None:
    FolderScanner(folder).scan(page(90))
    assert await next_brightness(pages) == 90
    assert names(folder) == []


async def test_the_oldest_comes_first(pages: AsyncIterator[PageScan], folder: Path) -> None:
    for name, brightness, when in (("c.png", 30, 3), ("a.PNG", 20, 2), ("b.png", 10, 1)):
        put(folder, name, brightness, when=when)
    assert [await next_brightness(pages) for _ in range(3)] == [10, 20, 30]


async def test_what_lay_there_before_belongs_to_somebody_who_is_gone(
    scanner: PageScanner, folder: Path
) -> None:
    for number in range(300):
        put(folder, f"{number}.png", 200, when=number)
    async with aclosing(scanner.pages()) as given:
        assert await brightness_after(given, folder, "now.png", 90) == 90


async def test_an_image_that_is_still_written_is_left_alone(
    pages: AsyncIterator[PageScan], folder: Path
) -> None:
    unfinished = (folder / ".page.png", folder / "page.png.part", folder / "page.bmp")
    for file in unfinished:
        file.write_bytes(png(1)[:40])
    put(folder, "whole.png", 90, when=2_000_000_000)
    assert await next_brightness(pages) == 90
    assert names(folder) == sorted(file.name for file in unfinished)


async def test_what_is_no_picture_is_told_and_removed_and_not_given(
    pages: AsyncIterator[PageScan], folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(png(7))
    (folder / "link.jpg").symlink_to(secret)
    os.mkfifo(folder / "pipe.jpg")
    writer = os.open(folder / "pipe.jpg", os.O_RDWR)
    os.write(writer, png(7))
    (folder / "empty.jpg").touch()
    (folder / "text.jpeg").write_text("P<UTOERIKSSON")
    (folder / "huge.png").write_bytes(png(7) + bytes(MAX_BYTES))
    (folder / "folder.jpg").mkdir()
    put(folder, "whole.png", 90, when=2_000_000_000)
    async with asyncio.timeout(5):
        told = [await anext(pages) for _ in range(5)]
    assert await next_brightness(pages) == 90
    os.close(writer)
    assert names(folder) == ["folder.jpg"]
    assert all(isinstance(each, UnusablePage) for each in told)
    assert not any(word in str(told) for word in ("ERIKSSON", "secret", str(folder)))
    assert secret.exists()


async def test_a_folder_that_is_gone_is_a_lost_device(folder: Path, scanner: PageScanner) -> None:
    os.rmdir(folder)  # noqa: PTH106 - at once
    with pytest.raises(DeviceError, match="No such file") as caught:
        await scanner.check()
    assert caught.value.device is DeviceName.PAGE_SCANNER
    with pytest.raises(DeviceError):
        await anext(scanner.pages())
    os.mkdir(folder)  # noqa: PTH102 - at once
    await scanner.check()


async def test_a_folder_that_cannot_be_emptied_is_a_lost_device(
    scanner: PageScanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DeviceError, match="may not be changed"):
        await scanner.check()


async def test_a_wait_that_is_cancelled_leaves_the_scanner_usable(
    scanner: PageScanner, folder: Path
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await anext(scanner.pages())
    put(folder, "before.png", 200, when=0)
    async with aclosing(scanner.pages()) as given:
        assert await brightness_after(given, folder, "now.png", 90) == 90


@pytest.mark.parametrize(
    ("address", "options", "fault"),
    [
        ("pages", {}, "not an absolute path"),
        ("/pages", {"poll_seconds": 0}, "option poll_seconds"),
        ("/pages", {"watch": "inotify"}, "unknown option"),
    ],
)
def test_a_mistake_in_the_settings_is_named(
    address: str, options: dict[str, object], fault: str
) -> None:
    with pytest.raises(DriverOptionError, match=fault):
        find(PAGE_SCANNERS, "folder")(address, options)


def test_a_page_does_not_show_itself() -> None:
    assert "array" not in repr(PageScan(page(1)))
