"""The species of forgery, by their names."""

from collections.abc import Mapping
from typing import Final

from hardware_mocks.page_scanner.forgeries.photographs import photo_substituted
from hardware_mocks.page_scanner.forgeries.plan import Species
from hardware_mocks.page_scanner.forgeries.reproductions import copy_on_paper, screen
from hardware_mocks.page_scanner.forgeries.whole_pages import other_specimen, uv_bright_paper
from hardware_mocks.page_scanner.forgeries.writing import (
    mrz_altered,
    mrz_visible_ink_only,
    visual_zone_changed,
)
from hardware_mocks.page_scanner.layout import layout

SPECIES: Final[Mapping[str, Species]] = {
    "photo_substituted": photo_substituted,
    "mrz_altered": mrz_altered,
    "mrz_visible_ink_only": mrz_visible_ink_only,
    "uv_bright_paper": uv_bright_paper,
    "visual_zone_changed": visual_zone_changed,
    "other_specimen": other_specimen,
    "copy_on_paper": copy_on_paper,
    "screen": screen,
}


def possible(document: str, species: str) -> bool:
    """Return whether that kind of document can be forged so; genuine, the empty name, it can be."""
    return species != "photo_substituted" or layout(document).photograph is not None
