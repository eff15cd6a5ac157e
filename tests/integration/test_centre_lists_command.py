"""``egate central lists``: two officers at the centre itself, and files that go round."""

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from egate.cli.main import main
from egate.lists.written_rows import COLUMNS
from tests.centre_harness import Centre, database_table

pytestmark = pytest.mark.asyncio(loop_scope="session")
Say = Callable[..., Awaitable[tuple[int, Any]]]
ENTRY = {
    "entry_id": "SB-1",
    "legal_basis": "Passport Order 1973",
    "order_reference": "case 9",
    "authority": "SB",
    "valid_from": "2026-01-01",
    "valid_to": "2027-01-01",
}
DOCUMENT = {"document_type": "P", "issuing_state": "BGD", "document_number": "A-01"}
PERSON = {
    "name": "মোঃ করিম রহমান; ঢাকা",
    "primary_identifier": "RAHMAN",
    "secondary_identifier": "KARIM MD",
    "aliases": "Karim Sheikh; K. Rahman",
    "date_of_birth": "1974-XX-XX",
    "nationality": "BGD",
    "sex": "M",
}


@pytest_asyncio.fixture(loop_scope="session")
async def say(centre: Centre, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Say:
    tls = centre.tls("centre")
    config = tmp_path / "central.toml"
    config.write_text(
        'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
        f"{database_table(centre.address)}"
        f'[tls]\nca = "{tls.ca}"\ncertificate = "{tls.certificate}"\nkey = "{tls.key}"\n'
    )

    async def run(action: str, *words: object, officer: str = "") -> tuple[int, Any]:
        capsysbinary.readouterr()
        acts = ("--officer", officer, "--reason", "told so") if officer else ()
        line = ["central", "lists", action, "--config", config, *acts, *words]
        code = await asyncio.to_thread(main, [str(word) for word in line])
        said = capsysbinary.readouterr().out
        return code, json.loads(said) if "--json" in line else said.decode("utf-8")

    return run


def json_file(folder: Path, *rows: dict[str, str]) -> Path:
    file = folder / "rows.json"
    file.write_text(json.dumps(rows), "utf-8")
    return file


async def test_one_proposes_and_another_approves(say: Say, tmp_path: Path) -> None:
    file = json_file(tmp_path, ENTRY | DOCUMENT, ENTRY | PERSON)
    code, made = await say("propose", "--list", "WANTED", "--json", file, officer="rahman")
    assert (code, made["added"], made["new_entries"]) == (0, 1, 1)
    number = made["proposal_id"]
    code, waiting = await say("show", "--json")
    assert [each["proposal_id"] for each in waiting["proposals"]] == [number]
    code, seen = await say("show", "--proposal", number, "--json")
    (entry,) = seen["proposals"][0]["entries"]
    assert [row.get("document_number") for row in entry["rows"]] == [None, "A01"]
    assert (await say("approve", number, officer="rahman"))[0] == 2
    assert (await say("approve", number, officer="begum")) == (0, f"proposal {number}: approved\n")
    assert (await say("show", "--json"))[1] == {"proposals": []}
    code, found = await say("search", "--document", "BGD", "a01", "--json")
    assert (code, found["entries"][0]["entry_id"]) == (0, "SB-1")
    for words in ("করিম", "sheikh", "CASE 9"):
        assert (await say("search", "--words", words))[0] == 0
    assert (await say("search", "--words", "nobody"))[0] == 1


async def test_who_proposed_takes_it_back(say: Say, tmp_path: Path) -> None:
    file = json_file(tmp_path, ENTRY | DOCUMENT)
    _, made = await say("propose", "--list", "WANTED", "--json", file, officer="rahman")
    number = made["proposal_id"]
    assert (await say("withdraw", number, officer="begum"))[0] == 2
    said = await say("withdraw", number, officer="rahman")
    assert said == (0, f"proposal {number}: withdrawn\n")
    again = await say("withdraw", number, "--json", officer="rahman")
    assert again == (0, {"proposal_id": number, "withdrawn": True})
    assert (await say("approve", number, officer="begum"))[0] == 2
    assert "withdrawn by rahman" in (await say("show", "--all"))[1]


async def test_an_entry_is_revoked_and_its_history_stays(say: Say, tmp_path: Path) -> None:
    file = json_file(tmp_path, ENTRY | DOCUMENT)
    _, made = await say("propose", "--list", "WANTED", "--json", file, officer="rahman")
    await say("approve", made["proposal_id"], officer="begum")
    code, gone = await say("revoke", "--list", "WANTED", "SB-1", "--json", officer="begum")
    assert (code, gone["removed"], gone["revoked_entries"]) == (0, 1, 1)
    code, said = await say("refuse", gone["proposal_id"], officer="rahman")
    assert (code, said) == (0, f"proposal {gone['proposal_id']}: refused\n")
    _, seen = await say("show", "--list", "WANTED", "--entry", "SB-1", "--json")
    assert [each["decided"]["approved"] for each in seen["proposals"]] == [False, True]
    assert [each["revision"] for each in seen["proposals"]] == [2, 1]
    _, told = await say("show", "--all")
    assert "refused by rahman" in told
    assert "approved by begum" in told


async def test_a_file_is_previewed_imported_exported_and_changes_nothing_when_it_comes_back(
    say: Say, tmp_path: Path
) -> None:
    kind = ("--list", "BLACKLIST_FOREIGN")
    rows = (
        ENTRY | DOCUMENT | {"direction": "entry", "instruction": 'ডিউটি অফিসারকে ডাকুন, "now"'},
        ENTRY | PERSON | {"direction": "entry", "instruction": 'ডিউটি অফিসারকে ডাকুন, "now"'},
        ENTRY | {"entry_id": "SB-2", "name": "X", "court": "c", "contact": "12", "action": "INFO"},
        ENTRY | DOCUMENT | {"entry_id": "SB-3", "document_type": "ID"},
    )
    file = json_file(tmp_path, *rows)
    code, seen = await say("import", *kind, "--preview", "--json", file, officer="rahman")
    assert (code, seen["proposal_id"], seen["new_entries"], seen["added"]) == (0, None, 3, 2)
    assert (await say("show", "--json"))[1] == {"proposals": []}
    _, made = await say("import", *kind, "--json", file, officer="rahman")
    await say("approve", made["proposal_id"], officer="begum")
    for form in ("csv", "json"):
        _, text = await say("export", *kind, "--format", form)
        back = tmp_path / "back"
        back.write_text(text, "utf-8")
        for whole in ((), ("--whole",)):
            words = (*kind, *whole, "--preview", "--json", back)
            code, seen = await say("import", *words, officer="rahman")
            assert code == 0
            kept = {name: count for name, count in seen.items() if count and name != "list"}
            assert kept == {"rows": 4}
    assert (await say("import", *kind, back, officer="rahman"))[0] == 2  # nothing would change


async def test_what_is_refused_is_named_by_line(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerow(ENTRY | DOCUMENT | {"court": "High Court Division"})
        writer.writerow(ENTRY | DOCUMENT | {"entry_id": "SB-2"})
        writer.writerow(ENTRY | DOCUMENT | {"entry_id": "SB-3", "legal_basis": "", "court": "c"})
    kind = ("--list", "EXIT_BAN")
    code, said = await say("import", *kind, file, officer="rahman")
    assert code == 1
    assert "line 3: refused: court: missing" in said
    assert "line 4: refused: legal_basis: missing" in said
    assert "nothing proposed" in said
    code, said = await say("import", *kind, "--without-refused", file, officer="rahman")
    assert code == 1
    assert "waits for approval" in said


@pytest.mark.parametrize(
    "words",
    [
        ("show", "--entry", "x"),
        ("show", "--proposal", "999999"),
        ("search",),
        ("search", "--document", "BGD", ""),
        ("export",),
    ],
)
async def test_what_cannot_be_asked_ends_in_one_line(say: Say, words: tuple[str, ...]) -> None:
    assert (await say(*words))[0] == 2


async def test_an_empty_list_is_an_empty_file(say: Say) -> None:
    _, text = await say("export", "--list", "INFO")
    assert list(csv.reader(io.StringIO(text))) == [list(COLUMNS)]
    assert (await say("export", "--list", "INFO", "--format", "json"))[1] == "[]\n"
