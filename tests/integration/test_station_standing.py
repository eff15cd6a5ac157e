"""A lane whose disk was put back to an older state, and one whose key is gone, take nobody."""

from pathlib import Path

from egate.domain.session import model as m
from egate.ports.reporting import Standing
from tests.gate_lane import Centre, hall
from tests.station_keys import KeyOfTests, first_break


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


async def test_a_lane_that_is_enrolled_anew_serves_again_and_gives_no_number_twice(
    tmp_path: Path,
) -> None:
    signer, centre = KeyOfTests(), Centre()
    async with hall(tmp_path, centre=centre, signer=signer) as h:
        await h.until_state(m.Idle)
        await h.walk_up()
        await h.go_back()
        await h.records(1)
    centre.has = Standing(7, b"\x01" * 32, signer.key_id)
    async with hall(tmp_path, centre=centre, signer=signer) as h:
        await h.until_state(m.OutOfService)
        await h.beams()
        signer.become(2)
        await h.until_state(m.Idle)
        await h.walk_up()
        await h.go_back()
        records = await h.records(2)
        assert first_break(h.database, records[0].gate_id) is None
    assert [each.gate_seq for each in records] == [1, 8]
    link = centre.sent[-1].link
    assert link is not None
    assert (link.previous, link.key_id) == (b"\x01" * 32, signer.key_id)


async def test_a_lane_whose_key_does_not_sign_takes_nobody_until_it_does(tmp_path: Path) -> None:
    signer = KeyOfTests()
    async with hall(tmp_path, signer=signer) as h:
        await h.until_state(m.Idle)
        signer.is_away = True
        await h.walk_up()
        await h.go_back()
        await h.until_state(m.OutOfService)
        assert h.centre.records == []
        signer.is_away = False
        await h.records(1)
        await h.until_state(m.Idle)
