"""A reader at a desk: one page gets the document, and a lost reader is said."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from drivers.simulated.mrz_reader import SimulatedMrzReader
from egate.console.desk.attached_forms import AttachedForm, AttachedForms
from egate.console.desk.reader import DeskReader
from egate.observability.logging import configure_logging

LINES = ("P<UTOERIKSSON<<ANNA<MARIA", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


class Desk:
    """A reader that is being read, and its pages."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.device = SimulatedMrzReader()
        self._reader = DeskReader(self.device, AttachedForms())
        self._work = tasks.create_task(self._reader.keep_reading())

    async def page(self) -> AsyncIterator[dict[str, Any]]:
        """A page that has attached."""
        events = self._reader.events(AttachedForm(b"one session", lambda: True))
        assert await anext(events) == {"state": "ready"}
        return events

    def end(self) -> None:
        self._work.cancel()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        made = Desk(tasks)
        yield made
        made.end()


async def test_a_document_goes_to_the_page_that_asked_last(desk: Desk) -> None:
    first, second = await desk.page(), await desk.page()
    desk.device.present(*LINES)
    assert await anext(second) == {"lines": list(LINES)}
    await second.aclose()  # type: ignore[attr-defined]
    desk.device.present(*LINES)
    assert await anext(first) == {"lines": list(LINES)}


async def test_what_nobody_waits_for_is_kept_for_nobody(desk: Desk) -> None:
    desk.device.present(*LINES)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    page = await desk.page()
    desk.device.present("later")
    assert await anext(page) == {"lines": ["later"]}


async def test_a_reader_that_is_lost_and_found_says_so(desk: Desk) -> None:
    log = io.StringIO()
    configure_logging(log)
    page = await desk.page()
    desk.device.fail()
    assert await anext(page) == {"state": "lost"}
    assert json.loads(log.getvalue())["event"] == "desk reader lost"
    desk.device.present(*LINES)
    assert await anext(page) == {"state": "ready"}
    assert await anext(page) == {"lines": list(LINES)}
