"""Images of pages to read the MRZ of: rendered by the simulated scanner, turned, spoiled."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from tests.conftest import ROOT

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class RenderedPage:
    """A page as the scanner saw it under white light, and the truth about it."""

    image: Image
    truth: dict[str, Any]
    infrared: Image

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.truth["mrz"])


def render(folder: Path, document: str, *words: str) -> RenderedPage:
    """Let the simulator, which shares no code with the reader, render one page."""
    command = [sys.executable, "-m", "hardware_mocks", "pages", "--out", str(folder)]
    command += ["--count", "1", "--document", document, *words]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=100)
    truth = json.loads((folder / "truth.jsonl").read_text().splitlines()[0])
    image = cv2.imread(str(folder / f"{truth['stem']}.white.png"))
    infrared = cv2.imread(str(folder / f"{truth['stem']}.infrared.png"), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    assert infrared is not None
    return RenderedPage(np.asarray(image, np.uint8), truth, np.asarray(infrared, np.uint8))


def skewed(image: Image, degrees: float, scale: float = 1.0) -> Image:
    """Turn ``image`` on a larger, darker table."""
    height, width = image.shape[:2]
    reach = int(np.hypot(width, height) * scale) + 20
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] += (reach - width) / 2, (reach - height) / 2
    turned = cv2.warpAffine(image, matrix, (reach, reach), borderValue=(70, 75, 80))
    return np.asarray(turned, np.uint8)


def leaning(image: Image, part: float) -> Image:
    """Photograph ``image`` from below: its upper edge is shorter by ``part`` on either side."""
    height, width = image.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = corners.copy()
    seen[0, 0] += part * width
    seen[1, 0] -= part * width
    seen[:2, 1] += part * height
    matrix = cv2.getPerspectiveTransform(corners, seen)
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height)), np.uint8)


def corners_seen(page: RenderedPage) -> npt.NDArray[np.float64]:
    """Return where the page's corners are in its image, by the renderer's own account."""
    width, height = page.truth["page_mm"]
    corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)])
    moved = corners @ np.array(page.truth["page_to_pixels"]).T
    return np.asarray(moved[:, :2] / moved[:, 2:], np.float64)
