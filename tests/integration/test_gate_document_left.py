"""A document that its traveller left on a reader shuts the lane until somebody takes it."""

import asyncio
from pathlib import Path

import pytest

from egate.domain.conditions import ConditionLimits
from egate.domain.session import model as m
from tests.gate_lane import Around, Hall, good_chip, hall

SOON = Around(limits=ConditionLimits(document_left_seconds=0.5))
LEFT = {m.Condition.DOCUMENT_LEFT}


def found(h: Hall) -> set[m.Condition]:
    return set(h.state.lane.conditions)


async def test_a_chip_that_stays_after_its_traveller_shuts_the_lane(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with hall(tmp_path, surroundings=SOON) as h:
        await h.walk_up()
        await h.present()
        await h.until_state(m.Passing)
        await h.walk_through()
        await h.until_state(m.OutOfService)
        assert found(h) == LEFT
        assert h.gate.runner.message is m.TravellerMessage.TAKE_YOUR_THINGS
        await h.walk_up()
        await asyncio.sleep(0.05)
        assert isinstance(h.state, m.OutOfService)  # nobody is taken for the document's holder
        await h.chip_reader.remove()
        await h.until(lambda: not isinstance(h.state, m.OutOfService))
        assert not found(h)
        assert h.gate.runner.message is not m.TravellerMessage.TAKE_YOUR_THINGS
    assert "".join(capfd.readouterr()).count("alarm document left") == 1


async def test_a_document_without_a_chip_is_seen_by_the_mrz_reader(tmp_path: Path) -> None:
    async with hall(tmp_path, surroundings=SOON) as h:
        h.mrz_reader.lying = True
        await h.until_state(m.OutOfService)
        assert found(h) == LEFT
        h.mrz_reader.lying = False
        await h.until_state(m.Idle)


async def test_who_is_served_may_leave_the_document_where_it_is(tmp_path: Path) -> None:
    async with hall(tmp_path, surroundings=SOON) as h:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        await h.chip_reader.insert(good_chip)
        await asyncio.sleep(1.5)
        assert isinstance(h.state, m.ReadingMrz)
        assert not found(h)


async def test_a_reader_that_is_lost_between_travellers_is_told_and_comes_back(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path, surroundings=SOON) as h:
        await h.chip_reader.fail()
        await h.until_state(m.OutOfService)
        assert h.state.lane.faults == {"chip_reader"}
        await h.until_state(m.Idle)
