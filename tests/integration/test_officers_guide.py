"""The officers' guide is the same in both languages, in the words of pages and display."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from egate.console.words import TABLES
from tests.conftest import ROOT

GUIDES: Final = {"bn": "officers.bn.md", "en": "officers.md"}
CONSOLE: Final = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
DISPLAY: Final = re.compile(r"(?<![*\w])\*(?![ *])([^*\n]+)\*(?!\*)")

Keys = Mapping[str, frozenset[str]]
Source = Callable[[str], Keys]


def sections(language: str) -> list[str]:
    text = (ROOT / "docs" / "guide" / GUIDES[language]).read_text("utf-8")
    return re.split(r"^(?=#)", text, flags=re.MULTILINE)[1:]


def told(section: str, sign: re.Pattern[str]) -> list[str]:
    """Return the texts that ``section`` quotes, in their order, each on one line."""
    return [" ".join(quoted.split()) for quoted in sign.findall(section)]


@cache
def of_the_console(language: str) -> Keys:
    place = list(GUIDES).index(language)  # as in the tables: Bangla, English
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for table in TABLES:
        for key, texts in table.items():
            keys[texts[place]].add(key)
    return {text: frozenset(named) for text, named in keys.items()}


@cache
def of_the_display(language: str) -> Keys:
    file = ROOT / "egate" / "web" / "languages" / f"{language}.toml"
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for message, texts in tomllib.loads(file.read_text("utf-8"))["texts"].items():
        for part in ("say", "more"):
            keys[texts[part]].add(f"{message}.{part}")
    return {text: frozenset(named) for text, named in keys.items()}


@pytest.mark.parametrize("language", GUIDES)
@pytest.mark.parametrize(("sign", "source"), [(CONSOLE, of_the_console), (DISPLAY, of_the_display)])
def test_what_is_quoted_is_what_officers_and_travellers_read(
    language: str, sign: re.Pattern[str], source: Source
) -> None:
    quoted = [text for section in sections(language) for text in told(section, sign)]
    assert len(quoted) >= 4
    assert [text for text in quoted if text not in source(language)] == []


def test_both_have_the_same_headings_points_and_pictures() -> None:
    assert shape("bn") == shape("en")


def shape(language: str) -> list[tuple[int, int, int, list[str]]]:
    """Return of each section its depth, points, rows of tables, and pictures without language."""
    return [
        (
            len(section) - len(section.lstrip("#")),
            len(re.findall(r"^ *(?:[*]|\d\.) ", section, re.MULTILINE)),
            len(re.findall(r"^\|", section, re.MULTILINE)),
            [Path(each).name.split(".")[0] for each in re.findall(r"!\[.*?\]\((.*?)\)", section)],
        )
        for section in sections(language)
    ]


@pytest.mark.parametrize(("sign", "source"), [(CONSOLE, of_the_console), (DISPLAY, of_the_display)])
def test_each_section_quotes_the_same_in_the_same_order(
    sign: re.Pattern[str], source: Source
) -> None:
    for bangla, english in zip(sections("bn"), sections("en"), strict=True):
        pairs = list(zip(told(bangla, sign), told(english, sign), strict=True))
        apart = [pair for pair in pairs if not source("bn")[pair[0]] & source("en")[pair[1]]]
        assert apart == []
