"""How the shell turns what devices gave into evidence."""

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from egate.domain.session import model as m
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.conversation import Conversation, carried_by
from egate.emrtd.errors import ChipLost, DocumentRejected
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK
from egate.gate.chip_reading import ChipInspection, Evaluate, Meter, read_chip
from egate.gate.clocks import Clocks
from egate.gate.documents import DocumentSlot
from egate.gate.health import Health
from egate.gate.inbox import Inbox
from egate.gate.mrz_reading import optical_checks, read_mrz
from egate.gate.rest_watch import RestWatch
from egate.ports.devices import DeviceError, DeviceName, MrzLines
from tests.gate_lane import MRZ
from tests.gate_samples import NEW, SECRETS, chip

TODAY = dt.date(2026, 11, 22)
READ = CommandApdu(0, 0xB0, 0, 0, le=16)
NEW_TRAVELLER: m.State = m.ReadingMrz(NEW, Instant(20.0))


def outcomes(checks: object) -> dict[CheckId, Outcome]:
    return {check.check_id: check.outcome for check in checks}


def test_a_readable_mrz_becomes_optical_evidence() -> None:
    mrz = read_mrz(MrzLines(MRZ), TODAY)
    found = outcomes(optical_checks(mrz, TODAY))
    assert found == {
        CheckId.OPTICAL_MRZ_CHECK_DIGITS: Outcome.SUCCESSFUL,
        CheckId.OPTICAL_MRZ_EXPIRY: Outcome.SUCCESSFUL,
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
    for event in (m.OfficerReset(), m.LaneModeOrdered(m.LaneMode.DISABLED), m.EmergencyRaised()):
        inbox.post(event)
    assert [await inbox.next() for _ in range(2)] == [
        m.EmergencyRaised(),
        m.LaneModeOrdered(m.LaneMode.DISABLED),
    ]
    inbox.post(m.OfficerReset())
    assert await inbox.next() == m.OfficerReset()


def test_what_holds_personal_data_does_not_show_it() -> None:
    mrz = read_mrz(MrzLines(MRZ), TODAY)
    shown = repr(mrz) + repr(MrzLines(MRZ)) + repr(chip()) + repr(ChipInspection(chip(), b"face"))
    assert not [secret for secret in SECRETS if secret in shown]
    assert "face'" not in shown


async def test_one_device_that_hangs_holds_up_no_other_and_none_waits_long() -> None:
    waited: list[float] = []

    class Hangs:
        async def check(self) -> None:
            await asyncio.Event().wait()

    class Answers:
        checks = 0

        async def check(self) -> None:
            self.checks += 1
            if self.checks < 4:
                raise DeviceError(DeviceName.BARRIER, "still away")

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await asyncio.sleep(0)

    devices = {DeviceName.CAMERA: Hangs(), DeviceName.BARRIER: Answers()}
    health = Health(devices, lambda _: None, lambda: iter([1.0, 30.0, 30.0, 30.0]), sleep=sleep)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(health.run())
        for name in devices:
            health.lost(DeviceError(name, "unplugged"))
        await health.until_whole(DeviceName.BARRIER)
        running.cancel()
    assert max(waited) <= 2.0


class Breaks:
    """Answers until it is broken; counts how often it is asked."""

    broken = False
    asked = 0

    async def check(self) -> None:
        self.asked += 1
        if self.broken:
            raise DeviceError(DeviceName.CAMERA, "gives no more pictures")


async def test_a_device_that_is_lost_while_nobody_is_served_is_found_out() -> None:
    events: list[object] = []
    device, state = Breaks(), [NEW_TRAVELLER]
    health = Health({DeviceName.CAMERA: device}, events.append, lambda: iter([]))
    watch = RestWatch(
        [DeviceName.CAMERA], lambda: state[0], health, sleep=lambda _: asyncio.sleep(0)
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(watch.run())
        await asyncio.sleep(0.01)
        assert device.asked == 0  # a traveller has the camera
        for at_rest in (m.Idle(), m.OutOfService(m.Lane())):
            state[0], device.asked = at_rest, 0
            await asyncio.sleep(0.01)
            assert device.asked
        assert not events
        device.broken = True
        await asyncio.sleep(0.01)
        running.cancel()
    assert events == [m.DeviceFailed("camera")]
