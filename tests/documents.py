"""What the documents say to type, and where their links lead."""

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.conftest import ROOT

DOCUMENTS: Final = (
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "guide").glob("*.md")),
)
"""All but the decisions: these tell what was so when they were made."""

_FENCED: Final = re.compile(r"^( *)```([^\n]*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INDENTED: Final = re.compile(r"^(?: {4}|\t)(\S.*)$", re.MULTILINE)
_SPAN: Final = re.compile(r"`([^`]+)`")
_STARTS: Final = re.compile(r"^(?:runuser -u \S+ -- )?((?:egate|python -m \S+|make) .*)$")
_LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#{1,6} +(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Command:
    """Something to type.

    Args:
        document: that says so.
        words: as a shell splits them, without what comes behind a pipe or goes to a file.

    """

    document: Path
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}: {' '.join(self.words)}"

    @property
    def path(self) -> tuple[str, ...]:
        """The words before the first option or alternative."""
        return tuple(_until_option(self.words))

    @property
    def options(self) -> tuple[str, ...]:
        found = re.findall(r"(?<![\w-])--[a-z][a-z-]*", " ".join(self.words))
        return tuple(dict.fromkeys(found))


def _until_option(words: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        if word.startswith(("-", "(", "[", "...")) or word in {"|", "\\|"}:
            return
        yield word


def commands_of(document: Path) -> tuple[Command, ...]:
    """Return every command of ``egate``, ``python -m`` and ``make`` that ``document`` has."""
    text = document.read_text("utf-8")
    typed = [line for _, _, block in _FENCED.findall(text) for line in _lines(block)]
    rest = _FENCED.sub("", text)
    typed += _INDENTED.findall(rest)
    typed += [" ".join(span.split()) for span in _SPAN.findall(rest)]
    found = (_STARTS.match(line.strip()) for line in typed)
    commands = (_command(document, match[1]) for match in found if match)
    return tuple(dict.fromkeys(commands))


def _lines(block: str) -> list[str]:
    return re.sub(r"\\\n\s*", " ", block).splitlines()


def _command(document: Path, line: str) -> Command:
    # What stands behind two blanks in a block without a shell's sign is a remark.
    line = re.split(r" {3,}(?=[a-z])| +#| +>|>| \| |;", line.replace("\\|", "|"))[0]
    return Command(document, tuple(shlex.split(line)))


def links_of(document: Path) -> tuple[str, ...]:
    """Return where the links of ``document`` lead, those to other sites left out."""
    text = _SPAN.sub("", _FENCED.sub("", document.read_text("utf-8")))
    return tuple(each for each in _LINK.findall(text) if "://" not in each)


def anchors_of(document: Path) -> frozenset[str]:
    """Return the anchors of the headings of ``document``, as GitHub and GitLab make them."""
    text = _FENCED.sub("", document.read_text("utf-8"))
    seen: Counter[str] = Counter()
    anchors = []
    for heading in _HEADING.findall(text):
        slug = _slug(heading)
        anchors.append(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return frozenset(anchors)


def _slug(heading: str) -> str:
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    kept = (c for c in plain if c in " -_" or unicodedata.category(c)[0] in "LMN")
    return "".join(kept).replace(" ", "-")
