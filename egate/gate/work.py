"""What the gate knows of the traveller while the session lasts, in memory alone."""

import asyncio
from dataclasses import dataclass, field

from egate.domain.optical_finding import OpticalFinding
from egate.domain.session import model as m
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.mrz.parse import Mrz
from egate.gate.case_images import CaseImages


@dataclass(slots=True)
class OfficersCase:
    """What an officer is shown of one session beside its record. Personal throughout.

    Args:
        session: whose.
        images: of faces and of the page.
        findings: what was found on the page.

    """

    session: m.SessionId
    images: CaseImages = field(default_factory=CaseImages, repr=False)
    findings: tuple[OpticalFinding, ...] = ()


@dataclass(slots=True)
class Work:
    """Of one session. Personal throughout.

    Args:
        case: what stays for an officer, should one be called.
        mrz: what the data page says, once it is read.
        memory: what is known of the chip so far, kept for the next presentation.
        portrait: the file EF.DG2 once it is known; None when there is none.
        chip_gate_seconds: computing time of the presentations so far.
        chip_lost: an earlier presentation failed.

    """

    case: OfficersCase
    mrz: asyncio.Future[Mrz] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future(), repr=False
    )
    memory: InspectionMemory = field(default_factory=InspectionMemory, repr=False)
    portrait: asyncio.Future[bytes | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future(), repr=False
    )
    chip_gate_seconds: float = 0.0
    chip_lost: bool = False

    def read(self, mrz: Mrz) -> None:
        """Take what the data page says; read again, it takes the place of what was read before."""
        if self.mrz.done():
            self.mrz = asyncio.get_running_loop().create_future()
        self.mrz.set_result(mrz)

    @property
    def session(self) -> m.SessionId:
        return self.case.session

    @property
    def images(self) -> CaseImages:
        return self.case.images
