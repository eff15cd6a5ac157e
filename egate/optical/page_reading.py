"""What a page says of itself, by our own readers and checks.

Of a page whose infrared image does not confirm the MRZ, white light alone is asked what the page
is and where it lies, so that it can be checked: screens and altered zones are such pages, and so
are some that are hardly readable.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from egate.domain.optical_finding import Light, OpticalFinding
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.mrz.parse import Mrz
from egate.optical.checks.inspection import inspect_page
from egate.optical.models.library import DocumentModels, read_models
from egate.optical.mrz_image.reading import MrzImageReading, MrzImageUnread, read_mrz_image
from egate.optical.ocr_b import classify, classify_again
from egate.optical.seals.check import check_seal
from egate.optical.seals.proof import SealTrust
from egate.ports.devices import PageScan

_BLANK: Final = np.zeros((1, 32, 24), np.uint8)
_NOT_CONFIRMED: Final = OpticalFinding(
    CheckId.OPTICAL_IR,
    Outcome.UNDETERMINED,
    "MRZ: infrared light does not confirm it",
    light=Light.INFRARED,
)
LIGHTS_DIFFER: Final = OpticalFinding(
    CheckId.OPTICAL_IR,
    Outcome.FAILED,
    "MRZ: white and infrared light show different characters",
    light=Light.INFRARED,
)


@dataclass(frozen=True, slots=True)
class PageRead:
    """What a page says of itself. Personal throughout.

    Args:
        mrz: as it was read from the picture; a check digit may be wrong.
        is_confirmed: whether all lights confirm the MRZ. If not, it opens nothing and nobody is
            looked up by it.
        inspect: looks at the pictures of the page it was read from; computing work.

    """

    mrz: Mrz = field(repr=False)
    inspect: Callable[[PageScan], tuple[OpticalFinding, ...]] = field(repr=False)
    is_confirmed: bool = True

    @property
    def lines(self) -> tuple[str, ...]:
        """The MRZ for whoever opens a chip or looks somebody up; () if it is not confirmed."""
        return self.mrz.lines if self.is_confirmed else ()


ReadPage = Callable[[PageScan, dt.date], PageRead | MrzImageUnread]
"""Reads the MRZ of a page, as of a day."""


@dataclass(frozen=True, slots=True)
class _Inspection:
    """Looks at the pictures of the page that ``reading`` is of. Personal throughout.

    Args:
        reading: of the page.
        models: one of which is chosen by it.
        trust: what its seal is verified with.
        today: the day.
        instead: counts for OPTICAL.IR unless that fails.

    """

    reading: MrzImageReading = field(repr=False)
    models: DocumentModels
    trust: SealTrust
    today: dt.date
    instead: OpticalFinding | None = None

    def __call__(self, scan: PageScan) -> tuple[OpticalFinding, ...]:
        described = self.models.of(self.reading.mrz)
        seal = check_seal(scan, self.reading, described, self.trust, self.today)
        found = (*inspect_page(scan, self.reading, self.models), seal)
        return tuple(map(self._with_infrared, found))

    def _with_infrared(self, finding: OpticalFinding) -> OpticalFinding:
        if finding.check_id is CheckId.OPTICAL_IR and finding.outcome is not Outcome.FAILED:
            return self.instead or finding
        return finding


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

    def read(scan: PageScan, today: dt.date) -> PageRead | MrzImageUnread:
        confirmed = read_mrz_image(scan.white, today, infrared=scan.infrared)
        if isinstance(confirmed, MrzImageReading):
            return PageRead(confirmed.mrz, _Inspection(confirmed, models, trust, today))
        seen = confirmed if scan.infrared is None else read_mrz_image(scan.white, today)
        if isinstance(seen, MrzImageUnread):
            return confirmed
        instead = LIGHTS_DIFFER if confirmed.lights_differ else _NOT_CONFIRMED
        inspect = _Inspection(seen, models, trust, today, instead)
        return PageRead(seen.mrz, inspect, is_confirmed=False)

    return read
