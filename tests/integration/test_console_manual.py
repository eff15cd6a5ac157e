"""Crossings by hand over HTTP: what is looked up, what must be said, and who may."""

import html
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from egate.central.lists.settled import Settled, settle
from egate.console.audit.acts import AuditAct
from egate.console.desk.book_thread import BookUnusable
from egate.console.desk.writing import DeskWriting
from egate.domain.decision import Decision, IdentityConfirmed
from egate.domain.record import CaptureMode, CrossingRecord, CrossingStatus, Direction
from egate.lists.kinds import ListKind
from egate.lists.list_entry import revision_of
from egate.lists.listed_document import ListedDocument
from egate.lists.listed_person import ListedPerson
from egate.reporting.list_entry_client import ListAct
from tests.centre_harness import Centre
from tests.console_harness import PASSWORD, Site, site
from tests.desk_samples import entry
from tests.unit.test_mrz import td3

pytestmark = pytest.mark.asyncio(loop_scope="session")
NUMBER = "BX0123456"
MRZ = "\n".join(td3(number=NUMBER, nationality="BGD", state="BGD", expiry="320415").lines)
PERMIT = {
    "document_code": "TP",
    "issuing_state": "bgd",
    "document_number": "TP 0042/26",
    "primary_identifier": "RAHMAN",
    "secondary_identifier": "MD ANISUR",
    "nationality": "BGD",
    "date_of_birth": "1974-XX-XX",
    "direction": "entry",
}
ON_PAPER = {"on_paper": "yes", "paper_date": "2026-11-20", "paper_time": "0412"}
CHOSEN = {"direction", "outcome", "identity_confirmed", "token", "fallback", "on_paper", "next"}
"""What a browser sends only where it was chosen, and what is of other forms of the page."""
ENTRY = {
    "entry_id": "HC-4437",
    "legal_basis": "Code of Criminal Procedure s. 498",
    "order_reference": "WP 4437/2021",
    "authority": "SB",
    "court": "High Court Division",
    "valid_from": "2020-01-01",
    "valid_to": "2099-01-01",
    "direction": "exit",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(running: Centre, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with site(tmp_path_factory.mktemp("desk"), centre=running, lanes=1) as at:
        yield at


@pytest_asyncio.fixture(loop_scope="session")
async def client(desk: Site, centre: Centre) -> AsyncIterator[httpx.AsyncClient]:
    """An officer's, at a centre that knows nothing yet."""
    assert await centre.store.total() == 0
    async with desk.client("officer-1") as client:
        yield client


async def begun(client: httpx.AsyncClient) -> str:
    """Return the id of a new form."""
    found = re.search(r'name="entry" value="([^"]+)"', (await client.get("/desk")).text)
    assert found
    return found[1]


async def looked(
    client: httpx.AsyncClient, **fields: str | list[str]
) -> tuple[dict[str, Any], httpx.Response]:
    """Look a traveller up; return the form as the page then has it."""
    form = {"entry": fields.pop("entry", None) or await begun(client), **fields}
    answer = await client.post("/desk/look", data=form)
    page = html.unescape(answer.text)
    names = re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page)
    for name, value in names:
        if name not in {
            "direction",
            "outcome",
            "identity_confirmed",
            "token",
            "fallback",
            "on_paper",
            "next",
        }:
            form.setdefault(name, value)
    if read := dict(names).get("mrz_read"):
        form |= {name: value for name, value in names if name in PERMIT and name != "direction"}
        form |= {"mrz_read": read, "document_code": "P", "sex": "F"}
    return form, answer


async def records(desk: Site, centre: Centre) -> list[CrossingRecord]:
    assert desk.console.desk
    await desk.console.desk.send()
    return await centre.records()


async def ban(desk: Site, **row: str) -> None:
    assert desk.console.centre
    lists = desk.console.centre.lists
    made = await lists.propose_entry(ListAct("rahman", "order"), "EXIT_BAN", [ENTRY | row])
    await lists.decide(ListAct("begum", "seen"), made.proposal_id, approved=True)


async def test_a_zone_is_read_looked_up_and_entered(
    desk: Site, client: httpx.AsyncClient, centre: Centre
) -> None:
    form, page = await looked(client, mrz=MRZ, direction="entry")
    assert "On no list" in page.text
    answer = await client.post("/desk/enter", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    (record,) = await records(desk, centre)
    assert (record.capture_mode, record.status) == (CaptureMode.DESK, CrossingStatus.COMPLETED)
    assert (record.direction, record.entered_by) == (Direction.ENTRY, "officer-1")
    assert (record.fallback_reasons, record.decision_id) == ((), "")
    assert record.document
    assert record.document.document_number == NUMBER
    assert record.document.date_of_expiry == "2032-04-15"
    assert "…3456" in (await client.get("/desk")).text


async def test_what_an_officer_corrects_after_the_zone_was_read_counts(
    desk: Site, client: httpx.AsyncClient, centre: Centre
) -> None:
    form, _ = await looked(client, mrz=MRZ, direction="entry")
    form |= {"secondary_identifier": "ANNA MARIAM", "mrz": MRZ.replace("\n", "\r\n")}
    again = await client.post("/desk/enter", data=form)
    assert again.status_code == 200  # the name is another one: it is looked up again
    assert (await client.post("/desk/enter", data=form)).status_code == 303
    (record,) = await records(desk, centre)
    assert record.document
    assert record.document.secondary_identifier == "ANNA MARIAM"


async def test_a_form_that_is_sent_again_is_not_entered_again(
    desk: Site, client: httpx.AsyncClient, centre: Centre
) -> None:
    form, _ = await looked(client, mrz=MRZ, direction="entry")
    await client.post("/desk/enter", data=form)
    again = await client.post("/desk/enter", data=form)
    assert "a moment ago" in again.text  # it is looked up first: the page was left behind
    assert (await client.post("/desk/enter", data=form)).status_code == 303
    assert len(await records(desk, centre)) == 1


async def test_the_same_journey_is_a_warning(client: httpx.AsyncClient) -> None:
    twice = PERMIT | {"document_number": "TP 0043/26"}
    form, page = await looked(client, **twice)
    assert "a moment ago" not in page.text
    await client.post("/desk/enter", data=form)
    assert "a moment ago" in (await looked(client, **twice))[1].text
    assert "a moment ago" not in (await looked(client, **twice | {"direction": "exit"}))[1].text


async def test_what_was_on_paper_has_its_own_time(
    desk: Site, client: httpx.AsyncClient, centre: Centre
) -> None:
    reasons = ["power_cut", "gate_away"]
    form, _ = await looked(client, **PERMIT, **ON_PAPER, fallback=reasons)
    assert (await client.post("/desk/enter", data=form)).status_code == 303
    (record,) = await records(desk, centre)
    assert record.capture_mode is CaptureMode.MANUAL_RETROSPECTIVE
    assert record.occurred_at == 1_795_126_320  # 2026-11-19T22:12Z
    assert record.fallback_reasons == ("gate_away", "power_cut")
    assert record.document
    assert record.document.issuing_state == "BGD"
    kept = (await client.get("/desk")).text
    assert 'value="2026-11-20"' in kept
    assert re.search(r'value="power_cut" checked', kept)
    earlier = PERMIT | ON_PAPER | {"paper_time": "04:11"}
    _, page = await looked(client, **earlier, fallback="power_cut")
    assert "Earlier than the line before it" in page.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mrz": "P<BGD"}, "mrz"),
        ({"mrz": "Ä" * 44 + "\n" + "<" * 44}, "mrz"),
        ({"mrz": "<" * 5000}, "mrz"),
        ({"document_number": ""}, "document_number"),
        ({"primary_identifier": ""}, "primary_identifier"),
        ({"nationality": "12"}, "nationality"),
        ({"date_of_birth": "12.8.1974"}, "date_of_birth"),
        ({"date_of_expiry": "2032"}, "date_of_expiry"),
        ({"document_code": "???"}, "document_code"),
        ({"entry": "../../etc"}, "entry"),
        (ON_PAPER, "fallback"),
        (ON_PAPER | {"fallback": "power_cut", "paper_time": "25:00"}, "paper_time"),
        (ON_PAPER | {"fallback": "power_cut", "paper_date": "2126-11-20"}, "paper_time"),
        ({"seen_clearance": "§"}, "seen_clearance"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_asked(
    desk: Site, client: httpx.AsyncClient, changes: dict[str, str], field: str
) -> None:
    assert desk.console.desk
    before = desk.console.desk.waiting()
    form = {"entry": await begun(client), **PERMIT, **changes}
    for path in ("/desk/look", "/desk/enter"):
        answer = await client.post(path, data=form)
        assert answer.status_code == 422
        assert (f'id="fault-{field}"' in answer.text) == (field != "entry")
        assert "On no list" not in answer.text
    assert desk.console.desk.waiting() == before


async def test_papers_that_an_officer_saw_are_in_the_decision(
    desk: Site, client: httpx.AsyncClient, centre: Centre
) -> None:
    leaving = PERMIT | {"direction": "exit", "purpose": "employment"}
    form, _ = await looked(client, **leaving, seen_clearance="BM 77/1")
    missing = await client.post("/desk/enter", data=form)
    assert 'id="fault-reason_code"' in missing.text
    form["reason_code"] = "AUTHORISATION.SEEN"
    assert (await client.post("/desk/enter", data=form)).status_code == 303
    (record,) = await records(desk, centre)
    (decision,) = await centre.decisions()
    assert record.decision_id == decision.decision_id
    assert decision.decision is Decision.CLEAR
    assert [each.document_number for each in decision.documents_seen] == ["TP 0042/26", "BM 77/1"]


async def test_a_book_that_cannot_be_written_is_said_and_nothing_is_lost(
    desk: Site, client: httpx.AsyncClient, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.console.desk
    form, _ = await looked(client, **PERMIT)

    async def full(_: object) -> None:
        raise BookUnusable("desk.sqlite: database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(desk.console.desk._book, "ask", full)
        for request in (client.post("/desk/enter", data=form), client.get("/desk")):
            answer = await request
            assert answer.status_code == 503
            assert "Use paper" in answer.text
    assert (await client.post("/desk/enter", data=form)).status_code == 303
    assert len(await records(desk, centre)) == 1


async def test_nobody_is_stopped_without_reason_and_law(
    desk: Site, client: httpx.AsyncClient, centre: Centre
) -> None:
    form, _ = await looked(client, **PERMIT)
    form |= {"outcome": "refused_entry", "reason_code": "IDENTITY.DOUBT"}
    assert 'id="fault-legal_basis"' in (await client.post("/desk/enter", data=form)).text
    form["reason_code"] = "FACE.COMPARED"  # for clearing
    assert 'id="fault-reason_code"' in (await client.post("/desk/enter", data=form)).text
    form |= {"reason_code": "IDENTITY.DOUBT", "legal_basis": "Control of Entry Act 1952 s. 3"}
    assert (await client.post("/desk/enter", data=form)).status_code == 303
    (record,) = await records(desk, centre)
    assert record.status is CrossingStatus.REFUSED_ENTRY


async def test_two_officers_decide_about_an_entry_of_a_list(
    desk: Site, client: httpx.AsyncClient, centre: Centre
) -> None:
    await ban(desk, document_type="P", issuing_state="BGD", document_number="TP-0042/26")
    form, page = await looked(client, **PERMIT | {"direction": "exit"})
    assert "This document is on a list" in page.text
    assert "Code of Criminal Procedure s. 498" in page.text
    form |= {"outcome": "denied_exit", "reason_code": "IDENTITY.DOUBT", "legal_basis": "s. 498"}
    assert 'id="fault-identity_confirmed"' in (await client.post("/desk/enter", data=form)).text
    form |= {"identity_confirmed": "same", "second_officer_id": "officer-2"}
    own = {"second_officer_id": "officer-1", "second_code": desk.officers.code("officer-1")}
    for wrong in ({"second_password": "guessed"}, own | {"second_password": PASSWORD}):
        refused = await client.post("/desk/enter", data=form | wrong)
        assert 'id="fault-second"' in refused.text
        assert wrong["second_password"] not in refused.text
    form |= {"second_password": PASSWORD, "second_code": desk.officers.code("officer-2")}
    assert (await client.post("/desk/enter", data=form)).status_code == 303
    (record,) = await records(desk, centre)
    assert record.status is CrossingStatus.DENIED_EXIT
    (decision,) = await centre.decisions()
    assert (decision.watchlist, decision.watchlist_entry_id) == ("EXIT_BAN", "HC-4437")
    assert decision.identity_confirmed is IdentityConfirmed.SAME
    assert decision.second_officer_id == "officer-2"


@pytest.mark.parametrize(
    ("person", "is_shown"),
    [
        ({"primary_identifier": "RAHMAN", "secondary_identifier": "MD ANISUR"}, True),
        ({"name": "Md. Anisur Rahman", "date_of_birth": "1974"}, True),
        ({"name": "Md. Anisur Rahman", "date_of_birth": "1980-01-01"}, False),
        ({"name": "Rahman Khatun", "date_of_birth": "1974"}, False),
    ],
)
async def test_somebody_of_the_same_name_is_shown(
    desk: Site, client: httpx.AsyncClient, person: dict[str, str], *, is_shown: bool
) -> None:
    await ban(desk, **person)
    _, page = await looked(client, **PERMIT | {"direction": "exit"})
    assert ("Somebody of this name is on a list" in page.text) is is_shown
    assert "Somebody of this name" not in (await looked(client, **PERMIT))[1].text  # an exit ban


async def test_a_name_that_cannot_be_compared_is_never_on_no_list(
    client: httpx.AsyncClient,
) -> None:
    _, page = await looked(client, **PERMIT | {"secondary_identifier": "A " * 25})
    assert "could not be compared with the lists" in page.text
    assert "On no list" not in page.text


async def test_a_traveller_whom_an_officer_cleared_is_not_stopped_again(
    desk: Site, client: httpx.AsyncClient, centre: Centre
) -> None:
    person = ListedPerson(("Md. Anisur Rahman",), "1974")
    await ban(desk, name=person.names[0], date_of_birth="1974")
    async with centre.database.acquire() as connection:
        holder = ListedDocument.of("TP", "BGD", PERMIT["document_number"])
        cleared = "0197f000-0000-7000-8000-000000000001"
        await settle(
            connection,
            Settled(cleared, ListKind.EXIT_BAN, "HC-4437", revision_of([person]), holder, "rahman"),
        )
    _, page = await looked(client, **PERMIT | {"direction": "exit"})
    assert "On no list" in page.text
    other = PERMIT | {"direction": "exit", "document_number": "TP 0043/26"}
    assert "Somebody of this name is on a list" in (await looked(client, **other))[1].text


async def test_who_looked_and_entered_is_noted(
    desk: Site, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[str, AuditAct, str]] = []
    monkeypatch.setattr(desk.console.audit, "note", lambda *given: noted.append(given[:3]))
    form, _ = await looked(client, **PERMIT)
    await client.post("/desk/enter", data=form)
    await client.get("/desk/book")
    assert noted == [
        ("officer-1", AuditAct.DESK_TRAVELLER_SEEN, form["entry"]),
        ("officer-1", AuditAct.DESK_CROSSING_ENTERED, form["entry"]),
        ("officer-1", AuditAct.DESK_BOOK_SEEN, ""),
    ]


async def test_a_break_of_the_desk_s_evidence_is_told_on_every_page(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "The evidence of this desk&#39;s records is broken: tell the supervisor"
    assert told not in (await client.get("/")).text
    monkeypatch.setattr(DeskWriting, "evidence_is_broken", True)
    assert told in (await client.get("/")).text
    assert told in (await client.get("/desk/banner")).text


async def test_what_the_centre_refused_is_in_the_book_until_somebody_knows(
    desk: Site, client: httpx.AsyncClient
) -> None:
    assert desk.console.desk
    refused = entry(1, capture_mode=CaptureMode.EGATE)
    assert refused.crossing
    await desk.console.desk.enter([refused])
    await desk.console.desk.send()
    record_id = {"record_id": refused.crossing.crossing_id}
    page = (await client.get("/desk/book")).text
    assert "the centre refused it" in page
    assert "ERIKSSON ANNA" in page
    assert "Records that the centre refused: 1" in (await client.get("/desk/banner")).text
    assert (await client.post("/desk/book/again", data=record_id)).status_code == 303
    await desk.console.desk.send()
    assert (await client.post("/desk/book/acknowledge", data=record_id)).status_code == 303
    assert "refused" not in (await client.get("/desk/banner")).text
    assert "officer-1" in (await client.get("/desk/book")).text
    assert (await client.post("/desk/book/now", data={"now": "yes"})).status_code == 303


@pytest.mark.parametrize("officer_id", ["technician-1", "auditor-1"])
async def test_only_who_enters_crossings_sees_the_desk(desk: Site, officer_id: str) -> None:
    async with desk.client(officer_id) as other:
        for path in ("/desk", "/desk/book"):
            assert (await other.get(path)).status_code == 403
        for path in ("/desk/look", "/desk/enter", "/desk/book/again"):
            assert (await other.post(path, data=PERMIT)).status_code == 403


async def test_a_form_of_another_page_is_refused(client: httpx.AsyncClient) -> None:
    for headers in ({"X-Console-Token": "guessed"}, {"Origin": "https://example.org"}):
        answer = await client.post("/desk/enter", data=PERMIT, headers=headers)
        assert answer.status_code == 403


async def test_a_name_is_text_and_no_markup(client: httpx.AsyncClient) -> None:
    _, page = await looked(client, **PERMIT | {"primary_identifier": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text
