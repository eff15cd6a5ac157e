"""Officers decide on cases: in a browser, on a running lane, with a running centre."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from egate.domain.decision import Decision, Notice, OfficerDecision
from egate.domain.policy.obligation import Obligation
from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId
from egate.lists.kinds import ListKind
from egate.lists.listed_document import ListedDocument
from egate.lists.source import RowStatus, SourceRow
from tests.centre_harness import (
    Centre,
    centre,
    centre_database,
    centre_folder,
    centre_pki,
    running,
)
from tests.chromium import Screen, installed
from tests.console_harness import PASSWORD, Site, site
from tests.console_lanes import TRAVELLER
from tests.gate_lane import QUICK
from tests.gate_lists import Offers, Times, still_gate_of
from tests.list_samples import entry

__all__ = ["centre", "centre_database", "centre_folder", "centre_pki", "running"]
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not installed(), reason="no chromium with chromedriver"),
]
OF_LISTS = {CheckId.DOCUMENT_STATUS: Obligation.MANDATORY, CheckId.WATCHLIST: Obligation.MANDATORY}
OTHERS = dict.fromkeys(
    (CheckId.AUTHORISATION, CheckId.STAY, CheckId.CLEARANCE), Obligation.EVALUATORY
)
ASKS_LISTS = replace(QUICK, obligations={**QUICK.obligations, **OF_LISTS, **OTHERS})
BAN = {
    "legal_basis": "Code of Criminal Procedure 1898",
    "order_reference": "Writ 4437/2021",
    "court": "High Court Division",
    "instruction": "Do not let the person leave",
    "contact": "duty officer",
}


def case_of(hall: Site, crossing: str) -> str:
    return f"/gates/{hall.lanes[0].gate_id}/cases/{crossing}"


async def second(shown: Screen, hall: Site, officer_id: str = "officer-2") -> None:
    """Let another officer confirm in the form of the first."""
    await shown.fill("[name=second_id]", officer_id)
    await shown.fill("[name=second_password]", PASSWORD)
    await shown.fill("[name=second_code]", hall.officers.code(officer_id))


async def choose(shown: Screen, code: str) -> None:
    """Choose a reason."""
    await shown.click(f"#reason_code option[value='{code}']")


async def decisions(centre: Centre) -> list[str]:
    return [f"{each.decision} {each.officer_id}" for each in await decided(centre)]


async def decided(centre: Centre) -> list[OfficerDecision]:
    """Return what the centre has of decisions."""
    return await centre.decisions()


async def come(centre: Centre, count: int) -> None:
    """Wait until the centre has so many crossings."""
    async with asyncio.timeout(10):
        while await centre.database.fetchval("SELECT count(*) FROM crossing_registry") < count:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)


async def no_faults(shown: Screen, *expected: str) -> None:
    assert not [each for each in await shown.faults() if not any(e in each for e in expected)]


async def test_a_referred_traveller_is_cleared(tmp_path: Path, centre: Centre) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as hall:
        crossing = await hall.lanes[0].refer()
        async with hall.browser("officer-1") as shown:
            await shown.go(case_of(hall, crossing))
            await shown.until_text("#standing", "You have this case")
            await shown.until_text("#why-title", "The face does not match")
            assert "RAHMAN" in await shown.text("#case")
            await shown.until("return document.querySelector('#pictures.shown') !== null")
            await shown.press("cy")
            await choose(shown, "FACE.COMPARED")
            await second(shown, hall)
            await shown.press(Keys.ENTER)
            await shown.until_text("#ended-title", "Decided: Clear")
            assert "The lane has heard it" in await shown.text(".ended")
            # Nothing of the traveller stays on the page.
            assert "RAHMAN" not in await shown.script("return document.documentElement.outerHTML")
            assert await shown.script("return document.querySelectorAll('canvas').length") == 0
            await no_faults(shown)
        await hall.lanes[0].hall.until_state(m.Idle)
        await come(centre, 2)
        assert await decisions(centre) == ["clear officer-1"]
        kept = await centre.database.fetchrow(
            "SELECT first_id, (SELECT count(*) FROM stay) AS stays FROM stay"
        )
        assert kept["stays"] == 1
        assert str(kept["first_id"]) != crossing
        replaced = await centre.database.fetchval("SELECT crossing_id FROM crossing_replaced")
        assert str(replaced) == crossing


@asynccontextmanager
async def banned(folder: Path, centre: Centre) -> AsyncIterator[tuple[Site, str]]:
    """A console with a lane in which somebody is referred whom an exit ban names."""
    offers = Offers(folder / "made", Times())
    offers.publish_all()
    passport = ListedDocument.of(
        TRAVELLER.document_code, TRAVELLER.issuing_state, TRAVELLER.document_number
    )
    ban = entry("EB-7", ListKind.EXIT_BAN, **BAN)
    offers.publish(ListKind.EXIT_BAN, SourceRow(1, passport, ban, RowStatus.LISTED))
    async with still_gate_of(folder / "lists", offers, policy=ASKS_LISTS) as lists:
        lane = {"policy": ASKS_LISTS, "lists": lists.lists, "direction": Direction.EXIT}
        async with site(folder, centre=centre, lanes=1, lane=lane) as hall:
            gate = hall.lanes[0].hall
            await gate.until(
                lambda: lists.version(ListKind.EXIT_BAN) and not gate.state.lane.conditions
            )
            yield hall, await hall.lanes[0].refer(similarity=0.9)


async def test_an_exit_ban_is_denied_with_its_order_by_keys_alone(
    tmp_path: Path, centre: Centre
) -> None:
    async with banned(tmp_path, centre) as (hall, crossing), hall.browser("officer-1") as shown:
        await shown.go(case_of(hall, crossing))
        await shown.until_text("#standing", "You have this case")
        assert "Silent: the traveller must not notice" in await shown.text(".hits")
        for told in (*BAN.values(), "Exit ban", "The document's number agrees"):
            assert told in await shown.text(".hits")
        await shown.press("x")
        # Where the focus is now, somebody who types goes on: identity, reason, order, officer.
        await shown.press(Keys.SPACE)
        assert await shown.script("return document.activeElement.value") == "same"
        await shown.script("document.getElementById('reason_code').focus()")
        await shown.press("By the order" + Keys.TAB + Keys.TAB)
        assert await shown.script("return document.activeElement.name") == "legal_basis"
        basis = f"{BAN['legal_basis']}, {BAN['order_reference']}"
        assert await shown.script("return document.activeElement.value") == basis
        await shown.press(Keys.TAB + "On paper" + Keys.TAB)
        assert await shown.script("return document.activeElement.name") == "second_id"
        code = hall.officers.code("supervisor-1")
        await shown.press(f"supervisor-1{Keys.TAB}{PASSWORD}{Keys.TAB}{code}{Keys.ENTER}")
        await shown.until_text("#ended-title", "Decided: Deny exit")
        await come(centre, 2)
        (decision,) = await decided(centre)
        assert decision.decision is Decision.DENY_EXIT
        assert decision.second_officer_id == "supervisor-1"
        assert (decision.watchlist, decision.watchlist_entry_id) == ("EXIT_BAN", "EB-7")
        assert decision.legal_basis == basis
        assert decision.notice_given is Notice.PAPER
        assert await centre.database.fetchval("SELECT count(*) FROM stay") == 0
        await no_faults(shown)


async def test_a_hit_is_cleared_as_somebody_else_with_its_revision(
    tmp_path: Path, centre: Centre
) -> None:
    async with banned(tmp_path, centre) as (hall, crossing), hall.browser("officer-1") as shown:
        await shown.go(case_of(hall, crossing))
        await shown.until_text("#standing", "You have this case")
        await shown.press("cy")
        await choose(shown, "HIT.OTHER_PERSON")
        await shown.press(Keys.ENTER)
        await shown.until_text(".hits .error", "Say whether it is the listed person")
        await shown.click("[value=not_same_person]")
        await second(shown, hall, "officer-1")  # nobody confirms what they do themselves
        await shown.click("#record")
        await shown.until_text("#fault-second_id", "Another officer than you")
        await second(shown, hall)
        await shown.click("#record")
        await shown.until_text("#ended-title", "Decided: Clear")
        async with asyncio.timeout(10):
            while not await centre.database.fetchval("SELECT count(*) FROM list_settled"):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.05)
        await no_faults(shown, "422")


async def sent_all_the_same(hall: Site, crossing: str) -> str:
    """Return what the first officer is told who decides without having the case."""
    async with hall.client("officer-1") as client:
        form = {"decision": "retry", "reason_code": "CAPTURE.AGAIN"}
        answer = await client.post(f"{case_of(hall, crossing)}/decision", json=form)
    return "".join(str(each) for each in answer.json().values())


async def test_two_officers_on_one_case_and_one_wins(tmp_path: Path, centre: Centre) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as hall:
        crossing = await hall.lanes[0].refer()
        async with hall.browser("officer-1") as first, hall.browser("supervisor-1") as other:
            await first.go(case_of(hall, crossing))
            await first.until_text("#standing", "You have this case")
            await other.go(case_of(hall, crossing))
            await other.until_text("#standing", "This case is with officer-1")
            assert await other.script("return document.getElementById('record').disabled")
            await first.press("r")
            await choose(first, "CAPTURE.AGAIN")
            await other.press("t")
            await other.until_text("#standing", "You have this case")
            await first.until_text("#standing", "This case is with supervisor-1")
            assert "it is with supervisor-1" in await sent_all_the_same(hall, crossing)
            await other.press("s")
            await choose(other, "IDENTITY.DOUBT")
            await other.press(Keys.ENTER)
            await other.until_text("#ended-title", "Decided: Secondary")
            # The other one is told who, what and when, without doing anything.
            await first.until_text("#ended-title", "Decided: Secondary")
            assert "supervisor-1" in await first.text(".ended")
            assert "Decided: Secondary" in await sent_all_the_same(hall, crossing)
            await no_faults(first)
            await no_faults(other)
        async with asyncio.timeout(10):
            while not await decisions(centre):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.05)
        assert await decisions(centre) == ["secondary supervisor-1"]
