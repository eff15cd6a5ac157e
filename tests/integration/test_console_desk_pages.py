"""A page scanner at a desk: lines for the form, what the page shows, and nothing that stays."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio

from egate.console.audit.acts import AuditAct
from egate.console.desk import laid_pages
from egate.domain.optical_finding import Light
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.emrtd.mrz.check_digit import check_digit
from tests.centre_harness import Centre
from tests.console_harness import Site, site
from tests.desk_pages import Glass, glass
from tests.integration.test_console_manual import begun, looked, records

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEED: Final = 900_001
OTHER_SEED: Final = 900_002
LIGHTS_DIFFER_SEED: Final = 780
FORGERY: Final = "mrz_visible_ink_only"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    running: Centre, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Site, Glass]]:
    folder = tmp_path_factory.mktemp("desk")
    async with (
        glass(folder / "pages") as laid,
        site(folder, centre=running, lanes=1, glass=laid) as at,
    ):
        yield at, laid


@pytest_asyncio.fixture(loop_scope="session")
async def at(desk: tuple[Site, Glass], centre: Centre) -> Site:
    assert await centre.store.total() == 0
    return desk[0]


@pytest.fixture
def scanner(desk: tuple[Site, Glass]) -> Glass:
    return desk[1]


@asynccontextmanager
async def attached(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The events of a form that is open."""
    async with client.stream("GET", "/desk/reader") as stream:

        async def events() -> AsyncIterator[dict[str, Any]]:
            async for line in stream.aiter_lines():
                if line.startswith("data: {"):
                    yield json.loads(line.removeprefix("data: "))

        told = events()
        assert (await anext(told))["state"] == "ready"
        yield told


async def lines_of(told: AsyncIterator[dict[str, Any]]) -> list[str]:
    async for event in told:
        if "lines" in event:
            lines: list[str] = event["lines"]
            return lines
    raise AssertionError("the stream ended")


async def page_of(client: httpx.AsyncClient, entry: str, **form: str) -> dict[str, str]:
    """What the form is told of the page once it was looked at, or that there is none."""
    while True:
        answer = await client.post("/desk/page", json={"entry": entry, **form})
        told: dict[str, str] = answer.json()
        if told["state"] != "looking":
            return told
        await asyncio.sleep(0.05)


async def until_gone(client: httpx.AsyncClient, entry: str) -> None:
    while (await page_of(client, entry))["state"] != "none":  # noqa: ASYNC110 - as a browser asks
        await asyncio.sleep(0.05)


async def laid(client: httpx.AsyncClient, scanner: Glass, forgery: str = "") -> tuple[str, str]:
    """Lay a page down for a new form; return the form's id and the lines."""
    entry = await begun(client)
    async with attached(client) as told:
        await scanner.lay(SEED, forgery)
        lines = await lines_of(told)
    return entry, "\n".join(lines)


async def looked_up(client: httpx.AsyncClient, entry: str, lines: str) -> dict[str, str]:
    form, _ = await looked(client, mrz=lines, direction="entry", entry=entry)
    return form | {"sex": lines.split("\n")[1][20].replace("<", "")}


def born_as(lines: str, birth: str) -> str:
    """The lines of a TD3 with another birth and its check digit, of rendered pages not the same."""
    first, second = lines.split("\n")
    second = second[:13] + birth + second[20:43]
    whole = second[:10] + second[13:20] + second[21:43]  # 9303-4 section 4.2.2
    return f"{first}\n{second}{check_digit(whole)}"


def failed_in(html: str) -> list[str]:
    return re.findall(r'data-name="([^"]+)" data-amiss="yes"', html)


async def test_a_page_gives_its_lines_its_pictures_and_what_is_amiss(
    at: Site, scanner: Glass
) -> None:
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry, lines = await laid(client, scanner, FORGERY)
        assert [len(each) for each in lines.split("\n")] == [44, 44]
        shown = await page_of(client, entry)
        pictures = await client.post("/desk/page/pictures", json={"entry": entry})
    assert failed_in(shown["html"])
    assert lines.split("\n")[1][:9].strip("<") in shown["html"]
    names = set(re.findall(rb'name="(\w+)"', pictures.content))
    assert names == {f"page_{light}".encode() for light in Light}


async def test_the_view_survives_looking_up_and_is_gone_when_the_crossing_is_entered(
    at: Site, scanner: Glass, centre: Centre
) -> None:
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry, lines = await laid(client, scanner, FORGERY)
        assert (await page_of(client, entry))["state"] == "shown"
        form = await looked_up(client, entry, lines)
        assert (await page_of(client, entry))["state"] == "shown"
        assert (await client.post("/desk/enter", data=form)).status_code == 303
        assert (await page_of(client, entry))["state"] == "none"
        pictures = await client.post("/desk/page/pictures", json={"entry": entry})
        assert (pictures.status_code, pictures.content) == (204, b"")
    (record,) = await records(at, centre)
    assert {each.check_id for each in record.checks} == set(PAGE_CHECKS)
    ended = {each.check_id: each.outcome for each in record.checks}
    assert ended[CheckId.OPTICAL_IR] is Outcome.FAILED
    assert record.findings == ()


async def test_a_crossing_of_another_document_has_no_checks(
    at: Site, scanner: Glass, centre: Centre
) -> None:
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry, lines = await laid(client, scanner)
        about = {"issuing_state": "BGD", "document_number": "ZZ0000001"}
        other = await page_of(client, entry, **about)
        assert "not the document of the form" in other["html"]
        form = await looked_up(client, entry, lines)
        form["document_number"] = "ZZ0000001"
        assert (await client.post("/desk/enter", data=form)).status_code == 200  # looked up again
        assert (await client.post("/desk/enter", data=form)).status_code == 303
    (record,) = await records(at, centre)
    assert record.checks == ()


async def test_a_visa_beside_the_passport_leaves_the_passport_s_checks(
    at: Site, scanner: Glass, centre: Centre
) -> None:
    async with asyncio.timeout(40), at.client("officer-1") as client:
        entry, lines = await laid(client, scanner)
        assert (await page_of(client, entry))["state"] == "shown"
        form = await looked_up(client, entry, lines)
        async with attached(client) as told:
            await scanner.lay(OTHER_SEED, document="bd_visa")
            (first, _) = await lines_of(told)
        assert first.startswith("V")
        shown = await page_of(client, **form)
        assert "Visa" in shown["html"]
        assert "This visa is not the traveller" in shown["html"]
        assert (await client.post("/desk/enter", data=form)).status_code == 303
    (record,) = await records(at, centre)
    assert {each.check_id for each in record.checks} == set(PAGE_CHECKS)
    assert record.visas == ()


async def test_how_the_checks_of_the_traveller_s_visa_ended_is_recorded(
    at: Site, scanner: Glass, centre: Centre
) -> None:
    async with asyncio.timeout(40), at.client("officer-1") as client:
        entry, lines = await laid(client, scanner)
        assert (await page_of(client, entry))["state"] == "shown"
        async with attached(client) as told:
            await scanner.lay(SEED, FORGERY, document="bd_visa")
            (first, second) = await lines_of(told)
        form = await looked_up(client, entry, born_as(lines, second[13:20]))
        assert "This visa is not the traveller" not in (await page_of(client, **form))["html"]
        assert (await client.post("/desk/enter", data=form)).status_code == 303
        (record,) = await records(at, centre)
        page = await client.get(f"/records/{record.crossing_id}")
    (visa,) = record.visas
    assert (visa.document_code, visa.issuing_state) == ("V", first[2:5])
    assert visa.document_number == second[:9].rstrip("<")
    ended = {each.check_id: each.outcome for each in visa.checks}
    assert set(ended) == set(PAGE_CHECKS)
    assert ended[CheckId.OPTICAL_IR] is Outcome.FAILED
    assert Outcome.FAILED not in {each.outcome for each in record.checks}
    assert f"Checks of the visa {visa.issuing_state} {visa.document_number}" in page.text


async def test_a_page_without_a_zone_is_told_and_still_shown(at: Site, scanner: Glass) -> None:
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry = await begun(client)
        async with attached(client) as told:
            await scanner.lay_blank()
            assert await lines_of(told) == []
        html = (await page_of(client, entry))["html"]
        pictures = await client.post("/desk/page/pictures", json={"entry": entry})
    assert "The MRZ could not be read" in html
    assert b"page_white" in pictures.content


async def test_a_page_without_pictures_is_told_as_one_that_cannot_be_read(
    at: Site, scanner: Glass, capfd: pytest.CaptureFixture[str]
) -> None:
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry = await begun(client)
        async with attached(client) as told:
            scanner.lay_files({Light.WHITE: b"torn"})
            assert await lines_of(told) == []
        assert await page_of(client, entry) == {"state": "none"}
    assert "page unusable" in "".join(capfd.readouterr())


async def test_two_lights_that_show_two_zones_are_told_as_a_forgery(
    at: Site, scanner: Glass
) -> None:
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry = await begun(client)
        async with attached(client) as told:
            await scanner.lay(LIGHTS_DIFFER_SEED, "mrz_altered")
            assert await lines_of(told) == []
        html = (await page_of(client, entry))["html"]
    assert "white and infrared light show different characters" in html


async def test_a_page_is_for_the_form_that_asked_last_and_for_no_other_session(
    at: Site, scanner: Glass
) -> None:
    async with (
        asyncio.timeout(30),
        at.client("officer-2") as other,
        at.client("officer-1") as client,
    ):
        async with attached(other):
            entry, _ = await laid(client, scanner)
        assert (await page_of(client, entry))["state"] == "shown"
        for path in ("/desk/page", "/desk/page/pictures", "/desk/page/specimens"):
            answer = await other.post(path, json={"entry": entry})
            assert answer.content in {b"", b'{"state":"none"}'}, path
    async with at.client("technician-1") as nobody_at_a_desk:
        answer = await nobody_at_a_desk.post("/desk/page", json={"entry": entry})
        assert answer.status_code == 403


async def test_a_page_that_nobody_waits_for_is_for_nobody(at: Site, scanner: Glass) -> None:
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry, _ = await laid(client, scanner)
        await scanner.lay(OTHER_SEED)
        await until_gone(client, entry)
        await scanner.settled()
        async with attached(client):
            assert (await page_of(client, entry))["state"] == "none"


async def test_a_new_form_and_a_locked_session_have_no_page(at: Site, scanner: Glass) -> None:
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry, _ = await laid(client, scanner)
        await begun(client)
        assert (await page_of(client, entry))["state"] == "none"
        entry, _ = await laid(client, scanner)
        sessions = at.console.access.sessions
        session = sessions.find(client.cookies["session"])
        assert session
        assert (await page_of(client, entry))["state"] == "shown"
        sessions.lock(session)
        assert (await client.post("/desk/page", json={"entry": entry})).status_code == 303
        pages = scanner.reader.pages
        assert pages
        while pages.of(session.fingerprint):  # noqa: ASYNC110 - that nothing tells
            await asyncio.sleep(0.05)


async def test_a_page_is_gone_in_time(
    at: Site, scanner: Glass, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry = await begun(client)
        async with attached(client) as told:
            await scanner.lay(SEED)
            await lines_of(told)
            assert (await page_of(client, entry))["state"] == "shown"
            monkeypatch.setattr(laid_pages, "KEPT_SECONDS", 0.0)
            async for event in told:
                if event == {"page": "changed"} and (await page_of(client, entry)) == {
                    "state": "none"
                }:
                    break


async def test_who_looked_at_a_page_is_noted(
    at: Site, scanner: Glass, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[str, AuditAct, str]] = []
    monkeypatch.setattr(at.console.audit, "note", lambda *given: noted.append(given[:3]))
    async with asyncio.timeout(30), at.client("officer-1") as client:
        entry, _ = await laid(client, scanner)
        await page_of(client, entry)
        await client.post("/desk/page/pictures", json={"entry": entry})
    assert noted == [
        ("officer-1", AuditAct.DESK_PAGE_SEEN, entry),
        ("officer-1", AuditAct.DESK_PAGE_PICTURES_SEEN, entry),
    ]
