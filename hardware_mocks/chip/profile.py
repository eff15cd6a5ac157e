"""What a simulated passport is like, from its files to how its chip behaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hardware_mocks.chip.chip import Interface

PHOTOGRAPHS: Final = Path(__file__).resolve().parent.parent / "photographs"
SHORT: Final = Interface(extended_length=False, max_le=256)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a simulated passport is like.

    Args:
        description: one line for people.
        readable: whether a reader must be able to read it; otherwise it must refuse it.
        document: fields of :class:`hardware_mocks.chip.order.Order`.
        holder: fields of the holder that differ from the usual one.
        interface: what the chip can carry.
        leaves_after: it leaves the field after this many APDUs.
        apdu_ms: milliseconds that the chip takes for each APDU.
        link_kbit: kilobits a second of the link; None for a link that takes no time.
        expired: its date of expiry has passed.
        quirks: names of what is odd about it; what they need goes before the rest.

    """

    description: str
    readable: bool = True
    document: Mapping[str, Any] = field(default_factory=dict)
    holder: Mapping[str, Any] = field(default_factory=dict)
    interface: Interface = field(default_factory=Interface)
    leaves_after: int | None = None
    apdu_ms: float = 0.0
    link_kbit: float | None = None
    expired: bool = False
    quirks: tuple[str, ...] = ()
