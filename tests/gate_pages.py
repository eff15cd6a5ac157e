"""Pages that say at once whose they are, for tests of a lane with a page scanner."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from drivers.simulated import SimulatedPageScanner
from egate.biometrics.verification import FaceTemplate
from egate.domain.optical_finding import Light, OpticalFinding, PageRegion
from egate.domain.policy.policy import Policy
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.parse import parse
from egate.gate.lane_pages import PageProcedures
from egate.gate.printed_portrait import PrintedPortraitCheck
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.optical.page_reading import PageRead
from egate.ports.devices import PageScan
from tests.gate_lane import MRZ


def numbered(mrz: Sequence[str], number: str) -> tuple[str, str]:
    """The TD3 lines ``mrz`` of a document with another ``number``, every check digit right."""
    first, second = mrz
    second = number + check_digit(number) + second[10:43]
    whole = second[:10] + second[13:20] + second[21:43]  # 9303-4 section 4.2.2
    return first, second + check_digit(whole)


OTHER_MRZ = numbered(MRZ, "L898902C4")
UNREADABLE = 0
REGION = PageRegion(0.1, 0.2, 0.3, 0.4)


class NoFaces:
    """Sees nobody anywhere."""

    def template(self, _: np.ndarray) -> FaceTemplate | None:
        return None


@dataclass
class Scanner:
    """A page scanner, and what is read and found on its pages.

    A page is three pictures of one colour, by which it is known again.
    """

    device: SimulatedPageScanner = field(default_factory=SimulatedPageScanner)
    failed: tuple[CheckId, ...] = ()
    unread: MrzImageUnread = MrzImageUnread("of nobody")  # noqa: RUF009 - frozen
    """Why pages whose MRZ nobody can read are not."""
    inspected: list[Sequence[str]] = field(default_factory=list)
    """The MRZ of each page whose pictures were looked at."""
    looks: threading.Event = field(default_factory=threading.Event)
    """Clear it, and looking at a page takes until it is set."""
    _known: list[Sequence[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.looks.set()

    def scan(self, mrz: Sequence[str] | None = MRZ, *, lights: bool = True) -> None:
        """Scan the page of the document ``mrz``; of None nobody can read the MRZ."""
        colour = UNREADABLE
        if mrz is not None:
            self._known.append(mrz)
            colour = len(self._known)
        white = np.full((60, 80, 3), colour, np.uint8)
        others = (white[:, :, 0].copy(), white.copy()) if lights else ()
        self.device.scan(white, *others)

    def read(self, scan: PageScan, today: date) -> PageRead | MrzImageUnread:
        colour = int(scan.white[0, 0, 0])
        if colour == UNREADABLE:
            return self.unread
        lines = self._known[colour - 1]
        return PageRead(parse(lines, today), lambda scan: self._look(lines, scan))

    def procedures(self, policy: Policy, faces: object | None = None) -> PageProcedures:
        return PageProcedures(self.read, PrintedPortraitCheck(faces or NoFaces(), lambda: policy))

    def _look(self, lines: Sequence[str], scan: PageScan) -> tuple[OpticalFinding, ...]:
        self.inspected.append(lines)
        failed = self.failed
        self.looks.wait(20)
        dark = {CheckId.OPTICAL_IR} if scan.infrared is None else set()
        dark |= {CheckId.OPTICAL_UV} if scan.ultraviolet is None else set()
        return tuple(_found(each, each in failed) for each in PAGE_CHECKS if each not in dark)


def _found(check_id: CheckId, failed: bool) -> OpticalFinding:  # noqa: FBT001 - of this check
    outcome = Outcome.FAILED if failed else Outcome.SUCCESSFUL
    score = 0.1 if failed else 0.9
    return OpticalFinding(check_id, outcome, "looked at", score, 0.5, Light.INFRARED, REGION)
