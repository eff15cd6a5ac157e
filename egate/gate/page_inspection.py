"""The pictures of the data page, looked at beside chip and face and never before them."""

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from typing import Final

from egate.domain.optical_finding import OpticalFinding
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.gate.case_images import CaseImages
from egate.gate.pages import PageRead
from egate.gate.travellers_page import TravellersPage
from egate.observability.logging import logger
from egate.ports.case_images import CaseImageKind
from egate.ports.devices import PageScan

# The checks of a page take some tenths of a second; whoever waits for them stands in the lane.
_INSPECTING_SECONDS: Final = 5.0

_UNREAD: Final = "no MRZ was read from the page"
_TOO_SLOW: Final = "the page was not inspected in time"
_NOTHING_TO_CHECK: Final = "the page has nothing to check"
_NO_LIGHT: Final = {
    CheckId.OPTICAL_IR: "the page scanner has no infrared light",
    CheckId.OPTICAL_UV: "the page scanner has no ultraviolet light",
}


class PageInspection:
    """Inspects one traveller's page after the other.

    Args:
        thread: where; it must not be that of anything that a traveller waits for.

    """

    def __init__(self, thread: Executor) -> None:
        self._thread = thread

    async def findings(self, own: TravellersPage, images: CaseImages) -> tuple[OpticalFinding, ...]:
        """Return one finding at least for every check that only a scanner's pictures allow.

        Args:
            own: where the traveller's page is found.
            images: takes its pictures, for an officer.

        """
        page = await own.found()
        if isinstance(page, str):
            return tuple(_without(page))
        try:
            async with asyncio.timeout(_INSPECTING_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(
                    self._thread, _inspected, page.scan, page.reading.result(), images
                )
        except TimeoutError:
            logger().warning("the page was not inspected in time")
            return tuple(_without(_TOO_SLOW))


def _inspected(
    scan: PageScan, read: PageRead | None, images: CaseImages
) -> tuple[OpticalFinding, ...]:
    """Keep the pictures and look at them. Computing work."""
    _keep(scan, images)
    if read is None:
        return tuple(_without(_UNREAD))
    found = read.inspect(scan)
    return (*found, *_missing(found, scan))


def _keep(scan: PageScan, images: CaseImages) -> None:
    pictures = {
        CaseImageKind.PAGE_WHITE: scan.white,
        CaseImageKind.PAGE_INFRARED: scan.infrared,
        CaseImageKind.PAGE_ULTRAVIOLET: scan.ultraviolet,
    }
    for kind, picture in pictures.items():
        if picture is not None:
            images.keep(kind, picture)


def _without(reason: str) -> Iterator[OpticalFinding]:
    for check_id in PAGE_CHECKS:
        yield OpticalFinding(check_id, Outcome.UNDETERMINED, reason)


def _missing(found: Iterable[OpticalFinding], scan: PageScan) -> Iterator[OpticalFinding]:
    """Give the checks that nobody made: for want of a light, or of anything to check."""
    made = {finding.check_id for finding in found}
    lights = {CheckId.OPTICAL_IR: scan.infrared, CheckId.OPTICAL_UV: scan.ultraviolet}
    for check_id in PAGE_CHECKS:
        if check_id not in made:
            is_dark = check_id in lights and lights[check_id] is None
            reason = _NO_LIGHT[check_id] if is_dark else _NOTHING_TO_CHECK
            yield OpticalFinding(check_id, Outcome.NOT_SUPPORTED, reason)
