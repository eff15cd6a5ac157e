"""``egate console officer``: the first supervisors, and what becomes of accounts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from egate.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    config = tmp_path / "console.toml"
    config.write_text(
        'listen = "127.0.0.1:0"\nstate = "state"\n'
        '[tls]\nca = "ca.pem"\ncertificate = "own.pem"\nkey = "own.key"\n'
        '[[gates]]\nid = "A"\naddress = "127.0.0.1:1"\n'
    )

    def run(command: str, *words: str) -> tuple[int, str, str]:
        code = main(["console", "officer", command, "--config", str(config), *words])
        return code, *capsys.readouterr()

    return run


def add(run: Run, *words: str) -> tuple[int, str, str]:
    return run("add", "--id", "nasrin", "--name", "Nasrin Akter", "--role", "supervisor", *words)


def test_an_officer_is_added_listed_disabled_and_reset(run: Run) -> None:
    code, said, _ = add(run, "--gate", "A", "--json")
    first = json.loads(said)["first_password"]
    assert (code, len(first)) == (0, 19)
    assert "nasrin Nasrin Akter: supervisor; A; first" in run("list")[1]
    assert "disabled" in run("disable", "--id", "nasrin")[1]
    listed = json.loads(run("list", "--json")[1])["officers"]
    assert [(one["officer_id"], one["state"]) for one in listed] == [("nasrin", "disabled")]
    code, said, _ = run("reset", "--id", "nasrin")
    assert code == 0
    assert "first password:" in said
    assert first not in said


@pytest.mark.parametrize("words", [("--gate", "Z"), ("--role", "auditor")])
def test_what_makes_no_officer_is_exit_2_and_one_line(run: Run, words: tuple[str, ...]) -> None:
    code, said, error = add(run, *words)
    assert (code, said, error.count("\n")) == (2, "", 1)


def test_an_id_is_somebodys_once_and_nobody_is_nobody(run: Run) -> None:
    add(run)
    assert add(run)[0] == 2
    assert run("disable", "--id", "nobody")[0] == 2
    assert run("reset", "--id", "nobody")[0] == 2
