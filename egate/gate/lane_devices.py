"""The devices of one lane."""

from dataclasses import dataclass

from egate.ports.devices import (
    Barrier,
    Camera,
    ChipReader,
    Device,
    EmergencyInput,
    MrzReader,
    PageScanner,
    SignalLights,
)
from egate.ports.presentation_attack import FaceLight, PresentationAttackDetection


@dataclass(frozen=True, slots=True)
class LaneDevices:
    """What the lane has.

    Args:
        mrz_reader: None in a lane whose page scanner reads the MRZ.
        chip_reader: required.
        camera: required.
        barrier: required.
        face_light: None in a lane without one.
        attack_detection: a product outside; None if the gate's own cues are used.
        page_scanner: None in a lane without one.
        emergency_input: besides the barrier board's own; None in a lane without one.
        signal_lights: None where the barrier's board switches them.

    """

    mrz_reader: MrzReader | None
    chip_reader: ChipReader
    camera: Camera
    barrier: Barrier
    face_light: FaceLight | None = None
    attack_detection: PresentationAttackDetection | None = None
    page_scanner: PageScanner | None = None
    emergency_input: EmergencyInput | None = None
    signal_lights: SignalLights | None = None

    def to_check(self) -> tuple[Device, ...]:
        """Return what must answer before the first traveller comes, the barrier first."""
        required = (self.barrier, self.chip_reader, self.camera)
        optional = (
            self.mrz_reader,
            self.page_scanner,
            self.emergency_input,
            self.signal_lights,
        )
        return (*required, *(device for device in optional if device is not None))
