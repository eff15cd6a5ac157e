"""Search, records, figures and the audit log, in the states that matter."""

from collections.abc import Awaitable, Callable
from typing import Final

from tests.chromium import Screen
from tests.console_harness import Site
from tests.records_harness import SETTLED, VISITOR, crossing_id

Show = Callable[[Site, Screen], Awaitable[None]]


async def _found(_: Site, screen: Screen) -> None:
    await screen.go("/records")
    await screen.fill("#issuing_state", VISITOR.issuing_state)
    await screen.fill("#document_number", VISITOR.document_number)
    await screen.click("main form .primary")
    await screen.until("return document.querySelector('.found') !== null")


async def _holder(site: Site, screen: Screen) -> None:
    await _found(site, screen)
    await screen.click("[formaction='/records/holder']")
    await screen.until("return document.querySelector('.stays') !== null")


async def _nothing_to_search(_: Site, screen: Screen) -> None:
    await screen.go("/records")
    await screen.click("main form .primary")
    await screen.until("return document.querySelector('.error') !== null")


async def _asked(_: Site, screen: Screen) -> None:
    await screen.go(f"/records/{crossing_id(SETTLED)}")
    await screen.script("document.getElementById('reason').value = 'identity'")
    await screen.fill("#file", "SB-118/26")
    await screen.click("form[action$=person] button")
    await screen.until("return document.querySelector('.notice.fault') !== null")


async def _verified(_: Site, screen: Screen) -> None:
    await screen.go("/audit")
    await screen.click(".head button")
    await screen.until("return document.querySelector('.notice.ready') !== null")


RECORDS_SHOWN: Final[tuple[tuple[str, str, Show], ...]] = (
    ("records-fault", "officer-1", _nothing_to_search),
    ("record-asked", "officer-1", _asked),
    ("holder", "officer-1", _holder),
    ("audit-verified", "auditor-1", _verified),
)
"""Name, who looks, and how to get there."""
