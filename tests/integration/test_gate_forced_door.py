"""A door that is pushed open: an alarm, and no traveller until it is closed again."""

import io
import logging
from dataclasses import replace
from pathlib import Path

from egate.domain.session import model as m
from egate.observability.logging import configure_logging
from tests.gate_lane import Hall, hall


async def push(h: Hall, *, forced: bool) -> None:
    await h.barrier.sense(replace(h.barrier.now, forced=forced, entry_closed=not forced))


async def test_a_forced_door_is_an_alarm_and_a_fault_until_it_is_closed(tmp_path: Path) -> None:
    log = io.StringIO()
    configure_logging(log, logging.DEBUG)
    async with hall(tmp_path) as h:
        await push(h, forced=True)
        await h.until_state(m.OutOfService)
        assert "door_forced" in h.gate.supervision.status().findings
        assert log.getvalue().count("alarm forced barrier") == 1
        await h.walk_up()
        assert isinstance(h.state, m.OutOfService)
        await h.go_back()
        await push(h, forced=False)
        await h.until_state(m.Idle)
        assert h.gate.supervision.status().findings == ()
    assert "closed again" in log.getvalue()


async def test_the_emergency_input_is_seen_while_a_door_is_forced(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        await push(h, forced=True)
        await h.until_state(m.OutOfService)
        await h.barrier.sense(replace(h.barrier.now, forced=False, emergency_release=True))
        await h.until_state(m.Evacuating)
