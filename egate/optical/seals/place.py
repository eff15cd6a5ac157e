"""The place on a page where its document bears a seal, looked at closely."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from egate.biometrics.opencv import cv2
from egate.domain.optical_finding import Light, PageRegion
from egate.optical.checks.page_views import FINE, Box, Image, PageViews, grey
from egate.optical.page_geometry import PageGeometry
from egate.optical.seals.bar_codes import BarCode, read_grey_bar_codes
from egate.ports.devices import PageScan

_MARGIN_MM: Final = 3.0
"""Around the place: the page lies by its MRZ, which is farther from it than any print."""
_CLOSED_MM: Final = 2.0
_SOFT_MM: Final = 1.0
_PAPER: Final = 230.0
_BLUR: Final = 1.6
_COARSE: Final = 3.0
"""Pixels a millimetre: modules are still told apart, the fine lines of a background are not."""
_BLANK: Final = 0.10
_COLOURED: Final = 3


class PlacedPage(Protocol):
    """Where a page is in its image."""

    @property
    def geometry(self) -> PageGeometry: ...


class SealModel(Protocol):
    """What a model of documents says of seals."""

    @property
    def seal(self) -> Box | None: ...


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A bar code, and the light in which it was read. Personal."""

    code: BarCode
    light: Light


class SealPlace:
    """Looks for bar codes in one place.

    Args:
        views: the page's images.
        box: of the seal, in millimetres of the page.

    """

    def __init__(self, views: PageViews, box: Box) -> None:
        self._views = views
        left, top, width, height = box
        self._box = box
        self._around = (
            left - _MARGIN_MM,
            top - _MARGIN_MM,
            width + 2 * _MARGIN_MM,
            height + 2 * _MARGIN_MM,
        )

    @property
    def region(self) -> PageRegion:
        """Where it is in the image."""
        return self._views.geometry.region(*self._box)

    def codes(self) -> tuple[SeenCode, ...]:
        """Return the bar codes there that can be read, by the first way that reads any.

        Infrared shows black ink without the background that it is printed on.
        """
        for light, picture in self._pictures():
            if found := read_grey_bar_codes(picture):
                return tuple(SeenCode(self._on_the_page(code), light) for code in found)
        return ()

    def is_blank(self) -> bool:
        """Say whether nothing as dark and as uneven as a bar code is there in white light."""
        seen = self._picture(Light.WHITE, _COARSE, self._box).astype(np.float64)
        return bool(seen.std() < _BLANK * seen.mean())

    def _pictures(self) -> Iterator[tuple[Light, Image]]:
        lights = [each for each in (Light.INFRARED, Light.WHITE) if self._views.has(each)]
        for light in lights:
            yield light, self._picture(light, FINE, self._around)
        for light in lights:
            yield light, _levelled(self._picture(light, 2 * FINE, self._around))

    def _picture(self, light: Light, pixels_per_mm: float, box: Box) -> Image:
        """Return a part of the page; of white light without the colours of its background."""
        if pixels_per_mm < FINE:
            return _reduced(self._picture(light, FINE, box), pixels_per_mm / FINE)
        view = self._views.view(light, box, pixels_per_mm)
        if light is Light.WHITE and view.ndim == _COLOURED:
            return np.asarray(view.max(axis=2), np.uint8)
        return grey(view)

    def _on_the_page(self, code: BarCode) -> BarCode:
        """Return ``code`` with its place on the page instead of that on the part of it."""
        left, top, width, height = self._around
        part = code.region
        return replace(
            code,
            region=self._views.geometry.region(
                left + part.left * width,
                top + part.top * height,
                part.width * width,
                part.height * height,
            ),
        )


def seal_place(scan: PageScan, page: PlacedPage, models: Sequence[SealModel]) -> SealPlace | None:
    """Return where a page bears its seal; None if none of ``models`` has one.

    Args:
        scan: the images of the page.
        page: where it lies in them.
        models: of documents with the page's MRZ.

    """
    box = next((model.seal for model in models if model.seal is not None), None)
    return None if box is None else SealPlace(PageViews(scan, page.geometry), box)


def _reduced(picture: Image, scale: float) -> Image:
    size = (max(1, round(side * scale)) for side in picture.shape[1::-1])
    return np.asarray(cv2.resize(picture, tuple(size), interpolation=cv2.INTER_AREA), np.uint8)


def _levelled(picture: Image) -> Image:
    """Return a picture in black and white, whatever stains and fading make of its paper."""
    closed = max(3, round(_CLOSED_MM * 2 * FINE))
    paper = cv2.morphologyEx(picture, cv2.MORPH_CLOSE, np.ones((closed, closed), np.uint8))
    soft = cv2.GaussianBlur(paper, (0, 0), _SOFT_MM * 2 * FINE).astype(np.float32)
    level = np.clip(picture / np.maximum(soft, 1) * _PAPER, 0, 255).astype(np.uint8)
    blurred = cv2.GaussianBlur(level, (0, 0), _BLUR)
    _, black = cv2.threshold(blurred, 0, 255, cv2.THRESH_OTSU)
    return np.asarray(black, np.uint8)
