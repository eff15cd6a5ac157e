"""A lane whose disk was put back to an older state."""

from pathlib import Path

from egate.domain.session import model as m
from egate.ports.reporting import Standing
from tests.gate_lane import Centre, hall
from tests.station_keys import KeyOfTests


async def test_a_lane_whose_disk_was_put_back_takes_nobody(tmp_path: Path) -> None:
    centre = Centre()
    async with hall(tmp_path, centre=centre) as h:
        await h.until(lambda: centre.asked)
        assert centre.asked == [0]
        await h.until_state(m.Idle)
        await h.walk_up()
        await h.go_back()
        await h.records(1)
    centre.has = Standing(7, b"\x01" * 32, KeyOfTests().key_id)
    for _ in range(2):  # it stops at once, also when the centre is away after the next start
        async with hall(tmp_path, centre=centre) as h:
            await h.until_state(m.OutOfService)
            centre.away = True
            await h.walk_up()
            assert isinstance(h.state, m.OutOfService)
