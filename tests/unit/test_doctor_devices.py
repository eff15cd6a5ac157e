"""What ``egate doctor`` says of a barrier at rest, and what it says to mend."""

from dataclasses import replace

import pytest

from drivers.simulated import SimulatedBarrier
from egate.cli.doctor_devices import InspectedBarrier, with_mend
from egate.ports.devices import BarrierSensors, DeviceError

AT_REST = BarrierSensors(entry_closed=True, exit_closed=True)


async def test_a_lane_at_rest_is_well() -> None:
    barrier = SimulatedBarrier()
    await barrier.sense(AT_REST)
    await InspectedBarrier(barrier).check()


@pytest.mark.parametrize(
    ("sensors", "says"),
    [
        (replace(AT_REST, emergency_release=True), "emergency release is active: reset it"),
        (replace(AT_REST, tamper=True), "tamper contact is active: close the cabinet"),
        (replace(AT_REST, safety_edge=True), "safety edge is pressed"),
        (replace(AT_REST, entry_open=True), "both switches of the entry door"),
        (replace(AT_REST, exit_closed=False), "exit door is neither open nor closed"),
        (replace(AT_REST, exit_closed=False, exit_open=True), "exit door stands open"),
    ],
)
async def test_what_does_not_fit_a_lane_at_rest_is_named(
    sensors: BarrierSensors, says: str
) -> None:
    barrier = SimulatedBarrier()
    await barrier.sense(sensors)
    with pytest.raises(DeviceError, match=says) as caught:
        await InspectedBarrier(barrier).check()
    assert "\n" not in str(caught.value)


async def test_a_barrier_that_is_lost_is_told_as_such() -> None:
    barrier = SimulatedBarrier()
    await barrier.fail()
    with pytest.raises(DeviceError, match="does not answer"):
        await InspectedBarrier(barrier).check()


@pytest.mark.parametrize(
    ("reason", "mend"),
    [
        ("/dev/x: in use by another program", "stop it first"),
        ("/dev/x: the board (unit 1) does not answer", "check its power"),
        ("Omnikey: pcscd does not run", "systemctl start pcscd"),
        ("Omnikey: PC/SC does not return after 8 s", "restart pcscd"),
        ("/dev/x: the board refused coil 20", "manual"),
        ("something else", "something else"),
    ],
)
def test_what_mends_a_device_is_said(reason: str, mend: str) -> None:
    assert with_mend(reason).startswith(reason)
    assert mend in with_mend(reason)
