"""Thresholds at the console: two supervisors with their keys, and lanes that take a change."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from egate.domain.time import UtcSeconds
from tests.console_harness import Site, site
from tests.gate_samples import POLICY
from tests.supervision_pages import FIRST, KEY_PASSWORD, SECOND, at, keys_made, office

WRONG, ANOTHER = {"password": "wrong, wrong"}, {"password": "another of mine 26"}
SIMILARITY = "profiles.standard.min_similarity"


@pytest.fixture(scope="module")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sealed keys of the two supervisors, and public halves beside them: made once."""
    return keys_made(tmp_path_factory.mktemp("made"))


@asynccontextmanager
async def hall(tmp_path: Path, made_keys: Path, lanes: int = 2) -> AsyncIterator[Site]:
    async with site(tmp_path, lanes=lanes, policy=office(tmp_path, made_keys)) as served:
        yield served


async def propose(client: httpx.AsyncClient, site: Site, **changes: str) -> httpx.Response:
    form = {
        "key": SIMILARITY,
        "value": "0.5",
        "begins": "",
        "ends": at(site, 24),
        "reason": "Twins on the flight.",
        "password": KEY_PASSWORD,
    }
    return await client.post("/thresholds/changes", data=form | changes)


async def approve(
    client: httpx.AsyncClient, number: int = 1, password: str = KEY_PASSWORD
) -> httpx.Response:
    return await client.post(f"/thresholds/changes/{number}/approve", data={"password": password})


def similarity(site: Site, lane: int = 0) -> float:
    policy = site.lanes[lane].hall.gate.runner.newest_policy
    return policy.in_force(UtcSeconds(site.clock())).profile.min_similarity


async def test_two_supervisors_change_a_threshold_of_every_lane(
    tmp_path: Path, made_keys: Path
) -> None:
    async with hall(tmp_path, made_keys) as site, site.client(FIRST) as first:
        answer = await propose(first, site)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/thresholds?done=proposed",
        )
        page = (await first.get("/thresholds?done=proposed")).text
        assert "another supervisor approves it" in page
        assert "Twins on the flight." in page
        assert similarity(site) == POLICY.profile.min_similarity
        async with site.client(SECOND) as second:
            assert (await approve(second)).status_code == 303
            for lane, served in enumerate(site.lanes):
                await served.hall.until(lambda lane=lane: similarity(site, lane) == 0.5)
            assert site.console.delivery
            await site.console.delivery.deliver()
            page = (await second.get("/thresholds")).text
        assert page.count("has it") == 2
        assert "0.45 → <b>0.5</b>" in page
        site.clock.ahead = 25 * 3600
        assert similarity(site) == POLICY.profile.min_similarity
        async with site.client(FIRST) as first_later:
            page = (await first_later.get("/thresholds")).text
        assert page.count("has it") == 0
        assert "ended" in page


async def test_who_may_approve_is_told_on_every_page_that_a_change_waits(
    tmp_path: Path, made_keys: Path
) -> None:
    def told(page: httpx.Response) -> str:
        (found,) = re.findall(r'data-part="check /thresholds">(.*?)</a>', page.text, re.DOTALL)
        return re.sub("<[^>]*>", "", found).strip()

    async with (
        hall(tmp_path, made_keys, 1) as site,
        site.client(FIRST) as first,
        site.client(SECOND) as second,
    ):
        assert told(await second.get("/account")) == ""
        await propose(first, site)
        assert told(await second.get("/account")) == "1: 1 waiting for your check"
        assert told(await first.get("/account")) == ""
        await approve(second)
        assert told(await second.get("/account")) == ""


async def test_the_same_supervisor_does_not_approve(tmp_path: Path, made_keys: Path) -> None:
    async with hall(tmp_path, made_keys, 1) as site, site.client(FIRST) as first:
        await propose(first, site)
        assert "/thresholds/changes/1/approve" not in (await first.get("/thresholds")).text
        answer = await approve(first)
        assert answer.status_code == 409
        assert "proposed it; another approves" in answer.text
        assert site.console.delivery
        assert await site.console.delivery.thresholds.for_gates() == []


async def test_what_no_gate_would_take_is_refused_and_the_form_stays(
    tmp_path: Path, made_keys: Path
) -> None:
    async with hall(tmp_path, made_keys, 1) as site, site.client(FIRST) as first:
        for wrong, status, said in (
            ({"value": "7"}, 409, "is not above 0 and at most 1"),
            ({"value": "much"}, 400, "not a number"),
            ({"key": "obligations.ELECTRONIC.PA.COUNTRY"}, 400, "Choose a threshold"),
            ({"key": "profiles.standard.mood"}, 409, "there is no such key"),
            ({"ends": at(site, 31 * 24)}, 409, "more than 30 days"),
            ({"ends": at(site, -1)}, 409, "is not after from"),
            ({"ends": "soon"}, 400, "not a date and a time"),
            ({"reason": " "}, 409, "reason"),
            ({"password": "another one, wrong"}, 403, "does not open your signing key"),
        ):
            answer = await propose(first, site, **wrong)
            assert (answer.status_code, said in answer.text) == (status, True), wrong
            assert KEY_PASSWORD not in answer.text
        bangla = "0.5".translate(str.maketrans("05", "\u09e6\u09eb"))
        assert (await propose(first, site, value=bangla)).status_code == 303


async def test_a_change_that_is_over_or_overlaps_is_not_approved(
    tmp_path: Path, made_keys: Path
) -> None:
    async with (
        hall(tmp_path, made_keys, 1) as site,
        site.client(FIRST) as first,
        site.client(SECOND) as second,
    ):
        for ends in (1, 24, 24):
            await propose(first, site, ends=at(site, ends))
        assert (await approve(second, 2)).status_code == 303
        answer = await approve(second, 3)
        assert (answer.status_code, "while 2 does" in answer.text) == (409, True)
        assert (await approve(second, 9)).status_code == 409
        site.clock.ahead = 2 * 3600
        async with site.client(SECOND) as later:
            answer = await approve(later, 1)
        assert (answer.status_code, "nothing to approve" in answer.text) == (409, True)


async def test_wrong_passwords_pause(tmp_path: Path, made_keys: Path) -> None:
    async with hall(tmp_path, made_keys, 1) as site, site.client(FIRST) as first:
        site.clock.stop()
        for _ in range(3):
            assert (await propose(first, site, **WRONG)).status_code == 403
        assert (await propose(first, site)).status_code == 429
        site.clock.ahead = 3600
        async with site.client(FIRST) as later:
            answer = await propose(later, site)
        assert answer.headers["location"] == "/thresholds?done=proposed"


async def test_a_new_key_signs_once_the_hall_believes_it(tmp_path: Path, made_keys: Path) -> None:
    async with hall(tmp_path, made_keys, 1) as site, site.client(FIRST) as first:
        short = await first.post("/thresholds/key", data={"password": "short"})
        assert (short.status_code, "12 to 200 characters" in short.text) == (409, True)
        made = await first.post("/thresholds/key", data=ANOTHER)
        pem = made.text.partition('tabindex="0">')[2].partition("</pre>")[0]
        assert "BEGIN PUBLIC KEY" in pem
        strange = await propose(first, site, **ANOTHER)
        assert (strange.status_code, "not in the hall" in strange.text) == (409, True)
        assert "the folder of public keys lacks" in strange.text
        (tmp_path / "keys" / f"{FIRST}.pem").write_text(pem)
        assert (await propose(first, site, **ANOTHER)).status_code == 303


async def test_only_supervisors_and_only_pages_of_theirs(tmp_path: Path, made_keys: Path) -> None:
    async with hall(tmp_path, made_keys, 1) as site:
        for officer in ("officer-1", "technician-1", "auditor-1"):
            async with site.client(officer) as other:
                assert (await other.get("/thresholds")).status_code == 403
                assert (await propose(other, site)).status_code == 403
        async with site.client(FIRST) as first:
            first.headers["X-Console-Token"] = "guessed"
            assert (await propose(first, site)).status_code == 403


async def test_a_console_without_a_policy_or_with_a_broken_one_says_so(
    tmp_path: Path, made_keys: Path
) -> None:
    (tmp_path / "none").mkdir()
    async with site(tmp_path / "none", lanes=1) as served, served.client(FIRST) as first:
        assert "no policy in its settings" in (await first.get("/thresholds")).text
        assert (await propose(first, served)).status_code == 404
        assert (await approve(first)).status_code == 404
        assert (await first.post("/thresholds/key", data=ANOTHER)).status_code == 404
    (tmp_path / "broken").mkdir()
    policy = office(tmp_path / "broken", made_keys)
    policy.file.write_text("no policy")
    async with (
        site(tmp_path / "broken", lanes=1, policy=policy) as served,
        served.client(FIRST) as first,
    ):
        assert "The policy cannot be read" in (await first.get("/thresholds")).text


async def test_a_lane_that_is_away_gets_it_later(tmp_path: Path, made_keys: Path) -> None:
    async with (
        hall(tmp_path, made_keys, 2) as site,
        site.client(FIRST) as first,
        site.client(SECOND) as second,
    ):
        delivery = site.console.delivery
        assert delivery
        lost = delivery._lanes["BDDAC-E-02"]
        delivery._lanes["BDDAC-E-02"] = type(lost)("127.0.0.1:1", lost._link._tls)
        await propose(first, site)
        await approve(second)
        await site.lanes[0].hall.until(lambda: similarity(site, 0) == 0.5)
        page = (await second.get("/thresholds")).text
        assert "not reached yet" in page
        delivery._lanes["BDDAC-E-02"] = lost
        await delivery.deliver()
        assert similarity(site, 1) == 0.5
