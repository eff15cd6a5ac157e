"""The folder of a page scanner, whatever its program, or another one, puts there."""

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from drivers.page_scanner.folder import open_folder
from egate.domain.optical_finding import Light
from egate.optical.page_image import MAX_BYTES
from egate.ports.devices import UnusablePage
from tests.fuzz.images import reshaped
from tests.fuzz.page_samples import encoded, files
from tests.fuzz.runner import runner
from tests.fuzz.scratch import scratch
from tests.fuzz.target import Target

_POLL_SECONDS: Final = 0.02
_WAIT_SECONDS: Final = 60.0
_NUMBER_BYTES: Final = 4
_OURS: Final = encoded(np.full((9, 7, 3), 200, np.uint8), ".png")
_OUR_SIZE: Final = (9, 7, 3)
_STEMS: Final = ("1", "2", "2.white", "white", "", "..", "\udcff\n", "x" * 200)
_LIGHTS: Final = (*(f".{light.value}" for light in Light), "", ".WHITE", ".green")
_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".PNG", ".tmp", "")
_MANY: Final = 300


class PageLost(Exception):
    """The page that was scanned last is not given."""


def _renamed(file: Path, content: bytes) -> None:
    """As the driver asks of the scanner's program."""
    hidden = file.with_name(".being-written")
    hidden.write_bytes(content)
    hidden.rename(file)


def _torn(file: Path, content: bytes) -> None:
    """Written under its last name, so that the driver may read it half."""
    # Never waiting: under that name may lie a pipe that nobody reads.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK
    with os.fdopen(os.open(file, flags, 0o600), "wb") as stream:
        for part in (content[: len(content) // 2], content[len(content) // 2 :]):
            stream.write(part)
            stream.flush()
            os.sched_yield()


def _cut_while_read(file: Path, content: bytes) -> None:
    _renamed(file, content)
    os.sched_yield()
    os.truncate(file, len(content) // 3)


def _taken_back(file: Path, content: bytes) -> None:
    _renamed(file, content)
    os.sched_yield()
    file.unlink()


def _huge(file: Path, content: bytes) -> None:
    _renamed(file, content)
    os.truncate(file, MAX_BYTES << 10)


def _link(file: Path, _content: bytes) -> None:
    file.symlink_to("/dev/zero")


def _link_to_itself(file: Path, _content: bytes) -> None:
    file.symlink_to(file)


def _pipe(file: Path, _content: bytes) -> None:
    os.mkfifo(file)


def _folder(file: Path, _content: bytes) -> None:
    file.mkdir()


def _many(file: Path, content: bytes) -> None:
    """As of a program that writes one light and never a page."""
    for number in range(_MANY):
        file.with_name(f"{number}-{file.name}"[-255:]).write_bytes(content[:1])


_WAYS: Final[Sequence[Callable[[Path, bytes], None]]] = (
    _renamed, _torn, _cut_while_read, _taken_back, _huge, _link, _link_to_itself, _pipe, _folder,
    _many,
)  # fmt: skip


def _take(raw: bytes) -> None:
    """Let somebody do with the folder what ``raw`` says, and then a traveller's page come."""
    with tempfile.TemporaryDirectory(dir=scratch()) as name:
        runner().run(_scanned(Path(name), raw))


async def _scanned(folder: Path, raw: bytes) -> None:
    scanner = open_folder(str(folder), {"poll_seconds": _POLL_SECONDS})
    before = folder / "before.png"
    before.touch()
    async with aclosing(scanner.pages()) as pages:  # type: ignore[type-var]
        first = asyncio.ensure_future(anext(pages))  # noqa: TID251 - awaited or cancelled below
        try:
            while before.exists():  # noqa: ASYNC110 - the driver tells nobody
                await asyncio.sleep(0.001)
            await asyncio.to_thread(_disturb, folder, raw)
            _renamed(folder / "ours.png", _OURS)
            async with asyncio.timeout(_WAIT_SECONDS):
                page = await first
                while isinstance(page, UnusablePage) or page.white.shape != _OUR_SIZE:
                    page = await anext(pages)
        except TimeoutError:
            raise PageLost(f"not within {_WAIT_SECONDS} s") from None
        finally:
            first.cancel()


def _disturb(folder: Path, raw: bytes) -> None:
    for way, name, content in _acts(raw):
        try:
            way(folder / name, content)
        except (OSError, ValueError):  # the name is taken, or none that a file can have
            continue


def _acts(raw: bytes) -> Iterator[tuple[Callable[[Path, bytes], None], str, bytes]]:
    at = 0
    while at + 4 + _NUMBER_BYTES <= len(raw):
        way, stem, light, suffix = raw[at : at + 4]
        length = int.from_bytes(raw[at + 4 : at + 4 + _NUMBER_BYTES], "big")
        at += 4 + _NUMBER_BYTES
        name = _of(_STEMS, stem) + _of(_LIGHTS, light) + _of(_SUFFIXES, suffix)
        yield _WAYS[way % len(_WAYS)], name, raw[at : at + length]
        at += length


def _of(names: Sequence[str], number: int) -> str:
    return names[number % len(names)]


def _act(way: int, stem: int, light: int, suffix: int, content: bytes) -> bytes:
    return bytes((way, stem, light, suffix)) + len(content).to_bytes(_NUMBER_BYTES, "big") + content


def _made() -> Sequence[bytes]:
    """Return what a scanner's program does with a page in three lights, white last."""
    return tuple(
        b"".join(
            _act(0, 0, number, 2, page[light])
            for number, light in reversed(list(enumerate(Light)))
            if light in page
        )
        for page in files()
    )


def _damaged(random: Random, _samples: Sequence[bytes]) -> bytes:
    """Put pages of few names there, most of them well, in any order and by any way."""
    acts = []
    for _ in range(random.randrange(1, 9)):
        raw = random.choice(list(random.choice(files()).values()))
        if random.random() < 0.2:
            raw = reshaped(random, raw)
        way = 0 if random.random() < 0.5 else random.randrange(len(_WAYS) - 1)
        if random.random() < 0.01:
            way = len(_WAYS) - 1
        stem = random.randrange(2 if random.random() < 0.8 else len(_STEMS))
        light = random.randrange(3 if random.random() < 0.8 else len(_LIGHTS))
        suffix = random.randrange(3 if random.random() < 0.8 else len(_SUFFIXES))
        acts.append(_act(way, stem, light, suffix, raw))
    return b"".join(acts)


def targets() -> Mapping[str, Target]:
    """Return the target by name."""
    return {
        "scan/folder": Target(
            _take, _made, (), _damaged, share=1, longest_seconds=2.0, most_megabytes=100
        )
    }
