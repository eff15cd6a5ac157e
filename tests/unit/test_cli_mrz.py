"""``egate mrz parse`` as a person and a program use it."""

import io
import json
from pathlib import Path

import pytest

from egate.cli.main import main

GOOD = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n"
)


def test_a_file_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mrz.txt"
    file.write_text(GOOD)
    assert main(["mrz", "parse", str(file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["valid"] is True
    assert answer["date_of_birth"] == "1974-08-12"
    assert answer["optional_data"] == ["ZE184226B"]
    assert answer["check_digits"]["composite"] is True


def test_standard_input_as_a_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "sys.stdin", io.StringIO(GOOD.replace("10\n", "11\n").replace("F12", "Q12"))
    )
    assert main(["mrz", "parse"]) == 1
    out = capsys.readouterr().out
    assert "wrong: composite" in out
    assert "malformed             sex" in out


def test_lines_of_requests(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    requests = [json.dumps({"lines": GOOD.split()}), "{", json.dumps({"lines": "P<"})]
    requests.append(json.dumps({"lines": ["P<UTO"]}))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(requests).encode())))
    assert main(["mrz", "parse", "--jsonl"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["ok"] for answer in answers] == [True, False, False, False]
    assert answers[3]["error"] == "lines: no MRZ has lines of 5 characters"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xfe", "ASCII"),
        (b"P<UTO\n", "no MRZ has lines"),
        (b"<" * 5000, "at most"),
        (None, "No such file"),
    ],
)
def test_unreadable_input_is_one_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, fault: str
) -> None:
    file = tmp_path / "mrz.txt"
    if content is not None:
        file.write_bytes(content)
    assert main(["mrz", "parse", str(file)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert fault in error
    assert "mrz.txt" in error
