"""Which model a page follows, and the page laid straight onto it (TR-03135-1 §5.5.2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from egate.domain.optical_finding import Light
from egate.optical.checks.inspected_page import COARSE, InspectedPage
from egate.optical.checks.page_views import PageViews
from egate.optical.checks.tiles import FAR_MM, FOUND, FoundTile, found_tiles, refined
from egate.optical.models.document_model import OpticalProperty
from egate.optical.models.library import DocumentModel

_PLACED: Final = 0.5
"""Part of the specimen's print that must be found again before millimetres are believed."""


@dataclass(frozen=True, slots=True, eq=False)
class IdentifiedPage:
    """A page and the model it should follow.

    Args:
        page: straightened by its print, if that was found.
        model: None when none describes the document.
        is_placed: the model's print says where the page lies, not the MRZ alone.

    """

    page: InspectedPage = field(repr=False)
    model: DocumentModel | None
    is_placed: bool = False


def identified(
    views: PageViews, models: Sequence[DocumentModel], size_mm: tuple[float, float]
) -> IdentifiedPage:
    """Choose the model whose print is found on the page, of those that the MRZ allows.

    The MRZ, of which the geometry was made, lies at the page's foot: a small error there is a
    large one at its head. So the print that is found lays the page straight.
    """
    page = InspectedPage(views, size_mm)
    best = IdentifiedPage(page, models[0] if models else None)
    most = _PLACED
    for model in models:
        tiles = _print_of(page, model)
        likeness = float(np.mean([tile.likeness >= FOUND for tile in tiles])) if tiles else 0.0
        if likeness >= most:
            most = likeness
            better = replace(views, geometry=refined(views.geometry, tiles))
            best = IdentifiedPage(InspectedPage(better, size_mm), model, is_placed=True)
    return best


def _print_of(page: InspectedPage, model: DocumentModel) -> list[FoundTile]:
    """Seek the print of a model on a page."""
    if not model.specimen or model.file.size_mm != page.size_mm:
        return []
    boxes = [
        box
        for each in model.file.expectations.values()
        if each.property is OpticalProperty.PATTERN and each.light is Light.WHITE
        for box in each.boxes
    ]
    specimen = model.specimen[Light.WHITE]
    return found_tiles(page.coarse(Light.WHITE), specimen, boxes, COARSE, FAR_MM)
