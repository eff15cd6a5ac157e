"""Rendered pages, and what the optical checks find on them."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from egate.domain.optical_finding import OpticalFinding
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.mrz.parse import Mrz, parse
from egate.optical.checks.inspection import inspect_page
from egate.optical.models.library import DocumentModels, read_models
from egate.optical.page_geometry import PageGeometry
from egate.ports.devices import PageScan
from tests.conftest import ROOT
from tests.trust_forge import TODAY


@dataclass(frozen=True)
class Reading:
    """What reading the MRZ would tell of a page."""

    mrz: Mrz
    lines: tuple[str, ...] = field(repr=False)
    geometry: PageGeometry


@dataclass(frozen=True)
class Page:
    """A rendered page with the truth of its MRZ."""

    scan: PageScan
    reading: Reading
    photograph: tuple[float, float, float, float]

    def findings(self, models: DocumentModels | None = None) -> dict[CheckId, OpticalFinding]:
        found = inspect_page(self.scan, self.reading, models or own_models())
        return {finding.check_id: finding for finding in found}

    def outcome(self, check_id: CheckId) -> Outcome:
        return self.findings()[check_id].outcome

    def without(self, *lights: str) -> "Page":
        """Return the page of a scanner without these lights."""
        return replace(self, scan=replace(self.scan, **dict.fromkeys(lights)))


own_models = cache(read_models)


def optical_page(document: str, seed: int, damage: int = 0) -> Page:
    """Return a genuine page."""
    return next(iter(_rendered(document, seed, damage, "", 1).values()))


def forged_page(document: str, seed: int, species: str) -> Page:
    """Return a page forged by one species; all of them are rendered at once."""
    return _rendered(document, seed, 0, "each", 8)[species]


@cache
def _rendered(
    document: str, seed: int, damage: int, forgery: str, count: int
) -> dict[str | None, Page]:
    order = ["--document", document, "--damage", str(damage), "--seed", str(seed)]
    order += ["--count", str(count), *(["--forgery", forgery] if forgery else [])]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "hardware_mocks", "pages", "--out", folder, *order],
            cwd=ROOT,
            check=True,
            capture_output=True,
            timeout=100,
        )
        lines = (Path(folder) / "truth.jsonl").read_text("utf-8").splitlines()
        truths = [json.loads(line) for line in lines]
        return {truth["forgery"]: read_page(Path(folder), truth) for truth in truths}


def read_page(folder: Path, truth: dict[str, object]) -> Page:
    """Return a page of a rendered set, by its line of ``truth.jsonl``."""
    stem = f"{folder / str(truth['stem'])}"
    white, ultraviolet = cv2.imread(f"{stem}.white.png"), cv2.imread(f"{stem}.ultraviolet.png")
    infrared = cv2.imread(f"{stem}.infrared.png", cv2.IMREAD_GRAYSCALE)
    lines = tuple(map(str, truth["mrz"]))
    geometry = PageGeometry(np.array(truth["page_to_pixels"]), white.shape[1::-1])
    reading = Reading(parse(lines, TODAY), lines, geometry)
    return Page(
        PageScan(white, infrared, ultraviolet),
        reading,
        tuple(truth["regions"].get("photograph", ())),
    )
