"""Where 9303 wants the characters of an MRZ on the page, in millimetres."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from egate.emrtd.mrz.layout import MrzFormat


@dataclass(frozen=True, slots=True)
class MrzPlace:
    """Size of a page and place of its MRZ in millimetres.

    Args:
        left: of the first character's left edge, from the left edge of the page.
        centre_lines: of the lines, from the lower edge of the page, the top one first.

    """

    width: float
    height: float
    left: float
    centre_lines: tuple[float, ...]


_TWO_LINES: Final = (15.75, 9.40)
PLACES: Final[Mapping[MrzFormat, MrzPlace]] = {
    MrzFormat.TD3: MrzPlace(125.0, 88.0, 6.0, _TWO_LINES),  # 9303-4 §4.2.1.3
    MrzFormat.TD2: MrzPlace(105.0, 74.0, 4.0, _TWO_LINES),  # 9303-6 §4.2.1.3
    MrzFormat.TD1: MrzPlace(85.6, 53.98, 5.0, (15.73, 11.50, 7.27)),  # 9303-5 Figure 6
    MrzFormat.MRV_A: MrzPlace(120.0, 80.0, 4.0, _TWO_LINES),  # 9303-7 §4.2.1.4
    MrzFormat.MRV_B: MrzPlace(105.0, 74.0, 4.0, _TWO_LINES),  # 9303-7 §7.2.1.4
}
