"""Search, records, holders and statistics over real HTTP, with a running centre behind them."""

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from egate.console.audit.reading import AuditNote, AuditQuery, find
from egate.console.centre import open_centre_links
from egate.console.local_time import DHAKA
from egate.ports.statistics import Report
from tests.centre_harness import Centre, record
from tests.console_harness import Site, site
from tests.records_harness import (
    CITIZEN,
    REFERRED,
    SETTLED,
    VISITOR,
    count,
    crossing_id,
    fill,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")
PERSONAL = (VISITOR.document_number, VISITOR.primary_identifier, CITIZEN.document_number, "RAHMAN")


def noted(there: Site) -> list[tuple[str, str, str]]:
    return [
        (note.act, note.subject, note.detail)
        for note in reversed(find(there.console.audit.path, AuditQuery()))
    ]


def last(there: Site) -> AuditNote:
    return find(there.console.audit.path, AuditQuery())[0]


async def test_a_document_is_found_and_its_number_is_in_no_address_and_no_log(
    centre: Centre, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as there:
        await fill(centre, there.clock())
        async with there.client("officer-1") as officer:
            found = await officer.post(
                "/records", data={"issuing_state": "ind", "document_number": "Z1234567"}
            )
            nothing = await officer.post(
                "/records", data={"issuing_state": "IND", "document_number": "Z7654321"}
            )
    assert found.status_code == 200
    assert found.text.count("SEN, ARUN") == 4
    assert str(found.url) == f"{there.url}/records"
    assert "There is no such crossing" in nothing.text
    assert [note[0] for note in noted(there)] == ["crossings_searched"] * 2
    said = capfd.readouterr()
    kept = there.console.audit.path.read_bytes()
    for word in PERSONAL:
        assert word not in said.out + said.err
        assert word.encode() not in kept
        assert f"{word}" not in str(found.request.url)


async def test_pages_of_a_search_follow_one_another(centre: Centre, tmp_path: Path) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as there:
        await fill(centre, there.clock())
        async with there.client("officer-1") as officer:
            since = there.clock() - 86_400 * 2
            local = _local(since)
            all_of_it = await officer.post("/records", data={"since": local})
            by_status = await officer.post("/records", data={"since": local, "status": "referred"})
            by_direction = await officer.post(
                "/records", data={"since": local, "direction": "exit"}
            )
    assert all_of_it.text.count('href="/records/0197') == 3
    assert by_status.text.count('href="/records/0197') == 1
    assert by_direction.text.count('href="/records/0197') == 1


_NOT_SEARCHABLE: Final = (
    ({"gate_id": "G1"}, "Give a time to begin with"),
    ({"document_number": "X1"}, "Give both the State"),
    ({"issuing_state": "BANGLA", "document_number": "X1"}, "three capital letters"),
    ({"crossing_id": "1 OR 1=1"}, "not one of a crossing"),
    ({"since": "yesterday"}, "could not be read"),
    ({"since": "2020-01-01T00:00"}, "Longer than 92 days"),
    ({"gate_id": "../../etc"}, "No gate has such an id"),
    ({"since": "2026-11-22T00:00", "border_crossing_point": "'; DROP"}, "as BDDAC"),
    ({"cursor": "é", "crossing_id": crossing_id(1)}, "does not answer this"),
    ({"cursor": "AAAA", "crossing_id": crossing_id(1)}, "does not answer this"),
)


async def test_what_cannot_be_searched_for_is_said_at_its_field(
    centre: Centre, tmp_path: Path
) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as there, there.client("officer-1") as one:
        for asked, said in _NOT_SEARCHABLE:
            answer = await one.post("/records", data=asked)
            assert (answer.status_code, said in answer.text) == (400, True), asked


async def test_a_record_shows_its_checks_decisions_and_what_settled_it(
    centre: Centre, tmp_path: Path
) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as there:
        await fill(centre, there.clock())
        async with there.client("officer-1") as officer:
            referred = await officer.get(f"/records/{crossing_id(REFERRED)}")
            settled = await officer.get(f"/records/{crossing_id(SETTLED)}")
            missing = await officer.get(f"/records/{crossing_id(99)}")
            no_id = await officer.get("/records/..%2f..%2fetc")
    assert "RAHMAN, NUSRAT" in referred.text
    assert "does not count any more" in referred.text
    assert f'href="/records/{crossing_id(SETTLED)}"' in referred.text
    assert "the same face, older" in referred.text
    assert "ELECTRONIC.ACCESS" in referred.text
    assert "lists older than 15 minutes" in referred.text
    assert "This one counts" in settled.text
    assert f'href="/records/{crossing_id(REFERRED)}"' in settled.text
    assert (missing.status_code, no_id.status_code) == (404, 404)
    seen = [note for note in noted(there) if note[0] == "record_seen"]
    assert [note[1] for note in seen] == [crossing_id(n) for n in (REFERRED, SETTLED, 99)]


async def test_a_holder_has_stays_and_crossings(centre: Centre, tmp_path: Path) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as there:
        await fill(centre, there.clock())
        async with there.client("officer-1") as officer:
            visitor = await officer.post(
                "/records/holder", data={"issuing_state": "IND", "document_number": "Z1234567"}
            )
            half = await officer.post("/records/holder", data={"issuing_state": "IND"})
    assert visitor.text.count('class="rail"') == 2
    assert half.status_code == 400
    assert last(there).act == "holder_seen"


async def test_without_a_centre_the_page_says_so(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as there, there.client("supervisor-1") as officer:
        for path, code in (("/records", 200), (f"/records/{crossing_id(1)}", 503)):
            answer = await officer.get(path)
            assert answer.status_code == code
            assert "connected to no centre" in answer.text
        assert (await officer.get("/statistics")).status_code == 503
        pictures = await officer.post(f"/records/{crossing_id(1)}/pictures", json={})
        assert pictures.status_code == 404


async def test_the_special_branch_is_asked_with_a_reason_that_is_kept(
    centre: Centre, tmp_path: Path
) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as there:
        await fill(centre, there.clock())
        path = f"/records/{crossing_id(REFERRED)}/person"
        async with there.client("officer-1") as officer:
            bare = await officer.post(path, data={"reason": "list_hit", "file": ""})
            odd = await officer.post(path, data={"reason": "curious", "file": "A-1"})
            assert "person_asked" not in [note[0] for note in noted(there)]
            asked = await officer.post(path, data={"reason": "court_order", "file": "WP-4437/2021"})
    assert (bare.status_code, odd.status_code, asked.status_code) == (400, 400, 200)
    assert "no line to it" in asked.text  # this centre has none
    assert last(there).detail == "court_order WP-4437/2021"
    assert last(there).subject == crossing_id(REFERRED)


_ALLOWED: Final = (
    ("auditor-1", "/records", 403),
    ("auditor-1", f"/records/{crossing_id(1)}", 403),
    ("technician-1", "/records", 403),
    ("officer-1", "/statistics", 403),
    ("officer-1", "/audit", 403),
    ("auditor-1", "/audit", 200),
    ("supervisor-1", "/audit", 200),
)


async def test_roles_see_what_they_may(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as there:
        for officer_id, path, code in _ALLOWED:
            async with there.client(officer_id) as officer:
                assert (await officer.get(path)).status_code == code, (officer_id, path)


async def test_statistics_are_drawn_and_are_a_file(centre: Centre, tmp_path: Path) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as there:
        await fill(centre, there.clock())
        await count(centre)
        async with there.client("auditor-1") as auditor:
            page = await auditor.get("/statistics")
            file = await auditor.post("/statistics/export", data={"last": ""})
            odd = await auditor.get("/statistics", params={"first": "2026-11-02", "last": "1999"})
            long = await auditor.get(
                "/statistics", params={"first": "2020-01-01", "last": "2026-01-01"}
            )
    assert page.status_code == 200
    assert page.text.count('role="img"') >= 1
    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert rows[0] == ["table", "row", "column", "value"]
    assert {"totals", "hour", "direction"} <= {row[0] for row in rows}
    assert (odd.status_code, long.status_code) == (400, 400)
    assert last(there).act == "statistics_exported"


async def test_statistics_are_of_one_port_where_one_is_chosen(
    centre: Centre, tmp_path: Path
) -> None:
    async with site(tmp_path, centre=centre, lanes=1) as there:
        await fill(centre, there.clock())
        now = there.clock()
        other = record(88, occurred_at=now - 60, recorded_at=now, border_crossing_point="BDCGP")
        assert not (await centre.submit(other)).refused
        # A report is some seconds old: of days of its own, with all of the day's travellers,
        # some of whom came before midnight when the test runs after it.
        days = {"first": _local(now - 2 * 86_400)[:10]}
        await count(centre)
        async with there.client("auditor-1") as auditor:
            every = await auditor.get("/statistics", params=days)
            page = await auditor.get("/statistics", params={**days, "port": "bdcgp"})
            file = await auditor.post("/statistics/export", data={**days, "port": "BDCGP"})
            odd = await auditor.get("/statistics", params={"port": "'; DROP"})
            statistics = there.console.centre.statistics

            async def of_before(*asked: object) -> Report:
                return replace(await statistics.report(*asked[:3]), port="")

            object.__setattr__(
                there.console.centre, "statistics", SimpleNamespace(report=of_before)
            )
            old = await auditor.get("/statistics", params={"port": "BDCGP"})
    assert "<option>BDCGP</option>" in every.text
    assert "<option selected>BDCGP</option>" in page.text
    assert "<option>BDDAC</option>" in page.text
    assert 'name="port" value="BDCGP"' in page.text
    assert "BDCGP.csv" in file.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert [row[3] for row in rows if row[:3] == ["border_crossing_point", "1", "attempts"]] == [
        "1"
    ]
    assert last(there).detail.endswith(" BDCGP")
    assert (odd.status_code, "Port: a UN/LOCODE" in odd.text) == (400, True)
    assert (old.status_code, "does not count one port alone" in old.text) == (503, True)


async def test_the_centre_goes_away_and_the_page_says_it(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as there, there.client("supervisor-1") as officer:
        tls = there.console.settings.tls
        async with open_centre_links("127.0.0.1:1", tls) as nobody:
            object.__setattr__(there.console, "centre", nobody)
            found = await officer.post("/records", data={"crossing_id": crossing_id(1)})
            record_page = await officer.get(f"/records/{crossing_id(1)}")
            figures = await officer.get("/statistics")
            pictures = await officer.post(f"/records/{crossing_id(1)}/pictures", json={})
    for answer in (found, record_page):
        assert answer.status_code == 503
        assert "The centre is not reached" in answer.text
    assert (figures.status_code, pictures.status_code) == (503, 503)


def _local(moment: float) -> str:
    return dt.datetime.fromtimestamp(moment, DHAKA).strftime("%Y-%m-%dT%H:%M")
