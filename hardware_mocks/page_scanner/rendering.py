"""Renders one page from a seed: who, what is written, how it is printed, worn and scanned."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hardware_mocks.page_scanner.bearer import Content, content
from hardware_mocks.page_scanner.layout import Layout, Place, layout
from hardware_mocks.page_scanner.printing import PAPERS, Craft, printed, text_place
from hardware_mocks.page_scanner.scanning import Scan, scanned, usual_optics
from hardware_mocks.page_scanner.wear import worn

_ZONE_MM = 23.2  # 9303-4 §3.1, 9303-5 §3.1, 9303-7 §3.1: how high the zone is


@dataclass(frozen=True, slots=True)
class Page:
    """What was rendered, and the truth about it."""

    scan: Scan
    truth: dict[str, Any]


def rendered(document: str, damage: int, dots_per_mm: float, seed: tuple[int, int]) -> Page:
    """Render the page of that seed; the same again for the same arguments.

    Args:
        document: a name of ``layout.documents()``.
        damage: 0 (new) to 3 (hardly readable by a person).
        dots_per_mm: of the images.
        seed: of the set, and the page's number in it.

    """
    rng = np.random.default_rng(seed)
    model = layout(document)
    said = content(model, rng)
    craft = Craft()
    sheet = printed(model, said, dots_per_mm, rng, craft)
    height = model.size[1]
    worn(sheet, PAPERS[craft.paper or model.paper], (height - _ZONE_MM, height), damage, rng)
    scan = scanned(sheet, usual_optics(rng, model.laminate, damage), rng)
    truth = {
        "document": document,
        "forgery": None,
        "damage": damage,
        "mrz": list(said.lines),
        "visual_zone": {name: text for name, text in said.texts.items() if _shown(model, name)},
        "photograph": said.person,
        "regions": regions(model, said),
        "page_mm": list(model.size),
        "page_to_pixels": [[round(cell, 6) for cell in row] for row in scan.to_pixels.tolist()],
    }
    return Page(scan, truth)


def regions(model: Layout, said: Content) -> dict[str, Place]:
    """Return where each part is on the page: left, top, width and height in millimetres."""
    width, height = model.size
    found: dict[str, Place] = {"mrz": (0.0, height - _ZONE_MM, width, _ZONE_MM), **model.marks}
    for name, picture in (("photograph", model.photograph), ("ghost", model.ghost)):
        if picture is not None:
            found[name] = picture.place
    for text in model.texts:
        if text.field and (written := said.texts.get(text.field)):
            left, top, *size = text_place(text, written)
            found[text.field] = (
                round(left, 2),
                round(top, 2),
                round(size[0], 2),
                round(size[1], 2),
            )
    return found


def _shown(model: Layout, name: str) -> bool:
    return any(text.field == name for text in model.texts)
