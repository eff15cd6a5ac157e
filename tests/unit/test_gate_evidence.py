"""How the shell turns what devices gave into evidence."""

import asyncio
import datetime as dt
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from drivers.simulated import SimulatedCamera
from egate.domain.evidence import FaceEvidence
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.conversation import Conversation, carried_by
from egate.emrtd.errors import ChipLost, DocumentRejected
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK
from egate.gate.case_images import CaseImages
from egate.gate.chip_reading import ChipInspection, Evaluate, Meter, read_chip
from egate.gate.clocks import Clocks
from egate.gate.documents import DocumentSlot
from egate.gate.face_comparison import FaceComparison
from egate.gate.health import Health
from egate.gate.inbox import Inbox
from egate.gate.mrz_reading import optical_checks, read_mrz
from egate.ports.devices import DeviceError, DeviceName, MrzLines
from tests.emrtd_passport import passport
from tests.gate_lane import CLOCKS, MRZ, template
from tests.gate_samples import POLICY, SECRETS, chip

TODAY = dt.date(2026, 11, 22)
READ = CommandApdu(0, 0xB0, 0, 0, le=16)


def outcomes(checks: object) -> dict[CheckId, Outcome]:
    return {check.check_id: check.outcome for check in checks}


def test_a_readable_mrz_becomes_optical_evidence() -> None:
    mrz = read_mrz(MrzLines(MRZ), TODAY)
    found = outcomes(optical_checks(mrz, TODAY))
    assert found == {
        CheckId.OPTICAL_MRZ_CHECK_DIGITS: Outcome.SUCCESSFUL,
        CheckId.OPTICAL_MRZ_EXPIRY: Outcome.SUCCESSFUL,
        CheckId.OPTICAL_IR: Outcome.NOT_SUPPORTED,
        CheckId.OPTICAL_UV: Outcome.NOT_SUPPORTED,
    }


@pytest.mark.parametrize(
    ("expiry", "outcome"),
    [
        ("2026-11-22", Outcome.SUCCESSFUL),
        ("2026-11-21", Outcome.FAILED),
        (None, Outcome.UNDETERMINED),
    ],
)
def test_a_document_is_good_through_its_last_day(expiry: str | None, outcome: Outcome) -> None:
    mrz = replace(read_mrz(MrzLines(MRZ), TODAY), date_of_expiry=expiry)
    assert outcomes(optical_checks(mrz, TODAY))[CheckId.OPTICAL_MRZ_EXPIRY] is outcome


@pytest.mark.parametrize(
    "lines",
    [
        (MRZ[0],),
        (MRZ[0], MRZ[1][:-1] + "0"),
        (MRZ[0], "M" + MRZ[1][1:]),
        (MRZ[0].replace("ERIKSSON", "ERIK5SON"), MRZ[1]),
    ],
)
def test_an_mrz_with_a_fault_is_asked_for_again(lines: tuple[str, ...]) -> None:
    assert read_mrz(MrzLines(lines), TODAY) is None


async def test_the_chips_time_is_not_the_gates() -> None:
    now = 0.0

    async def transceive(_: CommandApdu) -> ResponseApdu:
        nonlocal now
        now += 5
        return ResponseApdu(b"", OK)

    def conversation() -> Conversation[Evaluate]:
        nonlocal now
        for _ in range(2):
            now += 1
            yield READ
        return lambda: ChipInspection(chip())

    meter = Meter(lambda: now)
    await read_chip(conversation(), carried_by(transceive), meter)
    assert meter.gate_seconds == 2


async def test_a_chip_that_breaks_the_standard_is_evidence() -> None:
    def conversation() -> Conversation[Evaluate]:
        yield READ
        raise DocumentRejected("no EF.SOD")

    async def transceive(_: CommandApdu) -> ResponseApdu:
        return ResponseApdu(b"", OK)

    inspection = (await read_chip(conversation(), carried_by(transceive), Meter()))()
    (access,) = inspection.evidence.checks
    assert (access.outcome, access.detail) == (Outcome.FAILED, "no EF.SOD")
    assert inspection.portrait is None


async def test_a_lost_chip_is_no_evidence() -> None:
    def conversation() -> Conversation[Evaluate]:
        yield READ
        raise AssertionError

    async def transceive(_: CommandApdu) -> ResponseApdu:
        raise ChipLost("gone")

    with pytest.raises(ChipLost):
        await read_chip(conversation(), carried_by(transceive), Meter())


class Faces:
    """Sees the template whose number is in the first pixel; 0 is nobody, 255 the portrait."""

    def __init__(self, *seen: SimpleNamespace) -> None:
        self.seen = seen
        self.compared: list[SimpleNamespace] = []

    def template(self, image: np.ndarray) -> SimpleNamespace | None:
        number = int(image[0, 0, 0])
        return self.seen[number - 1] if 0 < number <= len(self.seen) else None

    def similarity(self, _: SimpleNamespace, live: SimpleNamespace) -> float:
        self.compared.append(live)
        return float(live.embedding[0])


PORTRAIT = template()


class PortraitKnown(Faces):
    def template(self, image: np.ndarray) -> SimpleNamespace | None:
        return PORTRAIT if image.shape[0] > 100 else super().template(image)


def picture(number: int) -> np.ndarray:
    return np.full((48, 64, 3), number, np.uint8)


async def compare(
    faces: Faces, *numbers: int, dg2: bytes | None = b"", seconds: float = 0.2
) -> FaceEvidence:
    camera = SimulatedCamera(time.monotonic)
    policy = replace(POLICY, profile=replace(POLICY.profile, face_seconds=seconds))
    comparison = FaceComparison(camera, faces, policy, CLOCKS)
    portrait: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
    camera.show(picture(numbers[0]))
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(comparison.run(portrait, CaseImages()))
        for number in numbers:
            camera.show(picture(number))
            await asyncio.sleep(0.25)
        portrait.set_result(passport("bac").files[0x0102] if dg2 == b"" else dg2)
    return running.result()


async def test_the_best_frame_is_compared_and_only_it() -> None:
    poor, better = template(0.9, embedding_norm=9.0), template(0.5, embedding_norm=10.0)
    faces = PortraitKnown(poor, better)
    evidence = await compare(faces, 1, 2, 1)
    assert faces.compared == [better]
    assert evidence.similarity == 0.5
    assert set(outcomes(evidence.checks).values()) == {Outcome.SUCCESSFUL, Outcome.NOT_SUPPORTED}
    assert evidence.gate_seconds > 0


async def test_a_frame_without_fault_goes_before_a_sharper_one_with() -> None:
    turned, straight = template(0.9, embedding_norm=20.0, yaw=45.0), template(0.6)
    faces = PortraitKnown(turned, straight)
    await compare(faces, 1, 2)
    assert faces.compared == [straight]


@pytest.mark.parametrize(
    "fault", [{"eye_distance_px": 20.0}, {"pitch": -40.0}, {"roll": 31.0}, {"embedding_norm": 2.0}]
)
async def test_a_bad_frame_fails_its_quality(fault: dict[str, float]) -> None:
    evidence = await compare(PortraitKnown(template(0.9, **fault)), 1)
    assert outcomes(evidence.checks)[CheckId.FACE_QUALITY] is Outcome.FAILED


async def test_nobody_seen_is_no_capture() -> None:
    evidence = await compare(PortraitKnown(), 0)
    found = outcomes(evidence.checks)
    assert found[CheckId.FACE_CAPTURE] is Outcome.FAILED
    assert found[CheckId.FACE] is Outcome.UNDETERMINED
    assert evidence.similarity is None


@pytest.mark.parametrize("dg2", [None, b"\x75\x03abc", "faceless"])
async def test_a_portrait_that_cannot_be_used_leaves_the_face_undetermined(
    dg2: bytes | str | None,
) -> None:
    faces = Faces(template()) if dg2 == "faceless" else PortraitKnown(template())
    raw = b"" if dg2 == "faceless" else dg2
    evidence = await compare(faces, 1, dg2=raw)
    assert outcomes(evidence.checks)[CheckId.FACE] is Outcome.UNDETERMINED
    assert len(evidence.checks) == len({check.check_id for check in evidence.checks}) == 4


async def test_a_lost_camera_is_a_lost_device() -> None:
    camera = SimulatedCamera(time.monotonic)
    camera.fail()
    comparison = FaceComparison(camera, PortraitKnown(), POLICY, CLOCKS)
    with pytest.raises(DeviceError, match="camera"):
        await comparison.run(asyncio.get_running_loop().create_future(), CaseImages())


async def test_an_old_document_is_not_taken() -> None:
    now = 0.0
    slot = DocumentSlot(Clocks(lambda: now, lambda: now))
    slot.put(MrzLines(("old",)))
    now = 10.0
    async with asyncio.TaskGroup() as tasks:
        taking = tasks.create_task(slot.take())
        await asyncio.sleep(0)
        slot.put(MrzLines(("new",)))
    assert taking.result().lines == ("new",)


async def test_a_device_that_hangs_is_not_restored() -> None:
    events: list[object] = []

    class Device:
        checks = 0

        async def check(self) -> None:
            self.checks += 1
            if self.checks < 3:
                raise DeviceError(DeviceName.CAMERA, "still away")

    device = Device()
    health = Health(
        {DeviceName.CAMERA: device}, events.append, lambda: iter([0.0] * 9), sleep=asyncio.sleep
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(health.run())
        health.lost(DeviceError(DeviceName.CAMERA, "unplugged"))
        await health.until_whole(DeviceName.CAMERA)
        running.cancel()
    assert device.checks == 3
    assert [type(event).__name__ for event in events] == ["DeviceFailed", "DeviceRestored"]


async def test_an_emergency_overtakes_what_waits() -> None:
    inbox = Inbox()
    for event in (m.TravellerLeft(), m.PassageConfirmed(), m.EmergencyRaised()):
        inbox.post(event)
    assert [await inbox.next() for _ in range(3)] == [
        m.EmergencyRaised(),
        m.TravellerLeft(),
        m.PassageConfirmed(),
    ]


async def test_the_ends_of_an_emergency_keep_their_order() -> None:
    happened = (
        m.EmergencyRaised(by_input=True),
        m.EmergencyInputEnded(),
        m.EmergencyRaised(by_input=True),
    )
    inbox = Inbox()
    for event in happened:
        inbox.post(event)
    assert tuple([await inbox.next() for _ in happened]) == happened


async def test_a_reset_ordered_before_an_evacuation_does_not_end_it() -> None:
    inbox = Inbox()
    for event in (m.OfficerReset(), m.LaneClosed(), m.EmergencyRaised()):
        inbox.post(event)
    assert [await inbox.next() for _ in range(2)] == [m.EmergencyRaised(), m.LaneClosed()]
    inbox.post(m.OfficerReset())
    assert await inbox.next() == m.OfficerReset()


async def test_a_frame_with_two_faces_is_not_whom_the_gate_lets_pass() -> None:
    two, alone = template(0.9, embedding_norm=20.0), template(0.6)
    two.faces = 2
    faces = PortraitKnown(two, alone)
    await compare(faces, 1, 2)
    assert faces.compared == [alone]
    evidence = await compare(PortraitKnown(two), 1)
    (quality,) = [c for c in evidence.checks if c.check_id is CheckId.FACE_QUALITY]
    assert (quality.outcome, quality.detail) == (Outcome.FAILED, "more than one face")


def test_what_holds_personal_data_does_not_show_it() -> None:
    mrz = read_mrz(MrzLines(MRZ), TODAY)
    shown = repr(mrz) + repr(MrzLines(MRZ)) + repr(chip()) + repr(ChipInspection(chip(), b"face"))
    assert not [secret for secret in SECRETS if secret in shown]
    assert "face'" not in shown
