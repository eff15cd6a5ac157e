"""What was found on a page, with a word on every check that was not made."""

from collections.abc import Iterable, Iterator
from typing import Final

from egate.domain.optical_finding import OpticalFinding
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.optical.page_reading import PageRead
from egate.ports.devices import PageScan

INSPECTING_SECONDS: Final = 5.0
"""The checks of a page take some tenths of a second; whoever waits for them stands there."""

TOO_SLOW: Final = "the page was not inspected in time"
_UNREAD: Final = "no MRZ was read from the page"
_NOTHING_TO_CHECK: Final = "the page has nothing to check"
_NO_LIGHT: Final = {
    CheckId.OPTICAL_IR: "the page scanner has no infrared light",
    CheckId.OPTICAL_UV: "the page scanner has no ultraviolet light",
}


def findings_of(scan: PageScan, read: PageRead | None) -> tuple[OpticalFinding, ...]:
    """Look at a page, and return one finding at least for every check of pages. Computing work.

    Args:
        scan: its pictures.
        read: what it says of itself; None where no MRZ was read.

    """
    if read is None:
        return unmade(_UNREAD)
    found = read.inspect(scan)
    return (*found, *_missing(found, scan))


def unmade(reason: str) -> tuple[OpticalFinding, ...]:
    """Return every check of pages as undetermined, for ``reason``."""
    return tuple(OpticalFinding(each, Outcome.UNDETERMINED, reason) for each in PAGE_CHECKS)


def _missing(found: Iterable[OpticalFinding], scan: PageScan) -> Iterator[OpticalFinding]:
    """Give the checks that nobody made: for want of a light, or of anything to check."""
    made = {finding.check_id for finding in found}
    lights = {CheckId.OPTICAL_IR: scan.infrared, CheckId.OPTICAL_UV: scan.ultraviolet}
    for check_id in PAGE_CHECKS:
        if check_id not in made:
            is_dark = check_id in lights and lights[check_id] is None
            reason = _NO_LIGHT[check_id] if is_dark else _NOTHING_TO_CHECK
            yield OpticalFinding(check_id, Outcome.NOT_SUPPORTED, reason)
