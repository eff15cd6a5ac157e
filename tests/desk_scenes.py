"""The desk's pages in the states that matter, as scenes of tests.console_pages."""

from selenium.webdriver.common.keys import Keys

from egate.domain.record import CaptureMode
from egate.reporting.list_entry_client import ListAct
from tests.chromium import Screen
from tests.console_harness import Site
from tests.desk_samples import entry
from tests.unit.test_mrz import td3

MRZ = "\n".join(td3(number="BX0123456", nationality="BGD", state="BGD", expiry="320415").lines)
BAN = {
    "entry_id": "HC-4437",
    "document_type": "P",
    "issuing_state": "BGD",
    "document_number": "BX0123456",
    "legal_basis": "Code of Criminal Procedure s. 498",
    "order_reference": "High Court, WP 4437/2021",
    "authority": "SB",
    "court": "High Court Division",
    "valid_from": "2020-01-01",
    "valid_to": "2099-01-01",
    "direction": "exit",
    "instruction": "Call the duty officer before anything is said",
    "contact": "SB duty officer, 01700-000000",
}


async def ban(site: Site) -> None:
    """Put the document of ``MRZ`` on the exit bans."""
    centre = site.console.centre
    assert centre
    made = await centre.lists.propose_entry(ListAct("rahman", "order"), "EXIT_BAN", [BAN])
    await centre.lists.decide(ListAct("begum", "seen"), made.proposal_id, approved=True)


async def begun(_: Site, screen: Screen) -> None:
    """A zone that is being typed, with a letter that must be a digit."""
    await screen.go("/desk")
    await screen.press(MRZ.replace("BX0123456", "BXO123456"))
    await screen.until("return !document.querySelector('#mrz-repair').hidden")


async def faulty(site: Site, screen: Screen) -> None:
    """Mended, and said to be of a paper without saying of when."""
    await begun(site, screen)
    await screen.click("#mrz-repair button")
    await screen.click("#on_paper")
    await screen.click("#look")
    await screen.until("return document.querySelector('.error') !== null")


async def listed(_: Site, screen: Screen) -> None:
    """A traveller whom an order stops, and an officer who is about to."""
    await screen.go("/desk")
    await screen.click("[name=direction][value=exit]")
    await screen.click("#mrz")
    await screen.press(MRZ + Keys.ENTER)
    await screen.until("return document.querySelector('.hit') !== null")
    await screen.click("[name=outcome][value=denied_exit]")


async def known(_: Site, screen: Screen) -> None:
    """A traveller against whom nothing is known."""
    await screen.go("/desk")
    await screen.click("[name=direction][value=entry]")
    await screen.click("#mrz")
    await screen.press(MRZ + Keys.ENTER)
    await screen.until("return document.querySelector('#enter') !== null")


async def entered(site: Site, screen: Screen) -> None:
    """The next form, with what was entered just now beside it."""
    await known(site, screen)
    await screen.press(Keys.ENTER)
    await screen.until("return document.querySelector('.lines tr') !== null")


async def refused(site: Site, screen: Screen) -> None:
    """A record that no desk may send, in the book."""
    desk = site.console.desk
    assert desk
    await desk.enter([entry(1, capture_mode=CaptureMode.EGATE)])
    await desk.send()
    await screen.go("/desk/book")
    await screen.until("return document.querySelector('tbody form') !== null")
