"""``--jsonl`` of every command that has it: one answer a line, in order, whatever a line holds."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from egate.cli import mrz as mrz_command
from egate.cli.main import main
from hardware_mocks.__main__ import main as mocks
from tests.conftest import ROOT

LINES = [
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
]
RULES = str(ROOT / "config" / "authorisation_rules.toml")
TRAVELLER = {
    "document": {"issuing_state": "CHE", "document_number": "X1"},
    "document_code": "P",
    "nationality": "CHE",
    "direction": "entry",
    "port": "BDDAC",
    "at": "2026-11-22T10:00:00+06:00",
}
BAD_LINES = [
    b"",
    b"   ",
    b"\xff\xfe\x00",
    b"\x00",
    b"[",
    b"[" * 200_000,
    b'{"a":' * 100_000,
    b"x" * 3_000_000,
    b"9" * 5000,
    b"null",
    b'"text"',
    b"[]",
    b"{}",
]
BAD_VALUES: list[Any] = [
    *(1, 1.5, True, None, [], {}, [[]], {"a": 1}),
    *("", "\0", "\ud800", "a" * 5000, "/", "/nowhere", "/dev/null", "/dev/zero", "x\ny"),
]


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[str], Any]]:
    """For each command its words and a good request."""
    folder = tmp_path_factory.mktemp("lines")
    pki, store = folder / "pki", str(folder / "trust")
    assert mocks(["pki", "--out", str(pki)]) == 0
    words = ["trust", "import", "--store", store, "--anchor", str(pki / "anchor.cer")]
    assert main([*words, str(pki / "masterlist.ml")]) == 0
    (folder / "sod").write_bytes(b"\x77\x02\x30\x00")
    face = str(Path(__file__).parents[2] / "hardware_mocks/photographs/P001/portrait.jpg")
    return {
        "mrz": (["mrz", "parse", "--jsonl"], {"lines": LINES}),
        "pa": (["pa", "verify", "--store", store, "--jsonl"], {"sod": str(folder / "sod")}),
        "face": (["face", "compare", "--jsonl"], {"reference": face, "probe": face}),
        "authorisation": (["authorisation", "check", "--rules", RULES, "--jsonl"], TRAVELLER),
    }


def answers(
    words: list[str],
    requests: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[dict[str, Any]]:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(requests))))
    capsys.readouterr()
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return [json.loads(line) for line in said.out.splitlines()]


def assert_refused(answer: dict[str, Any]) -> None:
    assert answer["ok"] is False
    assert set(answer) == {"ok", "error"}
    assert isinstance(answer["error"], str)
    assert 0 < len(answer["error"]) < 6000
    assert "fault of egate" not in answer["error"]


@pytest.mark.parametrize("name", ["mrz", "pa", "face", "authorisation"])
def test_a_bad_line_ends_nothing(
    name: str,
    commands: dict[str, tuple[list[str], Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words, good = commands[name]
    values = [{**good, key: value} for key in good for value in BAD_VALUES]
    bad = [*BAD_LINES, *(json.dumps(value).encode() for value in values)]
    request = json.dumps(good).encode()
    first, *refused, last = answers(words, [request, *bad, request], monkeypatch, capsys)
    assert first["ok"] is last["ok"] is True
    assert len(refused) == len(bad)
    for answer in refused:
        assert_refused(answer)


def test_data_groups_and_days_of_wrong_kinds(
    commands: dict[str, tuple[list[str], Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words, good = commands["pa"]
    hashed = {"", "/dev/null"}  # an empty data group is one whose hash is wrong
    requests = [
        *({**good, "dg": value} for value in BAD_VALUES if value != {}),
        *(
            {**good, "dg": {"1": v}}
            for v in BAD_VALUES
            if not isinstance(v, str) or v not in hashed
        ),
        *({**good, "dg": {str(value): good["sod"]}} for value in BAD_VALUES if value != 1),
        *({**good, "at": value} for value in BAD_VALUES if value is not None),
    ]
    lines = [json.dumps(request).encode() for request in requests]
    for answer in answers(words, lines, monkeypatch, capsys):
        assert_refused(answer)


def test_a_fault_of_the_program_ends_nothing_and_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(mrz_command, "parse_lines", broken)
    text = json.dumps({"lines": LINES}) + "\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode() * 2)))
    assert main(["mrz", "parse", "--jsonl"]) == 0
    said = capsys.readouterr()
    for line in said.out.splitlines():
        assert "ZeroDivisionError" in json.loads(line)["error"]
    assert said.out.count("\n") == said.err.count("\n") == 2
    assert "secret" not in said.out + said.err


def test_a_fault_of_the_program_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python itself would exit with 1, which says no."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(mrz_command, "parse_lines", broken)
    assert main(["mrz", "parse", "/dev/null"]) == 70
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["mrz", "parse"], ["mrz", "parse", "--jsonl"]])
def test_no_standard_input(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert main(words) == 2
    assert capsys.readouterr().err == "egate: standard input: closed\n"


def test_output_in_an_encoding_without_the_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="iso-8859-1"))
    text = '{"lines": ["\\u09a2"]}\n{"lines": 1, "\\u09a2": "\\ud800"}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["mrz", "parse", "--jsonl"]) == 0
    assert [json.loads(line)["ok"] for line in written.getvalue().splitlines()] == [False, False]


def test_output_that_takes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "mrz.txt"
    file.write_text("\n".join(LINES))
    command = [sys.executable, "-m", "egate.cli", "mrz", "parse", "--json", str(file)]
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert ran.returncode == 3
    assert ran.stderr == b"egate: standard output: No space left on device\n"


def test_a_table_in_a_locale_without_its_characters(
    commands: dict[str, tuple[list[str], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = commands["pa"][0][3]
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["trust", "list", "--store", store]) == 0
    assert b"BD" in written.getvalue()
