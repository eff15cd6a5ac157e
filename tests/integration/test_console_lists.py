"""Entries of lists at the console: a maker, a checker, and a running centre behind them."""

import json
import re
import sqlite3
from pathlib import Path

import httpx
import pytest

from egate.lists.kinds import ListKind
from tests.centre_harness import Centre
from tests.console_harness import Site, site
from tests.supervision_pages import ENTRY
from tests.supervision_pages import FIRST as MAKER
from tests.supervision_pages import SECOND as CHECKER

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def waiting(client: httpx.AsyncClient) -> list[str]:
    """Paths of the proposals that wait for a checker."""
    page, _, _ = (await client.get("/lists")).text.partition('id="ended"')
    return re.findall(r'href="(/lists/proposals/\d+)"', page)


async def decide(client: httpx.AsyncClient, path: str, decision: str) -> httpx.Response:
    return await client.post(path, data={"reason": "seen", "decision": decision})


async def approved(served: Site, kind: str = "WANTED", **changes: str) -> None:
    """Let maker and checker put an entry on a list."""
    async with served.client(MAKER) as maker, served.client(CHECKER) as checker:
        answer = await maker.post(f"/lists/new/{kind}", data=ENTRY | changes)
        assert answer.headers["location"] == "/lists?done=list_proposed", answer.text
        (path,) = await waiting(checker)
        assert (await decide(checker, path, "approve")).status_code == 303


async def test_an_entry_needs_another_officer_and_is_then_in_force(
    tmp_path: Path, centre: Centre
) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as served, served.client(MAKER) as maker:
        answer = await maker.post("/lists/new/WANTED", data=ENTRY)
        assert answer.headers["location"] == "/lists?done=list_proposed"
        (path,) = await waiting(maker)
        page = (await maker.get(path)).text
        assert "another officer checks it" in page
        assert 'value="approve"' not in page
        own = await decide(maker, path, "approve")
        assert (own.status_code, "who proposed something" in own.text) == (409, True)
        async with served.client(CHECKER) as checker:
            page = (await checker.get(path)).text
            for said in ("BX0123456", "Md. Anisur Rahman", "RAHMAN MD ANISUR", "1974-XX-XX"):
                assert said in page
            done = await decide(checker, path, "approve")
            assert done.headers["location"] == "/lists?done=list_approved"
            again = await decide(checker, path, "refuse")
            assert (again.status_code, "decided before" in again.text) == (409, True)
            assert await waiting(checker) == []
        found = await maker.post("/lists/search", data={"document_number": "bx 0123456"})
        assert found.status_code == 409  # the State is lacking
        asked = {"document_number": "bx-0123456", "issuing_state": "BGD"}
        found = await maker.post("/lists/search", data=asked)
        assert 'href="/lists/entry/WANTED/SB-2026/114"' in found.text
        entry = (await maker.get("/lists/entry/WANTED/SB-2026/114")).text
        for said in ("on the list", "Dhaka CMM", "case 114", MAKER, CHECKER, "order came in"):
            assert said in entry
    kinds = {row["act"] for row in acts(served)}
    assert {"list_entry_proposed", "list_proposal_seen", "list_proposal_approved"} <= kinds
    assert {"list_searched", "list_entry_seen"} <= kinds
    assert not [row for row in acts(served) if "0123456" in str(row) or "Rahman" in str(row)]


def acts(served: Site) -> list[dict[str, str]]:
    with sqlite3.connect(served.console.audit.path) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM act")]


async def test_a_maker_takes_an_own_proposal_back(tmp_path: Path, centre: Centre) -> None:
    async with (
        site(tmp_path, centre=centre, lanes=1) as served,
        served.client(MAKER) as maker,
        served.client(CHECKER) as checker,
    ):
        await maker.post("/lists/new/WANTED", data=ENTRY)
        (path,) = await waiting(maker)
        assert f'action="{path}/withdraw"' not in (await checker.get(path)).text
        others = await checker.post(f"{path}/withdraw", data={"reason": "mine now"})
        assert (others.status_code, "did not propose" in others.text) == (409, True)
        assert (await maker.post(f"{path}/withdraw", data={"reason": ""})).status_code == 409
        assert f'action="{path}/withdraw"' in (await maker.get(path)).text
        done = await maker.post(f"{path}/withdraw", data={"reason": "wrong order"})
        assert done.headers["location"] == "/lists?done=list_withdrawn"
        assert "was taken back" in (await maker.get("/lists?done=list_withdrawn")).text
        assert await waiting(checker) == []
        late = await decide(checker, path, "approve")
        assert (late.status_code, "its maker took it back" in late.text) == (409, True)
        for page in ((await checker.get(path)).text, (await checker.get("/lists")).text):
            for said in ("taken back by its maker", "wrong order", MAKER):
                assert said in page
    assert ("list_proposal_withdrawn", MAKER) in {
        (row["act"], row["officer_id"]) for row in acts(served)
    }


def count_on(page: str, path: str = "/lists") -> str | None:
    """Return what stands beside a page in the navigation; None where it is not told at all."""
    found = re.search(rf'data-part="check {path}">(?:<span aria-hidden="true">(\d+))?', page)
    return found and (found[1] or "")


async def test_every_page_says_how_many_proposals_wait_for_its_officer(
    tmp_path: Path, centre: Centre
) -> None:
    async with (
        site(tmp_path, centre=centre, lanes=1) as served,
        served.client(MAKER) as maker,
        served.client(CHECKER) as checker,
        served.client("officer-1") as officer,
    ):
        assert count_on((await checker.get("/account")).text) == ""
        for entry_id in ("SB-1", "SB-2"):
            await maker.post("/lists/new/WANTED", data=ENTRY | {"entry_id": entry_id})
        for path in ("/", "/account", "/lists", "/officers", "/records"):
            page = (await checker.get(path)).text
            assert (count_on(page), "2 waiting for your check" in page) == ("2", True), path
            assert count_on((await maker.get(path)).text) == "", path  # nobody checks an own one
        assert count_on((await officer.get("/account")).text) is None
        assert count_on((await checker.get("/account")).text, "/thresholds") is None
        (first, _) = await waiting(checker)
        await decide(checker, first, "refuse")
        assert count_on((await checker.get("/account")).text) == "1"


async def test_an_open_page_is_told_what_waits(tmp_path: Path, centre: Centre) -> None:
    async with (
        site(tmp_path, centre=centre, lanes=1) as served,
        served.client(MAKER) as maker,
        served.client(CHECKER) as checker,
    ):
        for stream, of_another in (("/hall/strip", "SB-1"), ("/hall/events", "SB-2")):
            counts = []
            async with checker.stream("GET", stream) as open_stream:
                lines = open_stream.aiter_lines()
                async for line in lines:
                    if not line.startswith("data: {"):
                        continue
                    part = json.loads(line[6:])["parts"].get("check /lists")
                    if part is None:
                        continue
                    counts.append(count_on(part))
                    if len(counts) > 1:
                        break
                    await maker.post("/lists/new/WANTED", data=ENTRY | {"entry_id": of_another})
            assert counts == (["", "1"] if stream == "/hall/strip" else ["1", "2"])


async def test_a_refused_proposal_lists_nobody(tmp_path: Path, centre: Centre) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as served, served.client(MAKER) as maker:
        await maker.post("/lists/new/EXIT_BAN", data=ENTRY)
        (path,) = await waiting(maker)
        async with served.client(CHECKER) as checker:
            done = await decide(checker, path, "refuse")
        assert done.headers["location"] == "/lists?done=list_refused"
        found = await maker.post("/lists/search", data={"entry_id": ENTRY["entry_id"]})
        assert "Nothing was found" in found.text


async def test_an_entry_is_changed_and_taken_off_by_two(tmp_path: Path, centre: Centre) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as served, served.client(MAKER) as maker:
        await approved(served)
        where = "/lists/change/WANTED/SB-2026/114"
        page = (await maker.get(where)).text
        assert "P BGD BX0123456" in page
        assert 'value="Md. Anisur Rahman"' in page
        taken = await maker.post("/lists/new/WANTED", data=ENTRY)
        assert (taken.status_code, "an entry of this id" in taken.text) == (409, True)
        nothing = {"name-0": "Md. Anisur Rahman", "primary_identifier-0": ""}
        nothing |= {"secondary_identifier-0": "", "aliases-0": "RAHMAN MD ANISUR; Anis; Rana"}
        same = await maker.post(where, data=ENTRY | nothing)
        assert (same.status_code, "nothing would change" in same.text) == (409, True)
        changed = await maker.post(where, data=ENTRY | nothing | {"documents": "P BGD BX0123456"})
        assert changed.status_code == 303
        async with served.client(CHECKER) as checker:
            (path,) = await waiting(checker)
            assert "documents removed" in (await checker.get(path)).text
            await decide(checker, path, "approve")
            off = await checker.post(
                "/lists/revoke/WANTED/SB-2026/114", data={"reason": "order lifted"}
            )
            assert off.status_code == 303
        (path,) = await waiting(maker)
        await decide(maker, path, "approve")
        page = (await maker.get("/lists/entry/WANTED/SB-2026/114")).text
        assert "off the list" in page
        assert "Propose to take it off" not in page


async def test_what_makes_no_entry_is_told_and_the_form_stays(
    tmp_path: Path, centre: Centre
) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as served, served.client(MAKER) as maker:
        for wrong, status, said in (
            ({"documents": "A0123456"}, 400, "code, State and number"),
            ({"documents": "P BGD ?!"}, 409, "document_number"),
            ({"date_of_birth-0": "yesterday"}, 409, "date_of_birth"),
            ({"valid_to": ""}, 409, "valid_to"),
            ({"legal_basis": ""}, 409, "legal_basis"),
            ({"reason": " "}, 409, "reason"),
            ({"documents": "", **{k: "" for k in ENTRY if k.endswith("-0")}}, 400, "Give a doc"),
        ):
            answer = await maker.post("/lists/new/WANTED", data=ENTRY | wrong)
            alert = answer.text.rpartition('role="alert"')[2][:200]
            assert (answer.status_code, said in alert) == (status, True), (wrong, alert)
            assert "Call the duty officer." in answer.text
        assert await waiting(maker) == []
        assert (await maker.get("/lists/new/NOBODY")).status_code == 404
        assert (await maker.get("/lists/proposals/99")).status_code == 409
        assert (await maker.get("/lists/entry/WANTED/none")).status_code == 404


async def test_an_offload_without_an_id_gets_one_and_shuts_the_exit(
    tmp_path: Path, centre: Centre
) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as served, served.client(MAKER) as maker:
        form = (await maker.get("/lists/new/OFFLOAD")).text
        assert '<option value="exit" selected>' in form
        await approved(served, "OFFLOAD", entry_id="", action="REFER")
        found = await maker.post("/lists/search", data={"list": "OFFLOAD", "words": "case 114"})
        assert re.search(r"/lists/entry/OFFLOAD/OFFLOAD-\d{4}-\d\d-\d\d-[0-9a-f]{8}", found.text)


async def test_a_file_is_looked_at_proposed_and_exported(tmp_path: Path, centre: Centre) -> None:
    columns = "entry_id,document_type,issuing_state,document_number,legal_basis,order_reference,"
    rows = columns + "authority,valid_from,status\n"
    row = "L-1,P,BGD,A{0},Passport Order 1973,GD 12,Police,2026-11-01,LISTED\n"
    form = {"list": "LOST_STOLEN_DOC", "rows": rows + row.format(1) + row.format(2)}
    form |= {"reason": "reports of the week", "step": "preview"}
    async with site(tmp_path, centre=centre, lanes=1) as served, served.client(MAKER) as maker:
        assert "File (CSV or JSON)" in (await maker.get("/lists/import")).text
        looked = (await maker.post("/lists/import", data=form)).text
        assert "documents added: 2" in looked
        assert "Nothing is proposed yet" in looked
        bad = form | {"rows": form["rows"] + "L-2,P,,,,,,,\n"}
        refused = (await maker.post("/lists/import", data=bad)).text
        assert "rows refused: 1" in refused
        assert await waiting(maker) == []
        done = await maker.post("/lists/import", data=form | {"step": "propose"})
        assert done.headers["location"] == "/lists?done=list_proposed"
        async with served.client(CHECKER) as checker:
            (path,) = await waiting(checker)
            await decide(checker, path, "approve")
        for form_of_rows in ("csv", "json"):
            asked = {"list": "LOST_STOLEN_DOC", "format": form_of_rows}
            given = await maker.post("/lists/export", data=asked)
            assert given.text.count("GD 12") == 2
            assert re.fullmatch(
                rf'attachment; filename="LOST_STOLEN_DOC-[0-9-]+\.{form_of_rows}"',
                given.headers["content-disposition"],
            )


async def test_only_supervisors_and_only_with_a_centre(tmp_path: Path, centre: Centre) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as served:
        for officer in ("officer-1", "technician-1", "auditor-1"):
            async with served.client(officer) as other:
                assert (await other.get("/lists")).status_code == 403
                assert (await other.post("/lists/new/WANTED", data=ENTRY)).status_code == 403
                assert (await decide(other, "/lists/proposals/1", "approve")).status_code == 403
    (tmp_path / "alone").mkdir()
    async with site(tmp_path / "alone", lanes=1) as served, served.client(MAKER) as maker:
        alone = await maker.get("/lists")
        assert (alone.status_code, "no centre in its settings" in alone.text) == (404, True)


async def test_every_list_has_a_name_in_both_languages(tmp_path: Path, centre: Centre) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as served:
        for language in ("bn", "en"):
            async with served.client(MAKER, language) as maker:
                for kind in ListKind:
                    page = (await maker.get(f"/lists/new/{kind}")).text
                    assert f"> {kind}<" not in page
                    assert f">{kind}<" not in page
