"""An officer turns a lane round: from the next traveller on, over a restart, until taken back."""

from pathlib import Path

from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.ports.supervision import GateStatus, OfficerOrder
from tests.gate_lane import Hall, hall


async def ordered(h: Hall, order: OfficerOrder) -> GateStatus:
    supervision = h.gate.supervision
    assert supervision.order(order, "officer-1")
    await h.until(lambda: not supervision.order(order, "officer-1"))  # it serves so already
    return supervision.status()


async def test_the_next_traveller_crosses_in_the_ordered_direction(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        status = h.gate.supervision.status()
        assert (status.direction, status.direction_ordered) == ("entry", False)
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        status = await ordered(h, OfficerOrder.SERVE_EXIT)
        assert (status.direction, status.direction_ordered) == ("exit", True)
        await h.present()
        await h.until(lambda: h.barrier.positions[-1] is m.BarrierPosition.EXIT_OPEN)
        await h.walk_through()
        (before,) = await h.records(1)
        assert before.direction is Direction.ENTRY  # who was in the lane came to enter
        await h.until_state(m.Idle)
    async with hall(tmp_path) as h:
        await h.until_state(m.Idle)
        assert h.gate.supervision.status().direction_ordered
        await h.walk_up()
        await h.present()
        await h.until(lambda: h.barrier.positions[-1] is m.BarrierPosition.EXIT_OPEN)
        await h.walk_through()
        (after,) = await h.records(1)
        assert after.direction is Direction.EXIT
        await h.until_state(m.Idle)
        status = await ordered(h, OfficerOrder.SERVE_BY_HOUR)
        assert (status.direction, status.direction_ordered) == ("entry", False)


async def test_the_status_tells_what_alarms_until_the_lane_is_at_rest(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        supervision = h.gate.supervision
        began = supervision.status().since
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        assert supervision.status().alarms == ()
        assert supervision.status().since > began
        await h.beams(mouth=True, reader=True)
        await h.until_state(m.AwaitingOfficer)
        assert supervision.status().alarms == ("tailgating",)
        assert supervision.order(OfficerOrder.RESET, "officer-1")
        await h.until_state(m.Idle)
        assert supervision.status().alarms == ()
