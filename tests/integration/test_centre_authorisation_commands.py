"""``egate central authorisations``, ``successions``, ``stays``: files in, approval, files out."""

import asyncio
import csv
import io
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from egate.central.acceptance import CrossingRow, examine
from egate.central.authorisations.acts import Origin, file_act
from egate.central.authorisations.limits import RulesInForce, judge_some
from egate.central.authorisations.rows import ExtensionRow
from egate.central.authorisations.work_lists import open_stays
from egate.cli.main import main
from egate.domain.evidence import StayGrant, TravelDocument
from egate.domain.record import CrossingRecord, CrossingStatus, Direction
from egate.domain.time import UtcSeconds
from egate.reporting.mapping import encode
from egate.settings import Database
from tests.authorisation_samples import RULES_FILE, RULES_TEXT, at
from tests.centre_harness import GATE, Centre, beside, database_table, record

pytestmark = pytest.mark.asyncio(loop_scope="session")
Egate = Callable[..., tuple[int, str, str]]
VISAS = """kind,number,issuing_state,document_number,valid_from,valid_to,entries_allowed,conditions
visa_mrv,V1,SRB,012345678,2026-01-01,2026-12-31,1,
e_visa,E 2,IND,z-765,2026-01-01,,,"Dhaka, only"
"""
BY_VISAS = ("--by", "clerk", "--legal-basis", "Visa Policy 2019", "--system", "visas")
BY_CLERK = ("--by", "clerk", "--legal-basis", "circular 12")


@pytest.fixture
def egate(
    centre: Centre,
    centre_database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Egate:
    config = tmp_path / "central.toml"
    config.write_text(
        f'listen = "127.0.0.1:0"\nauthorisation_rules = "{RULES_FILE}"\n'
        '[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(centre_database)}"
        '[tls]\nca = "a.pem"\ncertificate = "c.pem"\nkey = "c.key"\n'
    )
    assert centre.at.grpc

    def run(*words: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        line = ["central", *map(str, words), "--config", str(config)]
        code = beside(lambda: main(line))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def file(folder: Path, text: str, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def answer(said: tuple[int, str, str]) -> Any:  # noqa: ANN401 - JSON
    return json.loads(said[1])


async def test_a_preview_changes_nothing_and_an_import_says_line_by_line(
    egate: Egate, tmp_path: Path
) -> None:
    visas = file(tmp_path, VISAS)
    words = ("authorisations", "import", visas, *BY_VISAS)
    seen = answer(egate(*words, "--preview"))
    assert (seen["new"], seen["new_lines"], seen["act_id"]) == (2, [2, 3], None)
    assert json.loads(egate("authorisations", "export", "--format", "json")[1]) == []
    taken = answer(egate(*words))
    assert (taken["new"], taken["in_force"]) == (2, True)
    changed = file(tmp_path, VISAS.replace("V1,SRB", "V1,SVN").replace(",,,", ",,7,"))
    seen = answer(egate("authorisations", "import", changed, *BY_VISAS))
    assert (seen["new"], seen["changed_lines"], seen["unchanged"]) == (0, [2, 3], 0)
    again = answer(egate("authorisations", "import", changed, *BY_VISAS))
    assert (again["changed"], again["unchanged"], again["act_id"]) == (0, 2, None)


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_what_is_exported_is_imported_as_it_was(
    centre: Centre, egate: Egate, tmp_path: Path, form: str
) -> None:
    egate("authorisations", "import", file(tmp_path, VISAS), *BY_VISAS)
    _, text, _ = egate("authorisations", "export", "--format", form)
    rows = json.loads(text) if form == "json" else list(csv.DictReader(io.StringIO(text)))
    assert [row["number"] for row in rows] == ["E 2", "V1"]
    assert (rows[0]["document_number"], rows[0]["conditions"]) == ("Z765", "Dhaka, only")
    exported = file(tmp_path, text, f"out.{form}")
    seen = answer(egate("authorisations", "import", exported, *BY_VISAS))
    assert (seen["unchanged"], seen["new"], seen["changed"]) == (2, 0, 0)
    await centre.database.execute("TRUNCATE authorisation_entry")
    assert answer(egate("authorisations", "import", exported, *BY_VISAS))["new"] == 2
    assert egate("authorisations", "export", "--format", form)[1] == text


async def test_rows_that_are_refused_stop_the_rest_and_are_told_by_line(
    egate: Egate, tmp_path: Path
) -> None:
    odd = file(
        tmp_path,
        "kind,number,issuing_state,document_number,valid_from,entries_used\n"
        "visa_mrv,V1,SRB,1,2026-01-01,\n"
        "secret,V2,SRB,1,2026-01-01,0\n"
        "visa_mrv,V3,SRB,<<<,2026-01-01,0\n"
        "visa_mrv,V4,SRB,1,20260101,0\n"
        "visa_mrv,V5,SRB,1,2026-01-01,2\n"
        "visa_mrv,V6,SRB,SECRET,2026-01-01,0\n"
        "visa_mrv,V6,SRB,2,2026-01-01,0\n"
        "visa_mrv,V7,SRB\n",
    )
    code, said, _ = egate("authorisations", "import", odd, *BY_VISAS)
    seen = json.loads(said)
    assert (code, seen["act_id"], "SECRET" in said) == (1, None, False)
    reasons = {each["line"]: each["reason"] for each in seen["refused_lines"]}
    assert reasons.keys() == {2, 3, 4, 6, 8, 9}
    assert reasons[3].startswith("kind: ")
    assert reasons[4].startswith("document_number: ")
    assert "needs counted_at" in reasons[6]
    assert reasons[8] == "said already in line 7"
    code, said, _ = egate("authorisations", "import", odd, *BY_VISAS, "--without-refused")
    assert (code, json.loads(said)["new_lines"]) == (1, [5, 7])
    for text in ("number\n1\n", "[{]", '[{"kind": 5}]'):
        assert egate("authorisations", "import", file(tmp_path, text), *BY_VISAS)[0] in (1, 2)
    assert egate("authorisations", "import", tmp_path / "none", *BY_VISAS)[0] == 2
    assert egate("authorisations", "import", odd, "--by", "", "--legal-basis", "x")[0] == 2
    assert egate("authorisations", "import", odd, "--by", "x", "--legal-basis", "\n")[0] == 2


async def test_what_a_person_files_holds_when_another_approves(
    egate: Egate, tmp_path: Path
) -> None:
    extension = file(
        tmp_path,
        "number,issuing_state,document_number,given_on,authorised_until\n"
        "X1,SRB,012345678,2026-11-01,2026-12-31\n",
    )
    words = ("authorisations", "import", extension, "--subject", "extensions", *BY_CLERK)
    filed = answer(egate(*words))
    assert filed["in_force"] is False
    (waiting,) = answer(egate("authorisations", "waiting"))
    assert (waiting["act_id"], waiting["rows"], waiting["made_by"]) == (filed["act_id"], 1, "clerk")
    approve = ("authorisations", "approve", filed["act_id"], "--by")
    assert egate(*approve, "Clerk")[0] == 2
    assert egate("authorisations", "show", "SRB:012345678")[0] == 1
    assert egate(*approve, "director")[0] == 0
    assert egate(*approve, "director")[0] == 2
    (said,) = answer(egate("authorisations", "show", "SRB:012345678"))
    assert (said["made_by"], said["approved_by"], said["legal_basis"]) == (
        "clerk",
        "director",
        "circular 12",
    )
    other = answer(egate(*words[:2], file(tmp_path, VISAS), *BY_CLERK))
    assert egate("authorisations", "decline", other["act_id"], "--by", "clerk")[0] == 0
    assert answer(egate("authorisations", "waiting")) == []
    assert egate("authorisations", "approve", other["act_id"], "--by", "director")[0] == 2
    assert egate("authorisations", "approve", "SECRET", "--by", "director")[0] == 2
    assert egate("authorisations", "show", "SECRET")[0] == 2


async def test_what_was_known_is_shown_with_who_changed_it(egate: Egate, tmp_path: Path) -> None:
    egate("authorisations", "import", file(tmp_path, VISAS), *BY_VISAS)
    moved = file(tmp_path, VISAS.replace("012345678", "999"))
    egate("authorisations", "import", moved, *BY_VISAS)
    (old,) = answer(egate("authorisations", "show", "SRB:012345678"))
    assert old["retired_at"] is not None
    linked = file(
        tmp_path,
        "kind,earlier_issuing_state,earlier_document_number,later_issuing_state,"
        "later_document_number\nrenewed,SRB,012345678,SRB,999\n",
    )
    assert answer(egate("successions", "import", linked, *BY_VISAS))["in_force"] is True
    shown = answer(egate("authorisations", "show", "SRB:012345678"))
    assert [each["subject"] for each in shown] == ["authorisations"] * 2 + ["successions"]
    assert shown[1]["retired_at"] is None
    assert (
        egate("successions", "export")[1].splitlines()[1] == "renewed,SRB,012345678,SRB,999,,valid"
    )


def stay(number: int, day: str, direction: Direction, until: str) -> CrossingRecord:
    return record(
        number,
        direction=direction,
        occurred_at=at(day),
        status=CrossingStatus.COMPLETED,
        document=TravelDocument("P", "SRB", f"S{number:05}", "", "DOE", "JO", "SRB", "", ""),
        grant=StayGrant("VISA_MRV", "V", None, until) if until else None,
    )


def of(made: CrossingRecord, **changes: str) -> CrossingRecord:
    assert made.document is not None
    return replace(made, document=replace(made.document, **changes))


def elsewhere(made: CrossingRecord) -> CrossingRecord:
    return replace(made, border_crossing_point="BDCGP")


async def test_the_work_lists(centre: Centre, egate: Egate) -> None:
    entry, exit_ = Direction.ENTRY, Direction.EXIT
    await centre.submit(
        stay(1, "2025-01-01", entry, "2025-01-30"),
        elsewhere(stay(2, "2025-01-01", entry, "2125-01-30")),
        stay(3, "2025-01-01", entry, ""),
        stay(4, "2025-02-01", exit_, ""),
        elsewhere(stay(5, "2025-01-02", entry, "2025-02-01")),
        of(stay(6, "2025-01-02", entry, ""), nationality="BGD"),  # with a laissez-passer
        of(stay(7, "2025-01-02", entry, ""), issuing_state="BGD", nationality="BGD"),
    )
    code, text, _ = egate("stays", "--overdue", "--json")
    found = json.loads(text)["stays"]
    assert code == 1
    assert [(each["document_number"], each["port"]) for each in found] == [
        ("S00001", "BDDAC"),
        ("S00005", "BDCGP"),
    ]
    assert found[0]["allowed_until"] == "2025-01-30"
    assert found[0]["days_over"] > 300
    code, text, _ = egate("stays", "--overdue", "--csv", "--port", "BDCGP")
    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["document_number"], line["matter"]) == ("S00005", "overdue")
    code, text, _ = egate("stays", "--unmatched", "--json")
    (alone,) = json.loads(text)["stays"]
    assert (alone["matter"], alone["document_number"]) == ("exit_without_entry", "S00004")
    assert "S00004" in egate("stays", "--unmatched")[1]
    assert "BDCGP" in egate("stays", "--count")[1]
    code, text, _ = egate("stays", "--count", "--csv")
    (chittagong, dhaka) = csv.DictReader(io.StringIO(text))
    assert (code, chittagong["port"], chittagong["overdue"]) == (0, "BDCGP", "1")
    assert (dhaka["open"], dhaka["overdue"], dhaka["unknown"]) == ("3", "1", "1")
    assert egate("stays", "--unmatched", "--port", "BDZYL", "--csv")[0] == 0
    rules = RulesInForce.from_file(RULES_FILE)
    counted = await open_stays(centre.database, rules.rules, at("2025-02-01"))
    assert [(each.port, each.open, each.overdue, each.unknown) for each in counted] == [
        ("BDCGP", 2, 0, 0),
        ("BDDAC", 3, 1, 1),
    ]


async def test_last_days_follow_extensions_and_new_rules(centre: Centre, tmp_path: Path) -> None:
    plain = replace(
        stay(1, "2026-10-01", Direction.ENTRY, ""), grant=StayGrant("VOA", "V", None, "")
    )
    came = of(plain, nationality="JPN")
    await centre.submit(came)
    rules = RulesInForce.from_file(RULES_FILE)

    async def becomes(until: str, by: RulesInForce = rules) -> None:
        async with asyncio.timeout(10):  # the centre of the harness judges beside us
            while until != await centre.database.fetchval(
                "SELECT allowed_until::text FROM stay WHERE first_id = $1",
                uuid.UUID(came.crossing_id),
            ):
                await judge_some(centre.database, by)

    await becomes("2026-10-30")
    extension = ExtensionRow.of(
        {
            "number": "X1",
            "issuing_state": "SRB",
            "document_number": "S00001",
            "given_on": "2026-10-10",
            "authorised_until": "2026-12-31",
        }
    )
    ministry = Origin("clerk", "Foreigners Act 1946", "ministry")
    await file_act(centre.database, [extension], ministry)
    await becomes("2026-12-31")
    withdrawn = ExtensionRow.of({**extension.texts(), "status": "withdrawn"})
    await file_act(centre.database, [withdrawn], ministry)
    await becomes("2026-10-30")
    # An extension that comes while the stay seems to be over holds when it turns out not to be.
    left = of(stay(2, "2026-10-05", Direction.EXIT, ""), document_number="S00001")
    await centre.submit(left)
    again = ExtensionRow.of({**extension.texts(), "authorised_until": "2027-01-31"})
    await file_act(centre.database, [again], ministry)
    never = replace(left, crossing_id=record(3).crossing_id, gate_seq=3)
    row = examine(encode(replace(never, status=CrossingStatus.ABANDONED)), GATE)
    assert isinstance(row, CrossingRow)
    await centre.store.put([row._replace(supersedes=uuid.UUID(left.crossing_id))])
    await becomes("2027-01-31")
    await file_act(centre.database, [withdrawn], ministry)
    shorter = tmp_path / "rules.toml"
    shorter.write_text(RULES_TEXT.replace("stay = 30", "stay = 15"), "utf-8")
    await becomes("2026-10-15", RulesInForce.from_file(shorter))


async def test_a_clock_of_another_age_and_a_record_that_is_gone_stop_nobody(
    centre: Centre, egate: Egate
) -> None:
    far = datetime(9999, 12, 31, 23, 59, tzinfo=UTC).timestamp()
    await centre.submit(
        replace(stay(1, "2025-01-01", Direction.ENTRY, "2025-01-30"), occurred_at=UtcSeconds(far)),
        replace(stay(2, "2025-01-01", Direction.ENTRY, "0001-01-01"), occurred_at=UtcSeconds(0)),
        stay(3, "2025-01-01", Direction.ENTRY, "2025-01-30"),
        stay(4, "2025-01-01", Direction.ENTRY, "2025-01-30"),
    )
    await centre.database.execute("DELETE FROM crossing WHERE gate_seq = 3")
    await centre.database.execute("UPDATE stay SET judged_by = NULL")
    found = json.loads(egate("stays", "--overdue", "--json")[1])["stays"]
    assert [each["document_number"] for each in found] == ["S00002", "S00004", "S00001"]
    left = "SELECT count(*) FROM stay WHERE judged_by IS NULL"
    async with asyncio.timeout(10):  # the centre of the harness judges beside us
        while await centre.database.fetchval(left):
            await judge_some(centre.database, RulesInForce.from_file(RULES_FILE))
