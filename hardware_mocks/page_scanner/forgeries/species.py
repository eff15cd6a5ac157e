"""The species of forgery, by their names."""

from collections.abc import Mapping
from typing import Final

from hardware_mocks.page_scanner.forgeries.photographs import photo_substituted
from hardware_mocks.page_scanner.forgeries.plan import Species
from hardware_mocks.page_scanner.forgeries.reproductions import copy_on_paper, screen
from hardware_mocks.page_scanner.forgeries.seals import seal_altered, seal_of_another
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
    "seal_of_another": seal_of_another,
    "seal_altered": seal_altered,
}
_SEALS: Final = ("seal_of_another", "seal_altered")


def impossible(document: str, species: str) -> str:
    """Say what that kind of document lacks to be forged so; nothing if it can be, or is genuine."""
    model = layout(document)
    if species == "photo_substituted" and model.photograph is None:
        return "photograph"
    return "seal" if species in _SEALS and model.seal is None else ""
