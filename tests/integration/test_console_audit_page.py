"""The page of the audit log over real HTTP: searched, verified, exported, and in the log itself."""

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest

from egate.console.audit.acts import AuditAct
from egate.console.audit.reading import PAGE_ROWS, AuditQuery, find
from egate.domain.evidence.audit_head import AuditHead
from tests.centre_harness import Centre
from tests.console_harness import Site, site


def newest(there: Site) -> tuple[str, str]:
    note = find(there.console.audit.path, AuditQuery())[0]
    return note.act, note.detail


async def test_the_log_is_searched_page_by_page_and_every_look_is_in_it(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as there, there.client("auditor-1") as auditor:
        for number in range(PAGE_ROWS + 5):
            there.console.audit.note("officer-9", AuditAct.RECORD_SEEN, f"=cmd{number}")
        asked = {"officer_id": "officer-9", "act": "record_seen"}
        first = await auditor.post("/audit", data=asked)
        assert newest(there) == ("log_searched", "officer_id=officer-9 act=record_seen")
        oldest = find(there.console.audit.path, AuditQuery("officer-9"))[PAGE_ROWS - 1].number
        second = await auditor.post("/audit", data=asked | {"before": str(oldest)})
        odd = await auditor.post("/audit", data={"since": "soon"})
        await auditor.post("/audit", data={"subject": "A01234567"})
        assert newest(there) == ("log_searched", "subject=(another)")
        again = await auditor.get("/audit/verify")
    assert (first.text.count("=cmd"), second.text.count("=cmd")) == (PAGE_ROWS, 5)
    assert (odd.status_code, again.status_code) == (400, 200)


async def test_an_export_has_no_formula_and_is_noted(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as there, there.client("auditor-1") as auditor:
        there.console.audit.note("officer-9", AuditAct.RECORD_SEEN, "=cmd")
        asked = {"officer_id": "officer-9"}
        table = await auditor.post("/audit/export", data=asked | {"format": "csv"})
        assert newest(there) == ("log_exported", "csv officer_id=officer-9")
        lines = await auditor.post("/audit/export", data=asked | {"format": "jsonl"})
        none = await auditor.post("/audit/export", data=asked | {"format": "exe"})
    (row,) = csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff")))
    assert row["subject"] == "'=cmd"
    assert json.loads(lines.text)["subject"] == "=cmd"
    assert none.status_code == 400


async def test_a_changed_log_is_told_on_the_page(tmp_path: Path) -> None:
    async with site(tmp_path, lanes=1) as there, there.client("auditor-1") as auditor:
        there.console.audit.note("officer-9", AuditAct.RECORD_SEEN)
        whole = await auditor.post("/audit/verify", data={"": ""})
        database = sqlite3.connect(there.console.audit.path)
        with database:
            database.execute("DROP TRIGGER act_update")
        database.close()
        broken = await auditor.post("/audit/verify", data={"": ""})
    assert "The log is whole" in whole.text
    assert "The log was changed" in broken.text
    assert "act_update" in broken.text
    assert "Not compared with the centre" in whole.text


@pytest.mark.asyncio(loop_scope="session")
async def test_a_log_that_was_written_anew_is_told_on_the_page(
    centre: Centre, tmp_path: Path
) -> None:
    async with (
        site(tmp_path, centre=centre, lanes=1) as there,
        there.client("auditor-1") as auditor,
    ):
        audit, kept = there.console.audit, there.console.centre
        assert kept
        for number in range(3):
            audit.note("officer-9", AuditAct.RECORD_SEEN, f"=cmd{number}")
        head = audit.head()
        assert head
        await kept.audit_heads.put(head)
        whole = await auditor.post("/audit/verify", data={"": ""})
        audit.note("officer-9", AuditAct.RECORD_SEEN)
        await kept.audit_heads.put(AuditHead(head.number + 1, bytes(32)))  # of another chain
        broken = await auditor.post("/audit/verify", data={"": ""})
    assert "The log is whole" in whole.text
    assert "Heads at the centre that it was compared with" in whole.text
    assert f"row {head.number + 1} is not the one that was expected" in broken.text
