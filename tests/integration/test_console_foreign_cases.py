"""A crossing id of another lane or hall opens nothing: neither at one's own lane nor at theirs."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from egate.console.access.officer import ConsoleRole
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId
from egate.ports.supervision import OfficerOrder
from tests.case_samples import BAN, GATE, CaseLink
from tests.console_harness import site
from tests.integration.test_console_case import AGAIN, Office, link_of, office

OTHER: Final = "DAC-D-02"
FOREIGN: Final = "0197f000-0000-7000-8000-00000000f0e1"
OWN_PATH: Final = f"/gates/{GATE}/cases/{FOREIGN}"
THEIR_PATH: Final = f"/gates/{OTHER}/cases/{FOREIGN}"
TOLD: Final = ("KARIM", "ABDUL", "BX0123456", "1990", "EB-2026", "officer-1", "Retry", "supervisor")


@pytest.fixture
def foreign() -> CaseLink:
    """The lane beside, whose traveller waits for somebody else."""
    link = link_of(CheckId.WATCHLIST, hits=(BAN,), holder="officer-1", crossing=FOREIGN)
    link.gate_id = OTHER
    return link


@pytest.fixture
async def desk(tmp_path: Path, foreign: CaseLink) -> AsyncIterator[Office]:
    async with office(tmp_path, link_of(CheckId.FACE), other=foreign) as desk:
        desk.made.officers.add("lane-1", "Anwar Ali", frozenset({ConsoleRole.OFFICER}), [GATE])
        yield desk


async def all_answers(client: httpx.AsyncClient, path: str) -> dict[str, httpx.Response]:
    async with client.stream("GET", f"{path}/events") as stream:
        await stream.aread()
    return {
        "page": await client.get(path),
        "events": stream,
        "take": await client.post(f"{path}/take", json={"from": "officer-1"}),
        "images": await client.post(f"{path}/images", json={}),
        "holder": await client.post(f"{path}/holder", json={}),
        "decision": await client.post(f"{path}/decision", json=AGAIN),
    }


async def test_another_lane_s_case_is_not_at_one_s_own_lane(
    desk: Office, foreign: CaseLink
) -> None:
    answers = await all_answers(await desk.of("lane-1"), OWN_PATH)
    assert "This case is over" in answers["page"].text
    assert json.loads(answers["events"].text.partition("data: ")[2].partition("\n")[0])["over"]
    assert answers["take"].json() == {"officer_id": None}
    assert (answers["images"].status_code, answers["images"].content) == (204, b"")
    assert answers["decision"].status_code == 410
    for name, answer in answers.items():
        assert not [word for word in TOLD if word in answer.text], name
    assert (foreign.views, foreign.orders, foreign.holder) == ([], [], "officer-1")
    acts = [act for officer_id, act, subject in desk.noted() if subject == FOREIGN]
    assert acts[:4] == ["case_seen", "case_taken", "case_pictures_seen", "case_history_seen"]


async def test_their_lane_is_not_there(desk: Office, foreign: CaseLink) -> None:
    answers = await all_answers(await desk.of("lane-1"), THEIR_PATH)
    assert {answer.status_code for answer in answers.values()} == {404}
    for answer in answers.values():
        assert not [word for word in TOLD if word in answer.text]
    assert (foreign.views, foreign.orders) == ([], [])


async def test_what_was_decided_about_it_is_not_told_at_another_lane(
    desk: Office, foreign: CaseLink
) -> None:
    foreign.hits = ()  # with one, retrying needs a second officer
    officer = await desk.of("officer-1")
    await officer.get(THEIR_PATH)
    decided = await officer.post(f"{THEIR_PATH}/decision", json=AGAIN)
    assert "Decided: Retry" in decided.json()["html"]
    assert "Decided: Retry" in (await officer.get(THEIR_PATH)).text
    answers = await all_answers(await desk.of("lane-1"), OWN_PATH)
    for name, answer in answers.items():
        assert not [word for word in TOLD if word in answer.text], name
    assert len(await desk.decided()) == 1


async def test_an_order_with_it_moves_no_lane(desk: Office, foreign: CaseLink) -> None:
    client = await desk.of("lane-1")
    order = {"order": "reset", "crossing_id": FOREIGN}
    answer = await client.post(f"/hall/lanes/{GATE}/orders", json=order)
    assert answer.json()["result"] == "outdated"
    assert (await client.post(f"/hall/lanes/{OTHER}/orders", json=order)).status_code == 404
    assert foreign.orders == []


async def test_a_gate_itself_gives_nothing_of_another_gate_s_case(tmp_path: Path) -> None:
    """Whatever console asks, also one of another hall."""
    async with site(tmp_path, lanes=2) as there:
        crossing_id = await there.lanes[0].refer()
        links = there.console.hall.links()
        mine, beside = (links[lane.gate_id] for lane in there.lanes)
        assert await mine.case(crossing_id, "officer-1") is not None
        for asked in (beside.case, beside.case_images, beside.case_hits, beside.take_case):
            assert await asked(crossing_id, "officer-1") is None
        assert not await beside.order(OfficerOrder.RESET, "officer-1", crossing_id)
        assert isinstance(there.lanes[0].hall.state, m.AwaitingOfficer)
