"""Specimens in a folder: three pictures each, and where each lies by its MRZ."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from egate.biometrics.opencv import cv2
from egate.domain.optical_finding import Light
from egate.optical.checks.page_views import Image, PageViews
from egate.optical.mrz_image.page_place import lying_flat
from egate.optical.mrz_image.reading import MrzImageUnread, read_mrz_image
from egate.ports.devices import PageScan
from egate.settings.files import SettingsError

_ANY_DAY: Final = dt.date(2000, 1, 1)
"""It settles the centuries of dates, which nobody asks for here."""
_WHITE: Final = f".{Light.WHITE}.png"


def views_of(folder: Path) -> Iterator[PageViews]:
    """Give each specimen of a folder, where its MRZ says that it lies.

    A specimen is three pictures: ``STEM.white.png``, ``STEM.infrared.png`` and
    ``STEM.ultraviolet.png``, upright and of one size.

    Raises:
        SettingsError: there is none, a picture is missing or unreadable, or its MRZ cannot be
            read; the message names the file.

    """
    files = sorted(folder.glob(f"*{_WHITE}"))
    if not files:
        raise SettingsError(f"{folder}: no specimen (STEM{_WHITE}) there")
    for file in files:
        yield _views(file)


def _views(file: Path) -> PageViews:
    stem = file.name.removesuffix(_WHITE)
    files = {light: file.with_name(f"{stem}.{light}.png") for light in Light}
    pictures = {light: _picture(each, light) for light, each in files.items()}
    white = pictures[Light.WHITE]
    for light, picture in pictures.items():
        if picture.shape[:2] != white.shape[:2]:
            raise SettingsError(f"{files[light]}: not of the size of {file.name}")
    reading = read_mrz_image(white, _ANY_DAY)
    if isinstance(reading, MrzImageUnread):
        raise SettingsError(f"{file}: {reading.reason}; take the specimen out, or scan it again")
    geometry = lying_flat(reading.mrz.format, reading.geometry)
    return PageViews(PageScan(*pictures.values()), geometry)


def _picture(file: Path, light: Light) -> Image:
    kind = cv2.IMREAD_GRAYSCALE if light is Light.INFRARED else cv2.IMREAD_COLOR
    image = cv2.imread(str(file), kind)
    if image is None:
        raise SettingsError(f"{file}: not a picture")
    return np.asarray(image, np.uint8)
