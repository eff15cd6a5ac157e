"""Every page of the console, in the states that matter: looked at by eyes and by axe."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tests import desk_scenes
from tests.access_scenes import ACCESS_SHOWN
from tests.chromium import Screen
from tests.console_case_pages import CASES
from tests.console_harness import Site
from tests.console_lanes import TRAVELLER
from tests.console_page_view_pages import PAGE_VIEWS
from tests.desk_page_scenes import DESK_PAGES
from tests.hall_scenes import ten_lanes
from tests.records_pages import RECORDS_SHOWN
from tests.supervision_pages import SHOWN, prepare_supervision

Show = Callable[[Site, Screen], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """One page in one state.

    Args:
        name: of its pictures.
        officer_id: who looks at it; nobody: before the log-in.
        show: leads the screen there.

    """

    name: str
    officer_id: str
    show: Show


def at(path: str, text: str = "") -> Show:
    """Go to ``path``, and wait until ``text`` of any element can be read."""

    async def show(_: Site, screen: Screen) -> None:
        await screen.go(path)
        await screen.until_text("body", text)

    return show


async def _board(site: Site, screen: Screen) -> None:
    await screen.go("/")
    await screen.until(
        "return document.querySelectorAll('#rows .row').length === arguments[0]"
        " && document.querySelector('#alarms [data-pick]') !== null",
        len(site.lanes),
    )


async def _lane(site: Site, screen: Screen) -> None:
    await _board(site, screen)
    await screen.press("1")
    await screen.until("return document.querySelector('.panel:not([hidden])') !== null")


async def _hand_over(site: Site, screen: Screen) -> None:
    shifts = site.console.shifts
    if shifts.of("officer-2") is None:
        officer = site.console.access.accounts.get("officer-2").officer
        await shifts.begin(officer, [site.lanes[0].gate_id])
    await screen.go("/shift")
    await screen.until("return document.getElementById('to') !== null")


async def _refused(_: Site, screen: Screen) -> None:
    await screen.go("/login")
    await screen.fill("[name=officer_id]", "officer-1")
    await screen.fill("[name=password]", "not the password")
    await screen.fill("[name=code]", "000000")
    await screen.click("main .primary")
    await screen.until("return document.querySelector('.notice') !== null")


async def _locked(_: Site, screen: Screen) -> None:
    await screen.go("/account")
    await screen.click("#lock")
    await screen.until("return location.pathname === '/lock'")
    await screen.fill("[type=password]", "half a password")


async def _keys(_: Site, screen: Screen) -> None:
    await screen.go("/account")
    await screen.click("#keys-open")
    await screen.until("return document.getElementById('keys').open")


def _crossing(site: Site) -> str:
    """Return the crossing of the traveller who is referred."""
    return site.lanes[0].hall.gate.supervision.status().crossing_id


async def _case(site: Site, screen: Screen) -> None:
    await screen.go(f"/gates/{site.lanes[0].gate_id}/cases/{_crossing(site)}")
    await screen.until("return document.querySelector('#pictures.shown') !== null")


async def _deciding(site: Site, screen: Screen) -> None:
    await _case(site, screen)
    await screen.press("x")
    await screen.until("return document.querySelector('.needed:not([hidden])') !== null")


async def _found(_: Site, screen: Screen) -> None:
    await screen.go("/records")
    await screen.fill("[name=issuing_state]", TRAVELLER.issuing_state)
    await screen.fill("[name=document_number]", TRAVELLER.document_number)
    await screen.click("main form .primary")
    await screen.until("return document.querySelector('main table') !== null")


async def _record(site: Site, screen: Screen) -> None:
    await screen.go(f"/records/{_crossing(site)}")


async def prepare(site: Site) -> None:
    """Make of the site what the scenes show: travellers are referred, admitted and listed."""
    await prepare_supervision(site)
    await site.lanes[0].refer()
    await desk_scenes.ban(site)
    await site.lanes[1].admit()


SCENES: Final = (
    Scene("log-in", "", at("/login")),
    Scene("log-in-refused", "", _refused),
    Scene("board", "officer-1", _board),
    Scene("lane", "officer-1", _lane),
    Scene("case", "officer-1", _case),
    Scene("case-deciding", "officer-1", _deciding),
    Scene("records", "officer-1", at("/records")),
    Scene("records-found", "officer-1", _found),
    Scene("record", "officer-1", _record),
    Scene("statistics", "supervisor-1", at("/statistics")),
    Scene("audit", "auditor-1", at("/audit")),
    Scene("shift", "officer-1", at("/shift")),
    Scene("hand-over", "officer-2", _hand_over),
    Scene("desk", "officer-1", at("/desk")),
    Scene("desk-begun", "officer-1", desk_scenes.begun),
    Scene("desk-faulty", "officer-1", desk_scenes.faulty),
    Scene("desk-known", "officer-1", desk_scenes.known),
    Scene("desk-listed", "officer-1", desk_scenes.listed),
    Scene("desk-entered", "officer-1", desk_scenes.entered),
    Scene("desk-book", "officer-1", desk_scenes.refused),
    Scene("keys", "officer-1", _keys),
    Scene("account", "officer-1", at("/account")),
    Scene("authenticator", "officer-1", at("/account/authenticator")),
    Scene("not-permitted", "officer-1", at("/officers")),
    Scene("locked", "officer-2", _locked),
    Scene("officers", "supervisor-1", at("/officers")),
    Scene("officer", "supervisor-1", at("/officers/officer-1")),
    *(Scene(*each) for each in (*SHOWN, *RECORDS_SHOWN, *ACCESS_SHOWN)),
    *(Scene(name, "officer-1", show) for name, show in (CASES | PAGE_VIEWS | DESK_PAGES).items()),
    Scene("ten-lanes", "officer-1", ten_lanes),  # the last one: the hall has them from now on
)
