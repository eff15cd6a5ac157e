"""Lanes with simulated devices, served to a console over mutual TLS."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import cv2
from grpc import aio

from egate.domain.evidence import FaceEvidence, TravelDocument
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity
from egate.emrtd.checks import Outcome
from egate.emrtd.mrz.check_digit import check_digit
from egate.gate.case_images import CaseImages
from egate.gate.chip_reading import ChipInspection
from egate.gate.policy_intake import PolicyIntake
from egate.policy_files.signatures import signature_file
from egate.ports.case_images import CaseImageKind
from egate.reporting.client import CentreClient
from egate.reporting.gate_service import serve_gate
from egate.reporting.policy_change_service import add_policy_change_service
from egate.settings import ConsolePolicy, Tls
from tests.conftest import ROOT
from tests.gate_lane import CLOCKS, QUICK, Comparison, Hall, Procedure, hall
from tests.gate_samples import POLICY, chip, face

PHOTOGRAPHS = ROOT / "hardware_mocks" / "photographs"
TRAVELLER = TravelDocument(
    document_code="P",
    issuing_state="BGD",
    document_number="BX0123456",
    date_of_expiry="2032-04-15",
    primary_identifier="RAHMAN",
    secondary_identifier="MD ANISUR",
    nationality="BGD",
    date_of_birth="1974-08-12",
    sex="M",
)


def mrz_of(document: TravelDocument) -> tuple[str, str]:
    """Return the two lines of a passport (ICAO 9303-4 §4.2)."""
    name = f"{document.primary_identifier}<<{document.secondary_identifier}".replace(" ", "<")
    born = document.date_of_birth.replace("-", "")[2:]
    expires = (document.date_of_expiry or "").replace("-", "")[2:]
    number = f"{document.document_number:<<9}"
    no_option = "<" * 14
    parts = [
        number + check_digit(number),
        born + check_digit(born),
        expires + check_digit(expires) + no_option + check_digit(no_option),
    ]
    second = f"{parts[0]}{document.nationality}{parts[1]}{document.sex}{parts[2]}"
    first = f"P<{document.issuing_state}{name}"
    return f"{first:<<44}", second + check_digit("".join(parts))


class Seen(Comparison):
    """Compares two people of the photographs, and keeps their pictures for an officer."""

    def __init__(self, live: str = "P001", chip: str = "P002") -> None:
        super().__init__()
        self.live, self.chip = live, chip

    async def run(
        self, portrait: "asyncio.Future[bytes | None]", images: CaseImages
    ) -> FaceEvidence:
        for kind, name in (
            (CaseImageKind.LIVE_FRAME, f"{self.live}/selfie.jpg"),
            (CaseImageKind.CHIP_PORTRAIT, f"{self.chip}/portrait.jpg"),
        ):
            images.keep(kind, cv2.imread(str(PHOTOGRAPHS / name)))
        return await super().run(portrait, images)


@dataclass
class ServedLane:
    """One lane, its devices in the hand of the test, and the address of its officers' service."""

    gate_id: str
    hall: Hall
    seen: Seen
    procedure: Procedure
    address: str

    def comes(self, document: TravelDocument) -> None:
        """Let the next traveller have ``document``, in the chip as on the page."""
        self.procedure.inspection = ChipInspection(replace(chip(), document=document), b"portrait")
        self.document = document

    async def present(self) -> None:
        """Let a traveller walk up and lay the passport on the reader."""
        await self.hall.walk_up()
        await self.hall.present(mrz_of(self.document))

    async def refer(self, similarity: float = 0.1) -> str:
        """Let a traveller come whose face is not the one of the chip; return the crossing id."""
        is_another = similarity < POLICY.profile.min_similarity
        outcome = {"FACE": Outcome.FAILED} if is_another else {}
        self.seen.evidence = face(similarity, **outcome)
        await self.present()
        await self.hall.until_state(m.AwaitingOfficer)
        state = self.hall.state
        assert isinstance(state, m.AwaitingOfficer)
        assert state.session_id is not None
        return str(state.session_id)

    async def admit(self) -> None:
        """Let a traveller come and pass."""
        self.seen.evidence = face()
        await self.present()
        await self.hall.until_state(m.Passing)
        await self.hall.chip_reader.remove()
        await self.hall.walk_through()
        await self.hall.until_state(m.Idle)

    def __post_init__(self) -> None:
        self.comes(TRAVELLER)


@asynccontextmanager
async def served_lane(
    folder: Path,
    gate_id: str,
    tls: Callable[[str, str], Tls],
    centre: str | None = None,
    policy: ConsolePolicy | None = None,
    lane: Mapping[str, Any] = MappingProxyType({}),
) -> AsyncIterator[ServedLane]:
    """A lane that runs inside the block.

    ``tls``: gives the files of a role and a name. ``centre``: where its records go; a list of
    the test without one. ``policy``: the hall's, of which the lane has a copy of its own.
    """
    folder.mkdir()  # noqa: ASYNC240 - before anything runs
    seen, procedure = Seen(), Procedure()
    own = tls("gate", gate_id)
    client = CentreClient(centre, own) if centre else None
    try:
        async with (
            hall(
                folder,
                ways=(procedure, lambda _: seen),
                centre=client,  # type: ignore[arg-type] - takes records as the test's own does
                identity=LaneIdentity(gate_id, "BDDAC", "0.1.0"),
                **{"policy": POLICY if policy else QUICK, **lane},
            ) as made,
            serve_gate(
                made.gate.supervision,
                "127.0.0.1:0",
                own,
                lambda server: _take_changes(made, folder, policy, server),
            ) as address,
        ):
            yield ServedLane(gate_id, made, seen, procedure, address)
    finally:
        if client:
            await client.close()


def _take_changes(
    made: Hall, folder: Path, policy: ConsolePolicy | None, server: aio.Server
) -> None:
    if policy is None:
        return
    for file in (policy.file, signature_file(policy.file)):
        shutil.copy(file, folder)
    settings = SimpleNamespace(
        policy=folder / policy.file.name, profile="standard", policy_keys=policy.keys
    )
    intake = PolicyIntake(settings, made.gate.runner, CLOCKS.utc_now)  # type: ignore[arg-type]
    add_policy_change_service(intake, server)
