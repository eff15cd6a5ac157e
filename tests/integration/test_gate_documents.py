"""Simulated passports and photographs through the gate's own inspection and comparison."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from drivers.simulated import SimulatedCamera
from egate.biometrics.verification import FaceVerifier
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingRecord, RecordVerdict
from egate.domain.session import model as m
from egate.emrtd.errors import ChipLost
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.gate.chip_procedure import chip_procedure
from egate.gate.chip_progress import ChipProgress
from egate.gate.chip_reading import ChipProcedure
from egate.gate.clocks import Clocks
from egate.gate.face_comparison import FaceComparison, FaceWays
from egate.ports.presentation_attack import FaceSighting, PadAssessment
from egate.trust.snapshot import TrustSnapshot
from hardware_mocks.chip.chip import Chip
from tests.emrtd_passport import NOW, anchors, chip_of, passport, read
from tests.gate_lane import hall
from tests.gate_samples import POLICY, ROOT

PHOTOGRAPHS = ROOT / "hardware_mocks" / "photographs"
NOBODY = "nobody"
QUICK = replace(POLICY, profile=replace(POLICY.profile, face_seconds=0.3, face_attempts=1))
CLOCKS = Clocks(time.monotonic, NOW.timestamp)


class NoAttack:
    """One photograph stands for a person here: attacks are not looked for."""

    def assess(self, sightings: Sequence[FaceSighting]) -> PadAssessment:
        return PadAssessment(0.0, sufficient=True)


@pytest.fixture(scope="module")
def verifier() -> FaceVerifier:
    return FaceVerifier.load()


def in_the_field(chip: Chip) -> Callable[[CommandApdu], ResponseApdu]:
    chip.enter_field()

    def transmit(command: CommandApdu) -> ResponseApdu:
        raw = chip.transmit(command.encode())
        if raw is None:
            raise ChipLost("the chip left the field")
        return ResponseApdu.decode(raw)

    return transmit


def whole_procedure() -> ChipProcedure:
    return chip_procedure(
        lambda: TrustSnapshot(anchors(), "5a" * 32),
        lambda count: bytes(range(count)),
        time.perf_counter,
        InspectionPolicy(),
        ChipProgress(),
    )


def ways_of(
    verifier: FaceVerifier, policy: Policy
) -> tuple[ChipProcedure, Callable[[SimulatedCamera], FaceComparison]]:
    def face(camera: SimulatedCamera) -> FaceComparison:
        return FaceComparison(FaceWays(camera, verifier, NoAttack()), policy, CLOCKS)

    return whole_procedure(), face


async def cross(
    folder: Path, verifier: FaceVerifier, profile: str, person: str = "P001", **settings: str
) -> CrossingRecord:
    """One traveller with the passport ``profile`` and the face of ``person``."""
    policy = QUICK if person == NOBODY else POLICY
    document = passport(profile, **settings)
    ways = ways_of(verifier, policy)
    async with hall(folder, policy=POLICY, ways=ways, clocks=CLOCKS) as h:
        if person != NOBODY:
            h.camera.show(cv2.imread(str(PHOTOGRAPHS / person / "selfie.jpg")))
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        await h.chip_reader.insert(in_the_field(chip_of(document, profile=profile)))
        h.mrz_reader.present(*document.mrz)
        await h.until(lambda: isinstance(h.state, m.Passing | m.AwaitingOfficer), seconds=20)
        if isinstance(h.state, m.Passing):
            await h.until(lambda: h.barrier.now.entry_open)
            await h.walk_through()
        (record,) = await h.records(1)
    return record


async def test_a_genuine_traveller_is_admitted(tmp_path: Path, verifier: FaceVerifier) -> None:
    record = await cross(tmp_path, verifier, "bac-aa-rsa")
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert record.similarity > POLICY.profile.min_similarity
    assert record.signer.startswith("BD:")
    assert record.csca_ski
    assert record.trust_store_version == "5a" * 32
    assert record.document.primary_identifier == "SPECIMEN"
    assert [step.step for step in record.steps] == ["mrz", "chip", "face", "passage"]
    assert all(step.gate_seconds > 0 for step in record.steps)  # the journal's commits included


async def test_a_document_presented_again_is_read_on_where_it_was_lost(
    tmp_path: Path, verifier: FaceVerifier
) -> None:
    document = passport("bac")
    async with hall(tmp_path, policy=POLICY, ways=ways_of(verifier, POLICY), clocks=CLOCKS) as h:
        h.camera.show(cv2.imread(str(PHOTOGRAPHS / "P001" / "selfie.jpg")))
        await h.walk_up()
        lost, whole = chip_of(document, leaves_after="9"), chip_of(document)
        await h.chip_reader.insert(in_the_field(lost))
        h.mrz_reader.present(*document.mrz)
        await h.until(lambda: getattr(h.state, "lost", 0) == 1)
        await h.chip_reader.insert(in_the_field(whole))
        await h.until_state(m.Passing)
        assert h.state.session.attempts == 2
        ids = [check.check_id for check in h.state.session.chip.checks]
    at_once = chip_of(document)
    read(document, at_once)
    assert whole.answered < at_once.answered
    assert len(ids) == len(set(ids))
    assert not [check_id for check_id in ids if check_id.startswith("OPTICAL.")]


@pytest.mark.parametrize(
    ("profile", "person", "finding"),
    [
        ("bac", "P002", "BIOMETRIC.FACE"),
        ("cloned", "P001", "ELECTRONIC.ACTIVE_AUTHENTICATION"),
        ("tampered-dg2", "P001", "ELECTRONIC.PA.DG_HASHES"),
        ("unknown-signer", "P001", "ELECTRONIC.PA.CERTIFICATE_PATH"),
        ("revoked-signer", "P001", "ELECTRONIC.PA.DS_REVOCATION"),
        ("expired", "P001", "OPTICAL.MRZ.EXPIRY"),
    ],
)
async def test_what_is_wrong_is_found(
    tmp_path: Path, verifier: FaceVerifier, profile: str, person: str, finding: str
) -> None:
    record = await cross(tmp_path, verifier, profile, person)
    assert record.verdict is RecordVerdict.REFER
    assert finding in record.findings


async def test_nobody_before_the_camera_is_no_face(tmp_path: Path, verifier: FaceVerifier) -> None:
    record = await cross(tmp_path, verifier, "bac", NOBODY)
    assert "BIOMETRIC.CAPTURE" in record.findings
