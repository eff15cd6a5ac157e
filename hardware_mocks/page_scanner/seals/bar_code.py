"""A seal as it is printed: a Data Matrix code (ISO/IEC 16022)."""

from typing import Final

import cv2
import numpy as np
import zxingcpp

from hardware_mocks.page_scanner.ink import Ink, Plane, Sheet
from hardware_mocks.page_scanner.layout import Place

_SETTING_MM: Final = 0.15  # how exactly a printer sets the whole code
_RUN_MM: Final = 0.015  # by which ink runs over a border, as much again less or more
_SOFT: Final = 0.15  # of a module: how soft its borders are


def print_seal(
    sheet: Sheet, place: Place, content: bytes, ink: Ink, rng: np.random.Generator
) -> None:
    """Print the bar code of ``content`` so that it fills ``place``."""
    dots = sheet.dots_per_mm
    modules = _modules(content)
    side = place[2] / len(modules)
    left, top = (np.array(place[:2]) - side + rng.normal(0, _SETTING_MM, 2)) * dots
    run = float(np.clip(rng.normal(_RUN_MM, _RUN_MM), -_RUN_MM, 3 * _RUN_MM)) / side
    mask = _drawn(modules, side * dots, run)
    sheet.print(mask, ink, round(float(left)), round(float(top)))


def _modules(content: bytes) -> Plane:
    """Return the modules without a quiet zone; 1 is dark."""
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.DataMatrix)
    image = np.asarray(code.to_image(scale=1, add_quiet_zones=False))
    return np.asarray(image == 0, np.float32)


def _drawn(modules: Plane, module_dots: float, run: float) -> Plane:
    """Return the modules at the size of the sheet's dots; ``run`` is in parts of a module."""
    fine = 8
    large = np.kron(modules, np.ones((fine, fine), np.float32))
    soft = np.asarray(cv2.GaussianBlur(np.pad(large, fine), (0, 0), _SOFT * fine), np.float32)
    border = np.float32(0.5 - run / (_SOFT * np.sqrt(2 * np.pi)))  # how dark it is where ink ends
    sharp = np.clip((soft - border) * 4 + 0.5, 0, 1)
    side = round(len(sharp) / fine * module_dots)
    small = cv2.resize(sharp, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
