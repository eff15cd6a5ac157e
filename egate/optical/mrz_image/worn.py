"""What wear leaves of an OCR-B character may look like another."""

from collections.abc import Mapping
from typing import Final

WORN_FROM: Final[Mapping[str, str]] = {
    "C": "0GOQ",
    "F": "EPR",
    "I": "T",
    "J": "U",
    "L": "E",
    "N": "R",
    "P": "R",
    "U": "0O",
    "V": "Y",
}
"""To each character what it may be the rest of; ink wears off and is not added. The pairs are
those that both readers agreed on and were wrong, on worn tuning pages, and their like."""
