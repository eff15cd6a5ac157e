"""The scanned pages of a lane whose devices go wrong: what is scanned, and what is read of it."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from egate.domain.optical_finding import OpticalFinding
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import Policy
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.emrtd.mrz.parse import parse
from egate.gate.lane_pages import PageProcedures
from egate.gate.printed_portrait import PrintedPortraitCheck
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.optical.page_reading import PageRead
from egate.ports.devices import PageScan
from hardware_mocks.chip.document import Document
from hardware_mocks.page_scanner.scanning import Scan

_LOOK_SECONDS = 0.3  # as long as our own checks take, so that faults meet one under way
_GREY = 120
PAGE = Scan(
    np.full((60, 80, 3), _GREY, np.uint8),
    np.full((60, 80), _GREY, np.uint8),
    np.full((60, 80, 3), _GREY, np.uint8),
    np.eye(3),
)


def with_page_that_counts(policy: Policy) -> Policy:
    """Return ``policy`` under which nobody is admitted whose page was not looked at."""
    counts = {CheckId.PATTERN: Obligation.MANDATORY}
    return replace(policy, obligations=policy.obligations | counts)


def page_procedures(document: Document, faces: Any, policy: Policy) -> PageProcedures:  # noqa: ANN401
    """Return what reads pages of ``document`` and finds nothing wrong with them."""

    def look(_: PageScan) -> tuple[OpticalFinding, ...]:
        time.sleep(_LOOK_SECONDS)
        return tuple(OpticalFinding(each, Outcome.SUCCESSFUL, "looked at") for each in PAGE_CHECKS)

    def read(scan: PageScan, today: date) -> PageRead | MrzImageUnread:
        is_ours = scan.white.shape == PAGE.white.shape
        return (
            PageRead(parse(document.mrz, today), look) if is_ours else MrzImageUnread("of nobody")
        )

    return PageProcedures(read, PrintedPortraitCheck(faces, lambda: policy))


def scan_garbled(folder: Path, number: int) -> None:
    """Scan one page as a broken scanner does: no picture, a torn one, or one of another size."""
    torn, other = _jpeg(PAGE.white)[:200], _jpeg(np.full((61, 80), _GREY, np.uint8))
    ways: tuple[Callable[[], tuple[bytes, bytes]], ...] = (
        lambda: (b"\xff\xd8 no picture \xff\xd9", b""),
        lambda: (torn, b""),
        lambda: (_jpeg(PAGE.white), torn),
        lambda: (_jpeg(PAGE.white), other),
    )
    white, infrared = ways[number % len(ways)]()
    if infrared:
        (folder / f"garbled-{number}.infrared.jpg").write_bytes(infrared)
    (folder / f".garbled-{number}.white.jpg").write_bytes(white)
    (folder / f".garbled-{number}.white.jpg").rename(folder / f"garbled-{number}.white.jpg")


def _jpeg(image: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".jpg", image)[1])
