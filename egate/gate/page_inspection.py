"""The pictures of the data page, looked at beside chip and face and never before them."""

import asyncio
from concurrent.futures import Executor

from egate.domain.optical_finding import OpticalFinding
from egate.gate.case_images import CaseImages
from egate.gate.travellers_page import TravellersPage
from egate.observability.logging import logger
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.optical.page_findings import INSPECTING_SECONDS, TOO_SLOW, findings_of, unmade
from egate.optical.page_reading import PageRead
from egate.ports.case_images import CaseImageKind
from egate.ports.devices import PageScan


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
            return unmade(page)
        try:
            async with asyncio.timeout(INSPECTING_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(
                    self._thread, _inspected, page.scan, page.reading.result(), images
                )
        except TimeoutError:
            logger().warning(TOO_SLOW)
            return unmade(TOO_SLOW)


def _inspected(
    scan: PageScan, read: PageRead | MrzImageUnread, images: CaseImages
) -> tuple[OpticalFinding, ...]:
    """Keep the pictures and look at them. Computing work."""
    _keep(scan, images)
    return findings_of(scan, read)


def _keep(scan: PageScan, images: CaseImages) -> None:
    pictures = {
        CaseImageKind.PAGE_WHITE: scan.white,
        CaseImageKind.PAGE_INFRARED: scan.infrared,
        CaseImageKind.PAGE_ULTRAVIOLET: scan.ultraviolet,
    }
    for kind, picture in pictures.items():
        if picture is not None:
            images.keep(kind, picture)
