"""What a traveller carries: the passport, issued when it is their turn."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from hardware_mocks.camera.mjpeg import MjpegCamera
from hardware_mocks.chip.document import Document
from hardware_mocks.lane.devices import LaneDevices
from hardware_mocks.lane.document_place import Placed
from hardware_mocks.lane.passports import chip_for, issue_passport, page_of
from hardware_mocks.pki.pki import Pki
from hardware_mocks.world.manner import USUAL, Manner
from hardware_mocks.world.traveller import Traveller

Bag = Callable[[int], Placed]
"""Gives what is laid down on the n-th placement, from 1."""


class Bags:
    """Packs bags for travellers through one lane.

    Args:
        devices: the lane where the page is scanned.
        camera: is prepared for them; of a segregated lane the gate's.
        pki: signs the passports.
        now: from which expiry dates count, UTC.

    """

    def __init__(self, devices: LaneDevices, camera: MjpegCamera, pki: Pki, now: datetime) -> None:
        self._devices = devices
        self._camera = camera
        self._pki = pki
        self._now = now

    async def pack(self, traveller: Traveller, index: int, manner: Manner = USUAL) -> Bag:
        """Issue the passport of the ``index``-th traveller; takes up to a second of a thread."""
        document: Document = await asyncio.to_thread(
            issue_passport, traveller, index, self._pki, self._now
        )
        await asyncio.to_thread(self._camera.scene.prepare, traveller.seen(seed=manner.seed))
        if self._devices.scanner is None:
            return lambda placement: Placed(document.mrz, chip_for(traveller, document, placement))
        page = await asyncio.to_thread(page_of, traveller, document, index)
        return lambda placement: Placed(
            page.truth["mrz"], chip_for(traveller, document, placement), page.scan
        )
