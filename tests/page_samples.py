"""Scanned pages of referred travellers as officers see them, with what was found on them."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from egate.biometrics.officer_picture import page_picture
from egate.domain.optical_finding import Light, OpticalFinding, PageRegion
from egate.emrtd.checks import CheckId, Outcome
from egate.optical.page_image import decode_page_image
from egate.ports.case_images import CaseImage, CaseImageKind
from tests.conftest import ROOT

SPECIMEN_SEED: Final = 777
"""Of no traveller."""

# Where the photograph and the MRZ are on a rendered page.
PHOTOGRAPH: Final = PageRegion(0.055, 0.225, 0.265, 0.48)
MRZ: Final = PageRegion(0.03, 0.78, 0.93, 0.17)

# As a gate says of each check of a genuine page, in the order of the checks.
GENUINE: Final = (
    OpticalFinding(CheckId.MRZ_PRINT, Outcome.SUCCESSFUL, "", 0.93, 0.6, region=MRZ),
    OpticalFinding(CheckId.OPTICAL_IR, Outcome.SUCCESSFUL, "", 0.97, 0.5, Light.INFRARED, MRZ),
    OpticalFinding(CheckId.OPTICAL_UV, Outcome.SUCCESSFUL, "", 0.91, 0.6, Light.ULTRAVIOLET),
    OpticalFinding(
        CheckId.PHOTOGRAPH, Outcome.SUCCESSFUL, "", 0.88, 0.55, Light.INFRARED, PHOTOGRAPH
    ),
    OpticalFinding(CheckId.PATTERN, Outcome.SUCCESSFUL, "", 0.86, 0.62),
    OpticalFinding(CheckId.MRZ_VIZ, Outcome.SUCCESSFUL, "", 1.0, 0.9),
)


def found_amiss(check_id: CheckId, detail: str, score: float) -> tuple[OpticalFinding, ...]:
    """Return what is found of a page on which one check fails."""
    return tuple(
        replace(each, outcome=Outcome.FAILED, detail=detail, score=score)
        if each.check_id is check_id
        else each
        for each in GENUINE
    )


def without_light(findings: tuple[OpticalFinding, ...], light: Light) -> tuple[OpticalFinding, ...]:
    """Return ``findings`` as of a scanner that has not ``light``."""
    return tuple(
        replace(each, outcome=Outcome.NOT_SUPPORTED, score=None, detail="no image under this light")
        if each.light is light
        else each
        for each in findings
    )


@cache
def rendered(
    seed: int, forgery: str = "", document: str = "bd_e_passport"
) -> Mapping[Light, bytes]:
    """Return one rendered page, PNG by light."""
    order = ["--document", document, "--damage", "0", "--count", "1", "--seed", str(seed)]
    species = ["--forgery", forgery] if forgery else []
    with tempfile.TemporaryDirectory(prefix="egate-page-") as folder:
        subprocess.run(
            [sys.executable, "-m", "hardware_mocks", "pages", "--out", folder, *order, *species],
            cwd=ROOT,
            check=True,
            capture_output=True,
            timeout=60,
        )
        return {light: Path(folder, f"000000.{light}.png").read_bytes() for light in Light}


@cache
def page_images(
    seed: int, forgery: str = "", *, without: Light | None = None
) -> tuple[CaseImage, ...]:
    """Return a rendered page as a gate keeps it."""
    return tuple(
        CaseImage(CaseImageKind(f"page_{light}"), page_picture(decode_page_image(png)))
        for light, png in rendered(seed, forgery).items()
        if light is not without
    )


def put_specimen(folder: Path, name: str = "e-passport 2020") -> None:
    """Put the pictures of a specimen of Bangladesh's passport into a folder of specimens."""
    place = folder / "BGD" / "P" / name
    place.mkdir(parents=True)
    for light, png in rendered(SPECIMEN_SEED).items():
        (place / f"{light}.png").write_bytes(png)
