"""``egate authorisation check``: its answers, its exit codes, and what it refuses."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from egate.cli.main import main
from tests.authorisation_samples import RULES_FILE
from tests.conftest import ROOT

WORDS = ["authorisation", "check", "--rules", str(RULES_FILE)]
PASSPORT = {"issuing_state": "SRB", "document_number": "012345678"}
OLDER = {"issuing_state": "SRB", "document_number": "007654321"}
VISA = {
    "kind": "visa_mrv",
    "number": "N1",
    "linked_document": OLDER,
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
    "entries_allowed": 2,
    "entries_used": 1,
    "max_stay_days": 30,
    "entry_points": ["BDDAC"],
}
ARRIVING = {
    "document": PASSPORT,
    "document_code": "P",
    "nationality": "SRB",
    "direction": "entry",
    "port": "BDDAC",
    "at": "2026-11-22T00:30:00+06:00",
    "authorisations": [VISA],
    "successions": [{"kind": "renewed", "earlier": OLDER, "later": PASSPORT}],
}
CAME = {
    "document": PASSPORT,
    "direction": "entry",
    "port": "BDDAC",
    "at": "2026-10-01T10:00:00+06:00",
    "basis": "visa_mrv",
    "max_stay_days": 30,
}
LEAVING = {**ARRIVING, "direction": "exit", "crossings": [CAME]}


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    return tmp_path / "traveller.json"


def run(
    asked: Path, request: object, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, str]:
    asked.write_text(json.dumps(request), "utf-8")
    capsys.readouterr()
    code = main([*WORDS, *more, str(asked)])
    said = capsys.readouterr()
    return code, said.err or said.out


def test_who_may_enter(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(asked, ARRIVING, capsys, "--json")
    document = json.loads(said)
    assert code == 0
    assert (document["ok"], document["result"]) == (True, "successful")
    assert [check["check_id"] for check in document["checks"]] == [
        "BACKGROUND.AUTHORISATION",
        "BACKGROUND.CLEARANCE",
        "BACKGROUND.STAY",
    ]
    for check in document["checks"]:
        assert set(check) == {"check_id", "result", "detail", "duration_ms"}
    granted = {"kind": "visa_mrv", "stay_days": 30, "authorised_until": "2026-12-21"}
    assert document["grant"] == granted
    assert document["stay"] is None
    assert document["rules_version"] == "2026-11.1"


def test_who_stayed_too_long(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(asked, LEAVING, capsys, "--json")
    document = json.loads(said)
    assert (code, document["result"], document["grant"]) == (1, "failed", None)
    assert document["stay"] == {
        "authorised_until": "2026-10-30",
        "days_used": 53,
        "overstay_days": 23,
    }


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ({"silent": ["e_visa"], "authorisations": []}, "undetermined"),
        (
            {
                "unconnected": ["visa_mrv", "e_visa", "eta", "nvr", "coi"],
                "authorisations": [],
            },
            "not_supported",
        ),
        ({"crossings": None}, "undetermined"),
        ({"nationality": "BGD", "document": {**PASSPORT, "issuing_state": "BGD"}}, "successful"),
        (
            {
                "direction": "exit",
                "crossings": [{**CAME, "authorised_until": "2026-12-31"}],
                "offloads": [
                    {
                        "document": PASSPORT,
                        "port": "BDCGP",
                        "begins": "2026-11-21T00:00:00Z",
                        "ends": "2026-11-30T00:00:00Z",
                    }
                ],
            },
            "failed",
        ),
    ],
)
def test_results(
    asked: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], result: str
) -> None:
    code, said = run(asked, {**ARRIVING, **change}, capsys, "--json")
    assert json.loads(said)["result"] == result
    assert code == (0 if result == "successful" else 1)


@pytest.mark.parametrize(
    ("request_", "lines"),
    [
        (ARRIVING, ["enters by visa_mrv, until 2026-12-21", "rules 2026-11.1: successful"]),
        (
            {**ARRIVING, "authorisations": [{**VISA, "kind": "nvr", "max_stay_days": None}]},
            ["enters by nvr, until without a limit"],
        ),
        (LEAVING, ["stayed 53 days, 23 too many", "rules 2026-11.1: failed"]),
    ],
)
def test_a_table_for_people(
    asked: Path, capsys: pytest.CaptureFixture[str], request_: object, lines: list[str]
) -> None:
    _, said = run(asked, request_, capsys)
    assert "BACKGROUND.STAY" in said
    for line in lines:
        assert line in said


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"more": 1}, "more: unknown key"),
        ({"port": "Dhaka"}, "port: "),
        ({"direction": "SECRET"}, "direction: "),
        ({"at": "2026-11-22T00:30:00"}, "at: "),
        ({"at": 1}, "at: "),
        ({"at": "9999-12-31T23:59:59Z"}, "at: "),
        ({"document": {**PASSPORT, "document_number": "SECRET-1"}}, "document.document_number: "),
        ({"document": {"issuing_state": "SRB"}}, "document.document_number: "),
        ({"authorisations": [{**VISA, "entries_used": True}]}, "authorisations.0.entries_used: "),
        ({"authorisations": [{**VISA, "valid_from": "SECRET"}]}, "authorisations.0.valid_from: "),
        ({"authorisations": [{**VISA, "entries_allowed": 0}]}, "authorisations.0.entries_allowed"),
        ({"authorisations": [{**VISA, "entry_points": ["x"]}]}, "authorisations.0.entry_points."),
        ({"silent": ["SECRET"]}, "silent."),
        ({"crossings": [CAME] * 1001}, "crossings"),
        ({"x" * 500: 1}, "x" * 200 + ": unknown key"),
    ],
)
def test_a_fault_names_the_key_and_no_value(
    asked: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], key: str
) -> None:
    code, said = run(asked, {**ARRIVING, **change}, capsys, "--json")
    assert code == 2
    assert said.startswith(f"egate: {asked}: {key}")
    assert said.count("\n") == 1
    assert "SECRET" not in said


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"\xff", "not UTF-8"), (b"{", "not JSON"), (b"[]", "a request is a JSON object")],
)
def test_a_file_that_is_no_request(
    asked: Path, capsys: pytest.CaptureFixture[str], content: bytes, fault: str
) -> None:
    asked.write_bytes(content)
    assert main([*WORDS, str(asked)]) == 2
    assert capsys.readouterr().err.startswith(f"egate: {asked}: {fault}")


@pytest.mark.parametrize(
    ("text", "fault"), [("version = 1\n", "clearance: is missing"), ("=", "not TOML")]
)
def test_rules_that_are_none(
    asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, fault: str
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text, "utf-8")
    assert main(["authorisation", "check", "--rules", str(file), str(asked)]) == 2
    assert capsys.readouterr().err.startswith(f"egate: {file}: {fault}")


def test_the_request_of_the_manual(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manual = (ROOT / "docs" / "authorisations.md").read_text("utf-8")
    (request,) = re.findall(r"```json\n(.*?)```", manual, re.DOTALL)
    code, said = run(asked, json.loads(request), capsys, "--json")
    assert code == 0
    assert json.loads(said)["grant"]["authorised_until"] == "2026-12-21"


def test_requests_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.dumps(ARRIVING), "{}", json.dumps({**ARRIVING, "port": "\ud800"}), "x"]
    text = "\n".join([*lines, json.dumps(LEAVING)])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main([*WORDS, "--jsonl"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["ok"] for each in answers] == [True, False, False, False, True]
    assert answers[1]["error"].endswith(": Field required")
    assert answers[4]["result"] == "failed"
