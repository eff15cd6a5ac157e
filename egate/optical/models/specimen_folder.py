"""Specimens in a folder: three pictures each, and where their corners are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from egate.biometrics.opencv import cv2
from egate.domain.optical_finding import Light
from egate.optical.checks.page_views import Image, PageViews
from egate.optical.page_geometry import PageGeometry
from egate.ports.devices import PageScan
from egate.settings.files import SettingsError

_LIST: Final = "truth.jsonl"


def views_of(folder: Path) -> Iterator[PageViews]:
    """Give each specimen of a folder.

    Its file ``truth.jsonl`` has a JSON object a line: ``stem``, of which the pictures are
    ``STEM.white.png``, ``STEM.infrared.png`` and ``STEM.ultraviolet.png``, and
    ``page_to_pixels``, a 3 x 3 homography from millimetres of the page to pixels.

    Raises:
        SettingsError: something of it is missing or unreadable; the message names it.

    """
    file = folder / _LIST
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        try:
            entry: dict[str, Any] = json.loads(line)
            stem, matrix = str(entry["stem"]), np.array(entry["page_to_pixels"], np.float64)
        except (ValueError, KeyError, TypeError) as error:
            raise SettingsError(f"{file}: line {number}: no stem and page_to_pixels") from error
        yield _views(folder, stem, matrix)


def _views(folder: Path, stem: str, matrix: "np.typing.NDArray[np.float64]") -> PageViews:
    white, infrared, ultraviolet = (
        _picture(folder / f"{stem}.{light}.png", light) for light in Light
    )
    scan = PageScan(white, infrared, ultraviolet)
    return PageViews(scan, PageGeometry(matrix, (white.shape[1], white.shape[0])))


def _picture(file: Path, light: Light) -> Image:
    kind = cv2.IMREAD_GRAYSCALE if light is Light.INFRARED else cv2.IMREAD_COLOR
    image = cv2.imread(str(file), kind)
    if image is None:
        raise SettingsError(f"{file}: not a picture")
    return np.asarray(image, np.uint8)
