"""``egate desk``: what was written on paper reaches the centre, once, and never half."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from egate.central.lists.offloads import offloads_of
from egate.cli.main import main
from egate.console.desk.book_thread import opened_book
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.domain.record import CaptureMode, CrossingStatus, Direction, RecordVerdict
from tests.centre_harness import Centre, record
from tests.station_keys import KeyOfTests

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONSOLE = "BDDAC-DESK-1"
SETTINGS = """
listen = "127.0.0.1:7300"
state = "console"
[tls]
ca = "{tls.ca}"
certificate = "{tls.certificate}"
key = "{tls.key}"
[[gates]]
id = "DAC-D-01"
address = "127.0.0.1:7100"
[centre]
address = "{centre}"
[desk]
border_crossing_point = "BDDAC"
station = "DAC-D-12"
authority = "SB"
book = "desk.sqlite"
officer_id = "sb-1042"
"""
PERMIT = {
    "document_code": "TP",
    "issuing_state": "BGD",
    "document_number": "TP 0042/26",
    "primary_identifier": "RAHMAN",
    "secondary_identifier": "MD ANISUR",
    "nationality": "BGD",
    "date_of_birth": "1974-XX-XX",
}
ON_PAPER = {
    "capture_mode": "manual_retrospective",
    "direction": "entry",
    "status": "completed",
    "occurred_at": "2025-11-20T04:12:00+06:00",
    "fallback_reasons": ["power_cut"],
    "document": PERMIT,
}
OFFLOADED = {
    "capture_mode": "manual_retrospective",
    "direction": "exit",
    "status": "offloaded",
    "occurred_at": "2026-11-20T09:30:00+06:00",
    "fallback_reasons": ["power_cut"],
    "document": PERMIT | {"document_code": "P", "document_number": "BX0123456"},
    "decision": {
        "decision": "offload",
        "reason_code": "TICKET.NONE",
        "legal_basis": "Passport Order 1973, art. 3",
        "second_officer_id": "sb-2001",
        "offload_until": "2026-11-27",
    },
}
CLEARED = {
    "crossing_id": record(7).crossing_id,
    "decision": "clear",
    "reason_code": "FACE.COMPARED",
    "biometric_veto": "ok",
}

Run = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def settings(centre: Centre, tmp_path: Path) -> Path:
    return configured(tmp_path, centre, centre.at.grpc)


def configured(folder: Path, centre: Centre, address: str) -> Path:
    file = folder / "console.toml"
    file.write_text(SETTINGS.format(tls=centre.tls("console", CONSOLE), centre=address))
    return file


@pytest.fixture
def without_desk(settings: Path) -> Path:
    settings.write_text(settings.read_text().partition("[desk]")[0])
    return settings


@pytest.fixture
def run(settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command with what is in its file, and return its exit code and its JSON."""

    async def running(word: str, request: object = None, *options: str) -> tuple[int, Any]:
        words = ["desk", word, "--json", "--config", str(settings), *options]
        if request is not None:
            file = tmp_path / "entries.json"
            file.write_text(request if isinstance(request, str) else json.dumps(request))
            words.append(str(file))
        code = await asyncio.to_thread(main, words)
        said = capsys.readouterr().out
        return code, json.loads(said.splitlines()[-1])  # after the centre's log

    return running


async def test_paper_and_what_was_decided_reach_the_centre(centre: Centre, run: Run) -> None:
    request = {"crossings": [ON_PAPER, OFFLOADED], "decisions": [CLEARED]}
    code, said = await run("enter", request)
    assert (code, said["ok"], said["centre"]) == (0, True, "reached")
    assert [(row["entry"], row["state"], row["new"]) for row in said["entries"]] == [
        ("crossings.0", "sent", True),
        ("crossings.1", "sent", True),
        ("decisions.0", "sent", True),
    ]
    paper, offloaded = await centre.records()
    assert (paper.gate_id, paper.gate_seq, offloaded.gate_seq) == (CONSOLE, 1, 2)
    assert (paper.capture_mode, paper.entered_by) == (CaptureMode.MANUAL_RETROSPECTIVE, "sb-1042")
    assert (paper.verdict, paper.status) == (RecordVerdict.ADMIT, CrossingStatus.COMPLETED)
    assert paper.direction is Direction.ENTRY
    assert paper.document is not None
    assert paper.document.date_of_birth == "1974-XX-XX"
    assert offloaded.decision_id == said["entries"][1]["decision_id"]
    assert len(await offloads_of(centre.database, [DocumentKey("BGD", "BX0123456")])) == 1
    decided = await centre.database.fetch("SELECT crossing_id::text FROM officer_decision")
    assert {row[0] for row in decided} == {offloaded.crossing_id, CLEARED["crossing_id"]}


async def test_the_same_file_again_enters_nothing_twice(centre: Centre, run: Run) -> None:
    request = {"crossings": [ON_PAPER], "decisions": [CLEARED]}
    first = (await run("enter", request))[1]["entries"]
    again = (await run("enter", request))[1]["entries"]
    assert [row["new"] for row in again] == [False, False]
    assert [row["crossing_id"] for row in again] == [row["crossing_id"] for row in first]
    assert await centre.store.total() == 1


async def test_a_settled_referral_is_what_its_decision_is_about(centre: Centre, run: Run) -> None:
    referred = record(1)
    await centre.submit(referred)
    cleared = {key: value for key, value in CLEARED.items() if key != "crossing_id"}
    settled = ON_PAPER | {"supersedes": referred.crossing_id, "decision": cleared}
    code, _ = await run("enter", {"crossings": [settled]})
    assert code == 0
    about = await centre.database.fetchval("SELECT crossing_id::text FROM officer_decision")
    assert about == referred.crossing_id


async def test_a_preview_enters_nothing(centre: Centre, run: Run, tmp_path: Path) -> None:
    code, said = await run("enter", {"crossings": [OFFLOADED], "decisions": [CLEARED]}, "--preview")
    assert code == 0
    offloaded, cleared = said["preview"]
    assert offloaded == {
        "entry": "crossings.0",
        "direction": "exit",
        "occurred_at": "2026-11-20T09:30+06:00",
        "status": "offloaded",
        "document": "BGD BX0123456",
        "holder": "RAHMAN MD ANISUR",
        "decision": "offload",
        "supersedes": "",
    }
    assert (cleared["entry"], cleared["decision"]) == ("decisions.0", "clear")
    assert await centre.store.total() == 0
    assert not (tmp_path / "desk.sqlite").exists()


async def test_every_fault_is_named_and_nothing_is_entered(
    centre: Centre, run: Run, tmp_path: Path
) -> None:
    wrong = ON_PAPER | {
        "fallback_reasons": [],
        "document": PERMIT | {"date_of_birth": "12.8.1974", "nationality": ""},
    }
    secret = OFFLOADED | {"decision": OFFLOADED["decision"] | {"legal_basis": ""}}  # type: ignore[operator]
    code, said = await run("enter", {"crossings": [ON_PAPER, wrong, secret]})
    assert (code, said["ok"]) == (2, False)
    assert [fault.partition(": ")[0] for fault in said["faults"]] == [
        "crossings.1.fallback_reasons",
        "crossings.1.document.nationality",
        "crossings.1.document.date_of_birth",
        "crossings.2.decision.legal_basis",
    ]
    assert "12.8.1974" not in str(said)
    assert await centre.store.total() == 0
    assert not (tmp_path / "desk.sqlite").exists()


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        ("{", "request: "),
        ("[]", "request: "),
        ("{}", "request: neither crossings nor decisions"),
        ('{"crossings": [{"capture": 1}]}', "crossings.0.capture_mode: "),
        ('{"decisions": [{"decision": "jail", "reason_code": "A"}]}', "decisions.0.decision: "),
        ('{"people": []}', "people: unknown key"),
    ],
)
async def test_what_is_no_request(run: Run, request_: str, fault: str) -> None:
    code, said = await run("enter", request_)
    assert code == 2
    assert said["faults"][0].startswith(fault)


async def test_what_waits_while_the_centre_is_away_is_sent_later(
    centre: Centre, run: Run, tmp_path: Path
) -> None:
    configured(tmp_path, centre, "127.0.0.1:9")
    code, said = await run("enter", {"crossings": [ON_PAPER, OFFLOADED]})
    assert code == 3
    assert [row["state"] for row in said["entries"]] == ["waiting", "waiting"]
    assert "RAHMAN" not in (tmp_path / "desk.sqlite").read_bytes().decode("latin-1")
    configured(tmp_path, centre, centre.at.grpc)
    code, said = await run("send")
    assert (code, [row["state"] for row in said["entries"]]) == (0, ["sent"] * 3)
    assert await centre.store.total() == 2
    assert (await run("send"))[1]["entries"] == []


async def test_what_the_centre_refuses_is_said_and_kept(run: Run) -> None:
    late = OFFLOADED | {"decision": OFFLOADED["decision"] | {"offload_until": "2026-11-19"}}  # type: ignore[operator]
    code, said = await run("enter", {"crossings": [late]})
    assert code == 1
    (row,) = said["entries"]
    assert (row["state"], row["reason"]) == ("refused", "offload_until: before the decision")
    again = (await run("enter", {"crossings": [late]}))[1]["entries"][0]
    assert (again["new"], again["state"]) == (False, "refused")


async def test_it_leaves_the_book_to_a_console_that_has_it(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with opened_book(tmp_path / "desk.sqlite", "hall-1", KeyOfTests()):
        assert await asyncio.to_thread(main, ["desk", "send", "--config", str(settings)]) == 3
    assert "the console, or another command, has it open" in capsys.readouterr().err


async def test_a_console_without_a_desk_says_so(
    without_desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["desk", "send", "--config", str(without_desk)]
    assert await asyncio.to_thread(main, words) == 2
    assert "desk: missing" in capsys.readouterr().err


async def test_for_people_it_is_a_table(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "paper.json"
    file.write_text(json.dumps({"crossings": [ON_PAPER]}))
    for options in (["--preview"], []):
        words = ["desk", "enter", "--config", str(settings), *options, str(file)]
        assert await asyncio.to_thread(main, words) == 0
        assert capsys.readouterr().out.startswith("crossings.0\n  ")
    file.write_text('{"crossings": 1}')
    words = ["desk", "enter", "--config", str(settings), str(file)]
    assert await asyncio.to_thread(main, words) == 2
    assert "paper.json: crossings: " in capsys.readouterr().err
