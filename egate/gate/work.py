"""What the gate knows of the traveller while the session lasts, in memory alone."""

import asyncio
from dataclasses import dataclass, field

from egate.domain.session import model as m
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.mrz.parse import Mrz
from egate.gate.case_images import CaseImages


@dataclass(slots=True)
class Work:
    """Of one session. Personal throughout.

    Args:
        session: whose.
        mrz: what the data page says.
        memory: what is known of the chip so far, kept for the next presentation.
        portrait: the file EF.DG2 once it is known; None when there is none.
        images: for an officer, should one be called.
        chip_gate_seconds: computing time of the presentations so far.
        chip_lost: an earlier presentation failed.

    """

    session: m.SessionId
    mrz: Mrz | None = field(default=None, repr=False)
    memory: InspectionMemory = field(default_factory=InspectionMemory, repr=False)
    portrait: asyncio.Future[bytes | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future(), repr=False
    )
    images: CaseImages = field(default_factory=CaseImages, repr=False)
    chip_gate_seconds: float = 0.0
    chip_lost: bool = False
