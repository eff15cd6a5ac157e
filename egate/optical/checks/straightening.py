"""A page laid straight onto its model: by the print of the specimen that is found again on it."""

from dataclasses import replace
from typing import Final

from egate.optical.checks.inspected_page import COARSE, InspectedPage
from egate.optical.checks.page_views import PageViews
from egate.optical.checks.tiles import FAR_MM, FOUND, found_tiles, refined
from egate.optical.finding import Light
from egate.optical.models.document_model import OpticalProperty
from egate.optical.models.library import DocumentModel

_PLACED: Final = 0.5
"""Part of the specimen's print that must be found again before millimetres are believed."""


def straightened(views: PageViews, model: DocumentModel) -> tuple[InspectedPage, bool]:
    """Return the page as the model has it, and whether its print says where it lies.

    The MRZ, of which the geometry was made, lies at the page's foot: a small error there is a
    large one at its head.
    """
    page = InspectedPage(views, model.file.size_mm)
    boxes = [
        box
        for each in model.file.expectations.values()
        if each.property is OpticalProperty.PATTERN and each.light is Light.WHITE
        for box in each.boxes
    ]
    if not boxes:
        return page, False
    tiles = found_tiles(
        page.coarse(Light.WHITE), model.specimen[Light.WHITE], boxes, COARSE, FAR_MM
    )
    found = [tile for tile in tiles if tile.likeness >= FOUND]
    if len(found) < _PLACED * len(tiles):
        return page, False
    better = replace(views, geometry=refined(views.geometry, found))
    return InspectedPage(better, model.file.size_mm), True
