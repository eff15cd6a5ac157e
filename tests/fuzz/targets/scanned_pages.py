"""What a page scanner's program sends, and all that is read and checked of its pixels."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

from drivers.page_scanner.lights import PageUnusable, page_of
from drivers.page_scanner.message import MessageBroken, read_page
from egate.optical.checks.inspection import inspect_page
from egate.optical.models.library import DocumentModels, read_models
from egate.optical.mrz_image.reading import MrzImageReading, read_mrz_image
from egate.optical.seals.page_seals import NoSeal, seals_of
from egate.ports.devices import PageScan
from tests.emrtd_passport import TODAY
from tests.fuzz.page_samples import (
    bytes_damaged,
    messages,
    pixels_damaged,
    sealed_messages,
    seals_damaged,
)
from tests.fuzz.target import Damage, Target

_REFUSALS: Final = (MessageBroken, PageUnusable, NoSeal)
_PAGE_SECONDS: Final = 5.0
_MOST_MEGABYTES: Final = 300
_LONGEST_SECONDS: Final = 2.0


def page(raw: bytes) -> PageScan:
    """Take one page as the driver does, from a program that then hangs up."""

    async def received() -> PageScan:
        stream = asyncio.StreamReader()
        stream.feed_data(raw)
        stream.feed_eof()
        files = await read_page(await stream.read(1), stream, _PAGE_SECONDS)
        return page_of(files)

    return asyncio.run(received())


def _mrz(raw: bytes) -> None:
    read_mrz_image(page(raw).white, TODAY)


def _seals(raw: bytes) -> None:
    seals_of(page(raw).white)


def _checks(raw: bytes) -> None:
    """Check the page as if the MRZ of a whole one had been read of it, where that stood."""
    scan = page(raw)
    for reading in _readings():
        inspect_page(scan, reading, _models())


@cache
def _models() -> DocumentModels:
    return read_models()


@cache
def _readings() -> tuple[MrzImageReading, ...]:
    """Return what is read of the samples."""
    found = (read_mrz_image(page(raw).white, TODAY) for raw in messages())
    readings = [each for each in found if isinstance(each, MrzImageReading)]
    by_format = {each.mrz.format: each for each in readings}
    return tuple(by_format.values())


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""

    def of(
        take: Callable[[bytes], object],
        damage: Damage,
        share: int,
        made: Callable[[], Sequence[bytes]] = messages,
    ) -> Target:
        return Target(
            take,
            made,
            _REFUSALS,
            damage,
            share,
            longest_seconds=_LONGEST_SECONDS,
            most_megabytes=_MOST_MEGABYTES,
            prepare=_readings,
        )

    return {
        "scan/message": of(page, bytes_damaged, 4),
        "scan/MRZ": of(_mrz, pixels_damaged, 1),
        "scan/seals": of(_seals, seals_damaged, 1, sealed_messages),
        "scan/checks": of(_checks, pixels_damaged, 1),
    }
