"""The visible digital seals of a page."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from egate.domain.optical_finding import PageRegion
from egate.emrtd.visible_digital_seal.errors import SealMalformed
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.optical.seals.bar_codes import BarCode, read_bar_codes


class NoSeal(Exception):
    """No bar code of the page is a seal; the message says what was there instead."""


@dataclass(frozen=True, slots=True)
class PageSeal:
    """A seal, proven by nothing yet, and where it is."""

    seal: VisibleDigitalSeal
    region: PageRegion


def seals_of(page: npt.NDArray[np.uint8]) -> tuple[PageSeal, ...]:
    """Return the seals of a page, at least one.

    Other bar codes, as passport pages and stickers have for their makers, are passed over.

    Args:
        page: height x width x 3, BGR.

    Raises:
        NoSeal: it has none that can be read.

    """
    codes = read_bar_codes(page)
    if not codes:
        raise NoSeal("no bar code that can be read")
    seals = [_seal_of(code) for code in codes]
    found = tuple(seal for seal in seals if isinstance(seal, PageSeal))
    if found:
        return found
    if len(codes) == 1:
        raise NoSeal(f"its bar code is no visible digital seal: {seals[0]}")
    raise NoSeal(f"none of its {len(codes)} bar codes is a visible digital seal")


def _seal_of(code: BarCode) -> PageSeal | str:
    """Return the seal, or why it is none.

    In words: an exception in a variable of the caller would hold the caller's page until the
    garbage collector runs, which counts objects and not megabytes.
    """
    try:
        return PageSeal(VisibleDigitalSeal.parse(code.raw), code.region)
    except SealMalformed as error:
        return str(error)
