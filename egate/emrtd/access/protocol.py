"""Which protocol opened the chip, with which strength."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class AccessProtocol(StrEnum):
    """How the chip was opened (9303-11 section 4)."""

    BAC = "BAC"
    PACE_GM = "PACE-GM"
    PACE_IM = "PACE-IM"
    PACE_CAM = "PACE-CAM"


ONLY_BAC: Final = "only BAC is allowed"
"""The downgrade of who did not look for PACE."""


@dataclass(frozen=True, slots=True)
class Access:
    """How the chip was opened.

    Args:
        protocol: which one succeeded.
        cipher: of the channel, such as ``AES-128``.
        domain_parameters: of the key agreement, such as ``P-256``; None for BAC.
        downgrade: why a stronger way that the chip offers was not taken; "" when
            this is the strongest.

    """

    protocol: AccessProtocol
    cipher: str
    domain_parameters: str | None
    downgrade: str = ""

    def __str__(self) -> str:
        parts = (str(self.protocol), self.cipher, self.domain_parameters)
        return ", ".join(part for part in parts if part)
