"""Opens what a lane does with pages, if it has a page scanner."""

import asyncio

from egate.gate.lane_devices import LaneDevices
from egate.gate.lane_pages import PageProcedures
from egate.gate.printed_portrait import PrintedPortraitCheck
from egate.optical.page_reading import page_reader
from egate.optical.seals.proof import SealTrust


async def page_procedures(
    devices: LaneDevices, printed: PrintedPortraitCheck, trust: SealTrust
) -> PageProcedures | None:
    """Return what the lane does with pages; None without a scanner.

    Args:
        devices: of the lane.
        printed: the check of the printed portrait.
        trust: what the seals of pages are verified with.

    Raises:
        ModelInvalid: a file of the readers of characters is missing or damaged.
        SettingsError: a model of documents cannot be used.

    """
    if devices.page_scanner is None:
        return None
    return PageProcedures(await asyncio.to_thread(page_reader, trust), printed)
