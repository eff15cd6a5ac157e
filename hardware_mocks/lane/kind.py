"""Which devices a lane has, and how it is laid out. The names are those of a gate's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hardware_mocks.barrier.board import BarrierBoard
from hardware_mocks.barrier.turnstile import TurnstileController
from hardware_mocks.mrz_reader.elyctis import ElyctisReader
from hardware_mocks.mrz_reader.line_push import LinePushReader
from hardware_mocks.mrz_reader.rte_native import RteReader
from hardware_mocks.mrz_reader.syn_imager import SynImager

MRZ_READERS: Final = {
    "elyctis": ElyctisReader,
    "line_push": LinePushReader,
    "rte_native": RteReader,
    "syn_imager": SynImager,
}
BARRIERS: Final[Mapping[str, type[BarrierBoard] | type[TurnstileController]]] = {
    "modbus": BarrierBoard,
    "turnstile": TurnstileController,
}
FLOWS: Final = ("one_step", "two_step", "segregated")


@dataclass(frozen=True, slots=True)
class LaneKind:
    """The kind of a lane.

    Args:
        flow: ``one_step``, with one barrier; ``two_step``, with two and the camera between;
            ``segregated``, a ``kiosk`` and a ``token_gate``, which are lanes of their own.
        barrier: a name of ``BARRIERS``.
        mrz_reader: a name of ``MRZ_READERS``.
        face_light: whether the barrier's board has a relay for a light on the face.
        page_scanner: whether data pages are scanned.
        emergency_input: whether the emergency contact is wired to a board of its own.
        signal_lights: whether the lamps are wired to a board of their own.

    """

    flow: str = "one_step"
    barrier: str = "modbus"
    mrz_reader: str = "elyctis"
    face_light: bool = True
    page_scanner: bool = False
    emergency_input: bool = False
    signal_lights: bool = False

    @property
    def breakable(self) -> tuple[str, ...]:
        """The devices that can fall into trouble."""
        apart = {"emergency_input": self.emergency_input, "signal_lights": self.signal_lights}
        wired = (name for name, there in apart.items() if there)
        return "mrz_reader", "chip_reader", "camera", "barrier", *wired
