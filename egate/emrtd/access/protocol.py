"""Which protocol opened the chip."""

from enum import StrEnum


class AccessProtocol(StrEnum):
    """How the chip was opened (9303-11 section 4)."""

    BAC = "BAC"
    PACE_GM = "PACE-GM"
    PACE_IM = "PACE-IM"
    PACE_CAM = "PACE-CAM"
