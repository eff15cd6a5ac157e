"""The case page in the states that matter, for eyes and axe."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from egate.domain.record import Direction
from egate.emrtd.checks import CheckId
from egate.ports.case_facts import CaseFacts
from tests.case_samples import BAN, CROSSING, LIKE, THRESHOLDS, CaseLink, photographs, record
from tests.chromium import Screen
from tests.console_harness import Site

_LOADED: Final = """
return document.querySelector("#pictures.shown, #pictures.none") !== null
  && document.querySelector("#history[aria-busy]") === null;
"""
_DECIDED: Final = "0197f000-0000-7000-8000-0000000000de"
_OVER: Final = "0197f000-0000-7000-8000-0000000000ee"

Show = Callable[[Site, Screen], Awaitable[None]]


def _listed() -> CaseLink:
    facts = CaseFacts(record(CheckId.WATCHLIST), THRESHOLDS)
    return CaseLink(facts, (BAN, LIKE), photographs(), holder="officer-1")


def _attack() -> CaseLink:
    found = record(CheckId.PAD, CheckId.FACE, similarity=0.31, direction=Direction.ENTRY)
    return CaseLink(CaseFacts(found, THRESHOLDS), (), photographs(6), holder="officer-1")


def _unread() -> CaseLink:
    found = record(CheckId.ACCESS, similarity=None, direction=Direction.ENTRY)
    return CaseLink(CaseFacts(found, THRESHOLDS), holder="officer-1")


def _taken() -> CaseLink:
    found = record(CheckId.FACE, similarity=0.41, direction=Direction.ENTRY)
    return CaseLink(CaseFacts(found, THRESHOLDS), (), photographs(), holder="officer-2")


async def open_case(site: Site, screen: Screen, link: CaseLink, crossing: str = CROSSING) -> None:
    """Put ``link`` in the place of the second lane, and show its case."""
    hall, link.gate_id = site.console.hall, site.lanes[1].gate_id
    link.crossing = crossing
    hall._links[link.gate_id] = link  # type: ignore[assignment]
    hall._hear(link.gate_id, link.status())
    if not link.reachable:
        _lose(site)
    await screen.go(f"/gates/{link.gate_id}/cases/{crossing}")


def _lose(site: Site) -> None:
    """Let the second lane be one that is not reached."""
    hall = site.console.hall
    hall._update(replace(hall._lanes[site.lanes[1].gate_id], fault="UNAVAILABLE"))


def of(make: Callable[[], CaseLink], click: str = "") -> Show:
    """Show a case, and choose what ``click`` selects."""

    async def show(site: Site, screen: Screen) -> None:
        await open_case(site, screen, make())
        await screen.until(_LOADED)
        if click:
            await screen.script("document.querySelector(arguments[0]).click()", click)

    return show


async def real(site: Site, screen: Screen) -> None:
    """Show the case of the first lane, which is a running one."""
    lane = site.lanes[0]
    crossing = lane.hall.gate.supervision.status().crossing_id
    await screen.go(f"/gates/{lane.gate_id}/cases/{crossing}")
    await screen.until(_LOADED)
    await screen.script("document.querySelector('[value=clear]').click()")


async def flickering(site: Site, screen: Screen) -> None:
    await of(_taken)(site, screen)
    await screen.press("f")
    await screen.until("return document.getElementById('larger').open")


async def faulty(site: Site, screen: Screen) -> None:
    await of(_listed, "[value=offload]")(site, screen)
    await screen.script("document.getElementById('decision-form').requestSubmit()")
    await screen.until("return document.querySelector('[aria-invalid]') !== null")


async def decided(site: Site, screen: Screen) -> None:
    """Show what is left of a case; the first time it has to be decided."""
    await open_case(site, screen, _unread(), _DECIDED)
    await screen.until("return document.querySelector('#decision-form, .ended') !== null")
    await screen.script(
        "const form = document.getElementById('decision-form'); if (form === null) return;"
        "form.querySelector('[value=retry]').click();"
        "document.getElementById('reason_code').value = 'CAPTURE.AGAIN'; form.requestSubmit();"
    )
    await screen.until("return document.querySelector('.ended') !== null")


async def over(site: Site, screen: Screen) -> None:
    """Show a case that ended at the lane."""
    link = _unread()
    link.is_open = False
    await open_case(site, screen, link, _OVER)
    await screen.until("return document.querySelector('.ended') !== null")


async def unreachable(site: Site, screen: Screen) -> None:
    """Show a case that this officer never saw, of a gate that is not reached."""
    link = _unread()
    link.reachable = False
    await open_case(site, screen, link, _OVER)
    await screen.until("return document.querySelector('[data-closed]') !== null")


async def lost(site: Site, screen: Screen) -> None:
    """Show a case that the officer has, and whose gate is lost meanwhile."""
    await of(_attack)(site, screen)
    _lose(site)
    await screen.until("return document.querySelector('#standing .fault') !== null")


CASES: Final = {
    "case": real,
    "case-listed": of(_listed, "[value=deny_exit]"),
    "case-attack": of(_attack, "[value=refuse_entry]"),
    "case-without-pictures": of(_unread),
    "case-taken": of(_taken),
    "case-flicker": flickering,
    "case-faulty": faulty,
    "case-decided": decided,
    "case-over": over,
    "case-unreachable": unreachable,
    "case-lost": lost,
}
