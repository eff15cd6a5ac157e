"""The scanned page of a case in the states that matter, for eyes and axe."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from egate.domain.optical_finding import Light, OpticalFinding
from egate.domain.record import Direction
from egate.emrtd.checks import CheckId
from egate.ports.case_facts import CaseFacts
from tests.case_samples import DOCUMENT, THRESHOLDS, CaseLink, photographs, record
from tests.chromium import Screen
from tests.console_case_pages import open_case
from tests.console_harness import Site
from tests.page_samples import GENUINE, found_amiss, page_images, put_specimen, without_light

_SEED: Final = 900_001
CHANGED: Final = "photograph: infrared does not show what white light shows"
_LOADED: Final = """
return document.querySelector("#page-view .whole canvas").width > 0
  && (document.querySelector("#page-larger").dataset.specimens === "0"
    || document.querySelector("[data-side=specimen] canvas").width > 0);
"""


def specimens_of(folder: Path) -> Path:
    """Make a folder of specimens for a console."""
    specimens = folder / "specimens"
    put_specimen(specimens)
    return specimens


def link_of(
    findings: tuple[OpticalFinding, ...],
    *failed: CheckId,
    forgery: str = "",
    issuing_state: str = "BGD",
    without: Light | None = None,
) -> CaseLink:
    """A case whose page was scanned; ``failed`` kept the traveller."""
    kept = record(
        *failed,
        direction=Direction.ENTRY,
        document=replace(DOCUMENT, issuing_state=issuing_state),
    )
    shown = findings if without is None else without_light(findings, without)
    facts = CaseFacts(kept, THRESHOLDS, optical_findings=shown)
    images = (*photographs(), *page_images(_SEED, forgery, without=without))
    return CaseLink(facts, (), images, holder="officer-1")


def _genuine() -> CaseLink:
    return link_of(GENUINE, CheckId.FACE)


def photograph_changed() -> CaseLink:
    """A page whose photograph was substituted."""
    found = found_amiss(CheckId.PHOTOGRAPH, CHANGED, 0.12)
    return link_of(found, CheckId.PHOTOGRAPH, forgery="photo_substituted")


def mrz_gone() -> CaseLink:
    """A page whose MRZ is no more there under infrared."""
    found = found_amiss(CheckId.OPTICAL_IR, "MRZ: in ink that infrared does not see", 0.03)
    return link_of(found, CheckId.OPTICAL_IR, forgery="mrz_visible_ink_only")


def paper_bright() -> CaseLink:
    """A page on paper that shines."""
    found = found_amiss(CheckId.OPTICAL_UV, "paper: shines where the model's is dull", 0.2)
    return link_of(found, CheckId.OPTICAL_UV, forgery="uv_bright_paper")


def _without_infrared() -> CaseLink:
    return link_of(GENUINE, CheckId.FACE, without=Light.INFRARED)


def _without_specimen() -> CaseLink:
    found = found_amiss(CheckId.PHOTOGRAPH, CHANGED, 0.12)
    return link_of(found, CheckId.PHOTOGRAPH, forgery="photo_substituted", issuing_state="UTO")


def of(make: Callable[[], CaseLink]) -> Callable[[Site, Screen], Awaitable[None]]:
    """Show a case with its page."""

    async def show(site: Site, screen: Screen) -> None:
        await open_case(site, screen, make())
        await screen.until(_LOADED)

    return show


async def _larger(site: Site, screen: Screen) -> None:
    await of(photograph_changed)(site, screen)
    await screen.press("v")
    await screen.until("return document.querySelectorAll('.stage canvas').length === 2")


PAGE_VIEWS: Final = {
    "case-page-genuine": of(_genuine),
    "case-page-photograph": of(photograph_changed),
    "case-page-mrz": of(mrz_gone),
    "case-page-paper": of(paper_bright),
    "case-page-without-infrared": of(_without_infrared),
    "case-page-without-specimen": of(_without_specimen),
    "case-page-larger": _larger,
}
