"""The rules of the layout that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
PACKAGES = ("egate", "drivers", "hardware_mocks", "training")
BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common)($|_)")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "egate/wire/" not in path.as_posix():
                yield path


@pytest.mark.parametrize("package", PACKAGES)
def test_a_file_fits_on_a_few_screens(package: str) -> None:
    too_long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sources(package)
        if (lines := len(path.read_text("utf-8").splitlines())) > 300
    }
    assert not too_long, "over 300 lines: each is a question about its purpose"


@pytest.mark.parametrize("package", PACKAGES)
def test_names_say_what_a_thing_is(package: str) -> None:
    vague = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*")
        if BANNED_NAMES.search(path.stem.lower())
    ]
    assert not vague


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in sources(package)
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent, "a module without a docstring"


def test_the_glossary_names_identifiers_that_exist() -> None:
    """The last column of a row is our identifier; it must occur in the code."""
    code = "\n".join(path.read_text("utf-8") for path in sources(*PACKAGES))
    rows = re.findall(r"^\|[^|]+\|[^|]+\|\s*`([^`]+)`\s*\|", GLOSSARY.read_text("utf-8"), re.M)
    assert len(rows) > 20
    words = set(re.findall(r"\w+", code))  # looked for one by one, they take half a minute
    missing = [name for name in rows if name not in words]
    assert not [name for name in missing if not re.search(rf"\b{re.escape(name)}\b", code)]


def test_documents_link_to_files_that_exist() -> None:
    broken = [
        (document.name, target)
        for document in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert not broken
