"""Reading the machine readable zone in an image of a page."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.parse import Mrz
from egate.optical.mrz_image.candidate import Readers
from egate.optical.mrz_image.lights import Lights
from egate.optical.mrz_image.page_place import page_geometry
from egate.optical.mrz_image.repair import Repair
from egate.optical.mrz_image.search import Found, search
from egate.optical.ocr_b import classify, classify_again
from egate.optical.page_geometry import PageGeometry


@dataclass(frozen=True, slots=True)
class MrzImageReading:
    """A machine readable zone read from an image. Personal throughout.

    Args:
        mrz: its fields; a check digit of the document may be wrong, then ``is_valid`` is False.
        lines: the top line first.
        confidence: of each character of each line, 0 to 1.
        repaired: characters that were seen as others.
        geometry: where the page lies in the image.

    """

    mrz: Mrz = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    confidence: tuple[tuple[float, ...], ...] = field(repr=False)
    repaired: tuple[Repair, ...]
    geometry: PageGeometry


@dataclass(frozen=True, slots=True)
class MrzImageUnread:
    """No machine readable zone was read.

    Args:
        reason: one plain clause; holds no personal data.
        lights_differ: whether white and infrared light clearly show different characters in it.

    """

    reason: str
    lights_differ: bool = False


READERS: Final = Readers(classify, classify_again)


def read_mrz_image(
    image: npt.NDArray[np.uint8],
    today: dt.date,
    readers: Readers = READERS,
    *,
    infrared: npt.NDArray[np.uint8] | None = None,
) -> MrzImageReading | MrzImageUnread:
    """Find and read the MRZ of a data page, whichever way the page lies.

    Args:
        image: height x width x 3, BGR, of any resolution that shows a character ten pixels high.
        today: settles the century of two-digit years.
        readers: two classifiers of cells, which must agree.
        infrared: the same page under infrared light (B900) at the same moment; height x width.

    Raises:
        ValueError: the infrared image has another size.

    """
    lights = Lights.of(image, infrared)
    if lights.white.is_too_small:
        return MrzImageUnread("the image is too small")
    found = search(lights, today, readers)
    if not isinstance(found, Found):
        return MrzImageUnread(found.reason, found.lights_differ)
    mrz = found.assembled.mrz
    return MrzImageReading(
        mrz=mrz,
        lines=mrz.lines,
        confidence=found.assembled.confidence,
        repaired=found.assembled.repaired,
        geometry=page_geometry(mrz.format, found.places, lights.white.size),
    )
