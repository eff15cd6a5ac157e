"""``egate names score`` as a person and a program use it."""

import io
import json
from typing import Any

import pytest

from egate.cli.main import main


def test_two_names_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["names", "score", "Md Abdul Karim", "KARIM<<MOHAMMAD<ABDUL", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is True
    assert 0.9 < answer["score"] < 1.0


def test_two_names_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["names", "score", "Anna", "ANNA"]) == 0
    assert capsys.readouterr().out == "score 1.000\n"


@pytest.mark.parametrize("left", ["", "<<<<", "1 2 3", "x" * 257])
def test_no_name(left: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["names", "score", left, "Anna"]) == 2
    assert "a name has" in capsys.readouterr().err


def test_lines_of_requests(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad: list[Any] = [
        *({"left": value, "right": "Anna"} for value in (1, None, [], {}, True, "", "\0", "-")),
        *({"left": "Anna"}, {"right": "Anna"}, {}, [], "Anna", None),
    ]
    requests = [{"left": "Md Anna", "right": "\ud800 Mohammad Anna"}, *bad]
    requests.append({"left": "Anna", "right": "Karim"})
    lines = "\n".join([*map(json.dumps, requests), "{"]).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert main(["names", "score", "--jsonl"]) == 0
    said = capsys.readouterr()
    first, *refused, different, torn = [json.loads(line) for line in said.out.splitlines()]
    assert first == {"ok": True, "score": 1.0}
    assert different == {"ok": True, "score": 0.0}
    assert [each["ok"] for each in (*refused, torn)] == [False] * (len(bad) + 1)
    assert "fault of egate" not in said.out
    assert said.err == ""
