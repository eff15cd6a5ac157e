"""docs/nightly.md: when each row of the nightly column last ran, for how long, and its figures."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.nightly.rows import Row

_HEAD: Final = """# The nightly column, as it last ran

`python -m tests.nightly` (part of `make soak`) runs the nightly column of
[reliability.md](reliability.md), one row after the other, and writes a section of this page for
each; a row without one has not run yet. What ran **short** of a whole night says so; `--row` and
`--size` run one row, and as much of it as is asked for. The figures are the line that the command
printed; the load is that of the whole machine, as the run began and as it ended.
"""
_SHOWN_FAULTS: Final = 500


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a row.

    Args:
        row: which.
        size: how much of it was asked for.
        date: when it began, in UTC, to the minute.
        seconds: for how long.
        load: of the machine, its one-minute average as the run began and as it ended.
        status: with which the command ended.
        printed: its last line.

    """

    row: Row
    size: int
    date: str
    seconds: float
    load: tuple[float, float]
    status: int
    printed: str

    @property
    def figures(self) -> dict[str, Any]:
        """Return what the command printed, nothing if it was no JSON."""
        try:
            return dict(json.loads(self.printed))
        except ValueError:
            return {}


def write_section(page: Path, ran: Ran) -> None:
    """Put ``ran`` into ``page``, in place of what that row had; the file need not be there."""
    sections = _sections(page.read_text("utf-8") if page.exists() else "")
    sections[f"{ran.row.number}: {ran.row.tried}"] = _body(ran)
    ordered = sorted(sections.items(), key=lambda each: int(each[0].partition(":")[0]))
    text = "".join(f"\n## {title}\n\n{body.strip()}\n" for title, body in ordered)
    page.write_text(_HEAD + text, "utf-8")


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {title: body for title, _, body in (part.partition("\n") for part in parts)}


def _body(ran: Ran) -> str:
    row = ran.row
    length = f"**short:** {ran.size:,} of {row.full:,}" if ran.size < row.full else f"{ran.size:,}"
    held = "everything held" if ran.status == 0 else f"**ended with {ran.status}**"
    began, ended = ran.load
    figures = _lines(ran.figures) if ran.figures else f"said: {ran.printed[:_SHOWN_FAULTS]}"
    return (
        f"`python -m {' '.join(row.command(ran.size))}`: {length} {row.unit}, {held}. {ran.date}Z,"
        f" {ran.seconds / 60:.1f} minutes, load {began:.1f} to {ended:.1f}.\n\n{figures}\n"
    )


def _lines(figures: dict[str, Any]) -> str:
    """Return ``figures`` as a list, an item for each, lists of their own one level below."""
    lines: list[str] = []
    for name, value in figures.items():
        if isinstance(value, list) and value:
            lines += [f"* {name}:", *(f"  * {_one(each)}" for each in value)]
        else:
            lines.append(f"* {name}: {_one(value)}")
    return "\n".join(lines)


def _one(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_one(each)}" for name, each in value.items()) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}"
    return str(value or "none")
