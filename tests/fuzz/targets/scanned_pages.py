"""What a page scanner's program sends, and all that is read and checked of its pixels."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Final

from drivers.page_scanner.lights import LightsUnusable, page_of
from drivers.page_scanner.message import MessageBroken, read_page
from egate.optical.checks.inspection import inspect_page
from egate.optical.models.library import DocumentModels, read_models
from egate.optical.mrz_image.reading import MrzImageReading, read_mrz_image
from egate.optical.seals.check import check_seal
from egate.optical.seals.page_seals import NoSeal, seals_of
from egate.optical.visual_zone.check import check_visual_zone
from egate.ports.devices import PageScan
from egate.trust.collection import Collection
from tests.emrtd_passport import TODAY
from tests.fuzz.page_samples import (
    bytes_damaged,
    messages,
    pixels_damaged,
    sealed_messages,
    seals_damaged,
)
from tests.fuzz.runner import runner
from tests.fuzz.target import Damage, Target
from tests.sealed_documents import Trust

_REFUSALS: Final = (MessageBroken, LightsUnusable, NoSeal)
_PAGE_SECONDS: Final = 5.0
_MOST_MEGABYTES: Final = 300
_LONGEST_SECONDS: Final = 2.0
_COMPARED_SECONDS: Final = 6.0
"""A page is compared with each reading and each model, of which a gate has one."""


def page(raw: bytes) -> PageScan:
    """Take one page as the driver does, from a program that then hangs up."""

    async def received() -> PageScan:
        stream = asyncio.StreamReader()
        stream.feed_data(raw)
        stream.feed_eof()
        files = await read_page(await stream.read(1), stream, _PAGE_SECONDS)
        return page_of(files)

    return runner().run(received())


class PageKept(Exception):
    """The page outlives what was done with it."""


def _let_go(look: Callable[[PageScan], object]) -> Callable[[bytes], None]:
    """Return what takes a page, looks at it, and sees that nothing holds on to it.

    A page in a cycle of references, as of an exception that a local variable keeps, is not held
    by anybody; yet only the garbage collector frees it, which counts objects and not megabytes.
    """

    def take(raw: bytes) -> None:
        with _uncollected():
            white, reason = looked_at(page(raw))
            if white() is not None:
                raise PageKept("until the garbage collector runs")
        if reason:
            raise NoSeal(reason)

    def looked_at(scan: PageScan) -> tuple[Callable[[], object], str]:
        white = weakref.ref(scan.white)
        try:
            look(scan)
        except NoSeal as error:
            return white, str(error)
        return white, ""

    return take


@contextmanager
def _uncollected() -> Iterator[None]:
    """Free nothing inside the block but what nobody refers to."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _mrz(scan: PageScan) -> None:
    read_mrz_image(scan.white, TODAY, infrared=scan.infrared)


def _seals(scan: PageScan) -> None:
    """Look closely where documents bear their seals, and all over the page."""
    for reading in _readings():
        check_seal(scan, reading, _models().of(reading.mrz), Trust(Collection()), TODAY)
    seals_of(scan.white)


def _checks(scan: PageScan) -> None:
    """Check the page as if the MRZ of a whole one had been read of it, where that stood."""
    for reading in _readings():
        inspect_page(scan, reading, _models())


def _visual_zone(scan: PageScan) -> None:
    """Compare where the fields of each model are, and on the page of no model."""
    for reading in _readings():
        for model in (None, *_models().of(reading.mrz)):
            check_visual_zone(scan.white, reading, model)


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
        "scan/MRZ": of(_let_go(_mrz), pixels_damaged, 1),
        "scan/seals": of(_let_go(_seals), seals_damaged, 1, sealed_messages),
        "scan/checks": of(_let_go(_checks), pixels_damaged, 1),
        "scan/visual zone": replace(
            of(_let_go(_visual_zone), pixels_damaged, 1), longest_seconds=_COMPARED_SECONDS
        ),
    }
