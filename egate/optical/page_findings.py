"""What was found on a page, with a word on every check that was not made."""

from collections.abc import Iterable, Iterator
from typing import Final

from egate.domain.optical_finding import Light, OpticalFinding
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.optical.checks.screen import is_dark_in_infrared
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.optical.page_reading import LIGHTS_DIFFER, PageRead
from egate.ports.devices import PageScan

INSPECTING_SECONDS: Final = 5.0
"""The checks of a page take some tenths of a second; whoever waits for them stands there."""

TOO_SLOW: Final = "the page was not inspected in time"
_UNREAD: Final = "no MRZ was read from the page"
_NOTHING_TO_CHECK: Final = "the page has nothing to check"
_DARK: Final = OpticalFinding(
    CheckId.OPTICAL_IR,
    Outcome.FAILED,
    "page: dark in infrared, as a screen is",
    light=Light.INFRARED,
)
_NO_LIGHT: Final = {
    CheckId.OPTICAL_IR: "the page scanner has no infrared light",
    CheckId.OPTICAL_UV: "the page scanner has no ultraviolet light",
}


def findings_of(scan: PageScan, read: PageRead | MrzImageUnread) -> tuple[OpticalFinding, ...]:
    """Look at a page, and return one finding at least for every check of pages. Computing work.

    Args:
        scan: its pictures.
        read: what it says of itself, or why no MRZ was read.

    """
    if isinstance(read, MrzImageUnread):
        infrared = _infrared_of_unread(scan, read)
        return tuple(
            infrared if infrared and each.check_id is CheckId.OPTICAL_IR else each
            for each in unmade(_UNREAD)
        )
    found = read.inspect(scan)
    return (*found, *_missing(found, scan))


def unmade(reason: str) -> tuple[OpticalFinding, ...]:
    """Return every check of pages as undetermined, for ``reason``."""
    return tuple(OpticalFinding(each, Outcome.UNDETERMINED, reason) for each in PAGE_CHECKS)


def _infrared_of_unread(scan: PageScan, unread: MrzImageUnread) -> OpticalFinding | None:
    """Return what infrared tells of a page without knowing where anything is on it."""
    if unread.lights_differ:
        return LIGHTS_DIFFER
    return _DARK if is_dark_in_infrared(scan) else None


def _missing(found: Iterable[OpticalFinding], scan: PageScan) -> Iterator[OpticalFinding]:
    """Give the checks that nobody made: for want of a light, or of anything to check."""
    made = {finding.check_id for finding in found}
    lights = {CheckId.OPTICAL_IR: scan.infrared, CheckId.OPTICAL_UV: scan.ultraviolet}
    for check_id in PAGE_CHECKS:
        if check_id not in made:
            is_dark = check_id in lights and lights[check_id] is None
            reason = _NO_LIGHT[check_id] if is_dark else _NOTHING_TO_CHECK
            yield OpticalFinding(check_id, Outcome.NOT_SUPPORTED, reason)
