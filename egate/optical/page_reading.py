"""What a page says of itself, by our own readers and checks."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from egate.domain.optical_finding import OpticalFinding
from egate.emrtd.mrz.parse import Mrz
from egate.optical.checks.inspection import inspect_page
from egate.optical.models.library import DocumentModels, read_models
from egate.optical.mrz_image.reading import MrzImageReading, MrzImageUnread, read_mrz_image
from egate.optical.ocr_b import classify, classify_again
from egate.optical.seals.check import check_seal
from egate.optical.seals.proof import SealTrust
from egate.ports.devices import PageScan

_BLANK: Final = np.zeros((1, 32, 24), np.uint8)


@dataclass(frozen=True, slots=True)
class PageRead:
    """What a page says of itself. Personal throughout.

    Args:
        mrz: as it was read from the picture; a check digit may be wrong.
        inspect: looks at the pictures of the page it was read from; computing work.

    """

    mrz: Mrz = field(repr=False)
    inspect: Callable[[PageScan], tuple[OpticalFinding, ...]] = field(repr=False)


ReadPage = Callable[[PageScan, dt.date], PageRead | None]
"""Reads the MRZ of a page, as of a day; None where none can be read."""


@dataclass(frozen=True, slots=True)
class _Inspection:
    """Looks at the pictures of the page that ``reading`` is of. Personal throughout."""

    reading: MrzImageReading = field(repr=False)
    models: DocumentModels
    trust: SealTrust
    today: dt.date

    def __call__(self, scan: PageScan) -> tuple[OpticalFinding, ...]:
        described = self.models.of(self.reading.mrz)
        seal = check_seal(scan, self.reading, described, self.trust, self.today)
        return (*inspect_page(scan, self.reading, self.models), seal)


def page_reader(trust: SealTrust) -> ReadPage:
    """Return what reads the MRZ of a page, and knows how to look at its pictures.

    Args:
        trust: what the seals of pages are verified with.

    Raises:
        ModelInvalid: a file of the readers of characters is missing or damaged.
        SettingsError: a model of documents cannot be used.

    """
    models = read_models()
    for classifier in (classify, classify_again):
        classifier(_BLANK)  # a damaged file is told now, and not when the first traveller comes

    def read(scan: PageScan, today: dt.date) -> PageRead | None:
        reading = read_mrz_image(scan.white, today, infrared=scan.infrared)
        if isinstance(reading, MrzImageUnread):
            return None
        return PageRead(reading.mrz, _Inspection(reading, models, trust, today))

    return read
