"""Every command of the documents is one, and every link leads somewhere."""

import importlib.util
import re
from functools import cache
from pathlib import Path

import pytest

from egate.cli.main import main
from hardware_mocks.__main__ import main as mocks
from tests.conftest import ROOT
from tests.documents import DOCUMENTS, Command, anchors_of, commands_of, links_of

TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
by_name = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.relative_to(ROOT)))


@by_name
def test_commands_are_known_with_their_options(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [
        f"{command}: {fault}"
        for command in commands_of(document)
        for fault in faults_of(command, capsys)
    ]
    assert faults == []


def test_the_guide_and_the_readme_have_commands() -> None:
    technicians = commands_of(ROOT / "docs" / "guide" / "technicians.md")
    assert len(technicians) >= 10
    assert {command.words[0] for command in commands_of(ROOT / "README.md")} == {
        *("egate", "make", "python"),
    }


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("egate trust inport FILE", "no such command"),
        ("egate gate run --confg F", "--confg"),
        ("python -m hardware_mocks up --pagee X", "--pagee"),
        ("python -m tests.soak --sesions 3", "--sesions"),
        ("python -m tests.nothing", "no such module"),
        ("make tests", "no such target"),
    ],
)
def test_a_wrong_command_is_found(
    words: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Command(ROOT / "README.md", tuple(words.split()))
    assert faults_of(command, capsys) == [fault]


def faults_of(command: Command, capsys: pytest.CaptureFixture[str]) -> list[str]:
    match command.path:
        case ("egate", *path):
            known = help_of_egate(tuple(path), capsys)
        case ("make", *targets):
            return [] if set(targets) <= set(TARGETS) else ["no such target"]
        case ("python",):
            module, *rest = command.words[2:]
            known = help_of_module(module, tuple(rest), capsys)
        case _:
            return []
    if isinstance(known, NotThere):
        return [known.what]
    return [each for each in command.options if not re.search(rf"{each}(?![\w-])", known)]


class NotThere:
    def __init__(self, what: str) -> None:
        self.what = what


def help_of_egate(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str | NotThere:
    with pytest.raises(SystemExit) as ended:
        main([*path, "--help"])
    said = capsys.readouterr().out
    return said if ended.value.code == 0 else NotThere("no such command")


def help_of_module(
    module: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> str | NotThere:
    if module == "hardware_mocks":
        with pytest.raises(SystemExit) as ended:
            mocks([words[0], "--help"])
        said = capsys.readouterr().out
        return said if ended.value.code == 0 else NotThere("no such command")
    return source_of(module)


@cache
def source_of(module: str) -> str | NotThere:
    """Return the code of a module of ours, which names its options; it is not run."""
    file = ROOT.joinpath(*module.split("."))
    parts = sorted(file.rglob("*.py")) if file.is_dir() else [file.with_suffix(".py")]
    if not all(part.is_file() for part in parts):
        found = importlib.util.find_spec(module.partition(".")[0])
        return NotThere("no such module") if found is None or file.parent != ROOT else ""
    return "\n".join(part.read_text("utf-8") for part in parts)


@by_name
def test_links_lead_to_files_and_headings(document: Path) -> None:
    broken = []
    for link in links_of(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


def test_each_alert_says_what_is_seen_what_the_hall_does_and_whom_to_call() -> None:
    alerts = (ROOT / "config" / "monitoring" / "alerts.yml").read_text("utf-8")
    text = (ROOT / "docs" / "runbooks.md").read_text("utf-8")
    for alert in re.findall(r"alert: (\w+)", alerts):
        section = re.search(rf"^## {alert}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        assert section, alert
        lacking = [sign for sign in ("*Seen*", "*In the hall*", "*Call*") if sign not in section[1]]
        assert (alert, lacking) == (alert, [])
