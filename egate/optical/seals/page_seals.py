"""The visible digital seals of a page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from egate.domain.optical_finding import Light, PageRegion
from egate.emrtd.visible_digital_seal.errors import SealMalformed
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.optical.seals.bar_codes import read_bar_codes
from egate.optical.seals.place import SealPlace, SeenCode


class NoSeal(Exception):
    """No bar code of the page is a seal; the message says what was there instead."""


@dataclass(frozen=True, slots=True)
class PageSeal:
    """A seal, proven by nothing yet, where it is, and the light in which it was read."""

    seal: VisibleDigitalSeal
    region: PageRegion
    light: Light = Light.WHITE


def seals_of(page: npt.NDArray[np.uint8], place: SealPlace | None = None) -> tuple[PageSeal, ...]:
    """Return the seals of a page, at least one.

    Other bar codes, as passport pages and stickers have for their makers, are passed over.

    Args:
        page: height x width x 3, BGR.
        place: where its document bears one; all of the page is looked at when none is there.

    Raises:
        NoSeal: it has none that can be read.

    """
    closely = place.codes() if place else ()
    if found := _seals_in(closely):
        return found
    codes = [SeenCode(code, Light.WHITE) for code in read_bar_codes(page)]
    if found := _seals_in(codes):
        return found
    codes = [*closely, *codes]
    if not codes:
        raise NoSeal("no bar code that can be read")
    if len(codes) == 1:
        raise NoSeal(f"its bar code is no visible digital seal: {_seal_of(codes[0])}")
    raise NoSeal(f"none of its {len(codes)} bar codes is a visible digital seal")


def _seals_in(codes: Sequence[SeenCode]) -> tuple[PageSeal, ...]:
    seals = [_seal_of(code) for code in codes]
    return tuple(seal for seal in seals if isinstance(seal, PageSeal))


def _seal_of(seen: SeenCode) -> PageSeal | str:
    """Return the seal, or why it is none.

    In words: an exception in a variable of the caller would hold the caller's page until the
    garbage collector runs, which counts objects and not megabytes.
    """
    try:
        seal = VisibleDigitalSeal.parse(seen.code.raw)
    except SealMalformed as error:
        return str(error)
    return PageSeal(seal, seen.code.region, seen.light)
