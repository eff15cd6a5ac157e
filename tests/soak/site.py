"""A lane for many travellers: the gate's own procedures, with people and devices of no wire."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from drivers.barrier.controlled import ControlledBarrier, ControlledOptions
from drivers.barrier.modbus import ModbusBoard
from drivers.barrier.registers import RegisterMap
from egate.biometrics.detection import FaceBox
from egate.biometrics.verification import FaceObservation, FaceTemplate
from egate.domain.session import model as m
from egate.domain.time import Instant
from egate.emrtd.conversation import Conversation
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.mrz.parse import Mrz
from egate.gate.chip_procedure import chip_procedure
from egate.gate.chip_progress import ChipProgress
from egate.gate.chip_reading import ChipInspection, Evaluate
from egate.gate.clocks import Clocks
from egate.gate.face_comparison import FaceComparison, FaceWays
from egate.ports.devices import Frame
from egate.ports.presentation_attack import FaceSighting, PadAssessment
from egate.trust.snapshot import TrustSnapshot
from hardware_mocks.barrier.lane import Coil
from hardware_mocks.camera.scene import Attack, Pose
from hardware_mocks.chip.document import Document
from hardware_mocks.world.traveller import Kind, Traveller
from tests.emrtd_passport import anchors, chip_of, passport, sent_to
from tests.face_scene import NOBODY, seen, similarity
from tests.gate_samples import POLICY, chip
from tests.random_site import CHIPS, Site

_FRAME_SECONDS: Final = 0.1
_EXCHANGES: Final = 3
_ONE_WHOLE_OF: Final = 10
_KINDS: Final = {
    Kind.GENUINE: 55,
    Kind.OTHER_PERSONS_PASSPORT: 6,
    Kind.PRESENTATION_ATTACK: 5,
    Kind.TAMPERED_DG: 5,
    Kind.UNKNOWN_SIGNER: 5,
    Kind.CLONED_CHIP: 5,
    Kind.CHIP_LEAVES_TWICE: 6,
    Kind.TAILGATING: 5,
    Kind.ABANDONS: 8,
}
_WHOLE_CHIPS: Final = {
    Kind.GENUINE: ("bac", "bac-aa-ecdsa", "pace-gm"),
    Kind.TAMPERED_DG: ("tampered-dg2",),
    Kind.UNKNOWN_SIGNER: ("unknown-signer",),
    Kind.CLONED_CHIP: ("cloned",),
}
_OWN_FACE, _OTHER_FACE = 1, 2
_SOMEBODY: Final = Traveller("SPECIMEN, A", Kind.GENUINE, "P001", "P001", "BGD", "X", "880412", 900)


def drawn_traveller(chance: random.Random) -> Traveller:
    """Draw who comes next."""
    (kind,) = chance.choices(tuple(_KINDS), tuple(_KINDS.values()))
    attack = Attack.PRINT if kind is Kind.PRESENTATION_ATTACK else None
    face = "P008" if kind is Kind.OTHER_PERSONS_PASSPORT else "P001"
    return replace(_SOMEBODY, kind=kind, attack=attack, face=face)


class _Camera:
    """A new picture every time, so that one that is kept is seen in the memory."""

    async def frames(self) -> AsyncIterator[Frame]:
        while True:
            await asyncio.sleep(_FRAME_SECONDS)
            now = asyncio.get_running_loop().time()
            yield Frame(np.full((240, 320, 3), 90, np.uint8), Instant(now))

    async def check(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


class _People:
    """The networks' part: who stands there, as the site knows it."""

    def __init__(self, site: "SoakSite") -> None:
        self._site = site

    def template(self, _: object) -> FaceTemplate | None:
        return seen(_OWN_FACE).template

    def observe(self, _: object, near: FaceBox | None = None) -> FaceObservation:
        subject = self._site.subject
        if subject is None or subject.pose is not Pose.FACING:
            return NOBODY
        return seen(_OWN_FACE if subject.person == "P001" else _OTHER_FACE)

    def fused(self, observations: Sequence[FaceObservation]) -> FaceTemplate:
        assert observations[0].template is not None
        return observations[0].template

    def similarity(self, a: FaceTemplate, b: FaceTemplate) -> float:
        return similarity(a, b)


class _Detector:
    def __init__(self, site: "SoakSite") -> None:
        self._site = site

    def assess(self, sightings: Sequence[FaceSighting]) -> PadAssessment:
        subject = self._site.subject
        return PadAssessment(0.9 if subject and subject.attack else 0.1, sufficient=True)


class SoakSite(Site):
    """The lane, its devices, and the procedures of the gate.

    Args:
        flow: how it is laid out.
        chance: decides which documents have a whole simulated chip, read and verified in
            earnest; the others show evidence that is given.

    """

    def __init__(self, flow: m.Flow, chance: random.Random) -> None:
        super().__init__(flow)
        self._chance = chance
        self._document: Document | None = None
        self._dg2 = passport("bac").files[0x0102]
        self._whole = chip_procedure(
            lambda: TrustSnapshot(anchors(), "5a" * 32),
            os.urandom,
            time.perf_counter,
            InspectionPolicy(),
            ChipProgress(),
        )
        registers = RegisterMap(coil_face_light=int(Coil.FACE_LIGHT))
        door = "exit" if flow.has_mantrap else "entry"
        board = ModbusBoard(self.line, registers)  # type: ignore[arg-type]
        self.barrier = ControlledBarrier(board, ControlledOptions(door=door))
        self.camera = _Camera()

    def comparison(self, clocks: Clocks) -> FaceComparison:
        """Return the gate's own comparison, with this site's people before the camera."""
        light = self.barrier.face_light
        ways = FaceWays(self.camera, _People(self), _Detector(self), light)
        return FaceComparison(ways, POLICY, clocks)

    def inspect(self, mrz: Mrz, memory: InspectionMemory, today: date) -> Conversation[Evaluate]:
        """Be the inspection procedure of the gate."""
        if self._document is not None:
            return self._whole(mrz, memory, today)
        return self._shown()

    def _shown(self) -> Conversation[Evaluate]:
        for _ in range(_EXCHANGES):
            yield CommandApdu(0, 0xB0, 0, 0, le=16)
        shown = ChipInspection(chip(**CHIPS.get(self.kind, {})), self._dg2)
        return lambda: shown

    def lay(self, placement: int) -> None:
        profiles = _WHOLE_CHIPS.get(self.kind)
        if profiles is None or self._chance.randrange(_ONE_WHOLE_OF):
            self._document = None
            super().lay(placement)
            return
        profile = self._chance.choice(profiles)
        document = self._document = passport(profile)
        made = chip_of(document, profile=profile)
        made.enter_field()
        self._later(self.chip_reader.insert(sent_to(made)))
        self.mrz_reader.present(*document.mrz)
