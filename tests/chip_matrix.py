"""``python -m tests.chip_matrix``: read every cell of the matrix and write docs/chip-matrix.md."""

import re
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from hardware_mocks.chip.quirks.catalogue import SWITCHES
from tests.chip_cells import Form, Result
from tests.chip_matrix_cells import ACCESS, CHIP, DOCUMENT_TYPES, QUIRK, Key, matrix

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "chip-matrix.md"
_NONE: Final = "-"
_ATOM: Final = re.compile(r"(?:(TD\d) ?)?(?:(extended|short) )?(reads|refused)(?: \[(\d+)\])?")
_NOTE: Final = re.compile(r"^(\d+)\. (.*)$")

_INTRODUCTION: Final = """# The matrix of chips

Written by `python -m tests.chip_matrix` from readings of the simulated chip; do not edit. A test
reads a part of the cells again with every run of the suite, and fails when this page is stale.

Each cell is six readings: of a TD1, a TD2 and a TD3 document, by a reader that can carry extended
APDUs and by one that cannot. A cell with one word means that all six ended so. *Reads* means that
every file came byte for byte as it was stored and no check failed; *refused* means that the reader
says why. A number in brackets leads to the words of the evidence below the table.

"""
_ABOUT: Final[Mapping[str, str]] = {
    ACCESS: "## Access\n\nBAC, and PACE by mapping, cipher and domain parameters. Only PACE opens"
    " these chips. They take commands and give answers in parts, for keys that are longer than a"
    " short APDU.\n",
    CHIP: "## Chip Authentication\n\nBy cipher and domain parameters, after BAC.\n",
    QUIRK: "## Quirks\n\nThe numbers are those of the switches, as"
    " `python -m hardware_mocks chip --list-quirks` has them. These chips open by BAC as well as"
    " by the PACE of the column, and have Active Authentication. A dash is a cell without sense:"
    " a quirk of PACE on a chip without it. Pace of link and chip (`slow-link`, `slow-chip`) is"
    " of the wire and not in this table.\n",
}


def page(results: Mapping[Key, Result]) -> str:
    """Render the page."""
    tables = [_table(table, results) for table in _ABOUT]
    return _INTRODUCTION + "\n".join(tables)


def _table(table: str, results: Mapping[Key, Result]) -> str:
    keys = [key for key in results if key.table == table]
    columns = list(dict.fromkeys(key.column for key in keys))
    notes: list[str] = []
    lines = [_line([_corner(table), *columns]), _line(["---"] * (len(columns) + 1))]
    for row in dict.fromkeys(key.row for key in keys):
        cells = [
            _cell({k: results[k] for k in keys if (k.row, k.column) == (row, column)}, notes)
            for column in columns
        ]
        lines.append(_line([_heading(table, row), *cells]))
    listed = [f"{number}. {note}" for number, note in enumerate(notes, 1)]
    return "\n".join([_ABOUT[table], *lines, "", *listed, ""])


def _corner(table: str) -> str:
    return "quirk" if table == QUIRK else "domain parameters"


def _heading(table: str, row: str) -> str:
    if table != QUIRK:
        return row
    return f"{SWITCHES[row].number or _NONE} `{row}` {SWITCHES[row].description}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(six: Mapping[Key, Result], notes: list[str]) -> str:
    if not six:
        return _NONE
    if len(set(six.values())) == 1:
        return _atom(next(iter(six.values())), notes)
    by_form = {form: {r for k, r in six.items() if k.form is form} for form in Form}
    if all(len(found) == 1 for found in by_form.values()):
        return ", ".join(f"{form} {_atom(*found, notes)}" for form, found in by_form.items())
    by_type = {t: {r for k, r in six.items() if k.document_type == t} for t in DOCUMENT_TYPES}
    if all(len(found) == 1 for found in by_type.values()):
        return ", ".join(f"{kind} {_atom(*found, notes)}" for kind, found in by_type.items())
    return ", ".join(f"{k.document_type} {k.form} {_atom(r, notes)}" for k, r in six.items())


def _atom(result: Result, notes: list[str]) -> str:
    word = "reads" if result.reads else "refused"
    if not result.said:
        return word
    if result.said not in notes:
        notes.append(result.said)
    return f"{word} [{notes.index(result.said) + 1}]"


def written(text: str) -> dict[Key, Result]:
    """Read the page back: the result of every cell that it has."""
    found: dict[Key, Result] = {}
    for table, about in _ABOUT.items():
        title = about.splitlines()[0]
        part = text.partition(f"{title}\n")[2].partition("\n## ")[0]
        notes = {m[1]: m[2] for line in part.splitlines() if (m := _NOTE.match(line))}
        grid = [line[2:-2].split(" | ") for line in part.splitlines() if line.startswith("| ")]
        if not grid:
            continue
        for heading, *cells in grid[2:]:
            row = heading.split("`")[1] if table == QUIRK else heading
            for column, cell in zip(grid[0][1:], cells, strict=True):
                found |= _six(table, row, column, cell, notes)
    return found


def _six(
    table: str, row: str, column: str, cell: str, notes: Mapping[str, str]
) -> dict[Key, Result]:
    found = {}
    for kind, form, word, note in _ATOM.findall(cell):
        result = Result(word == "reads", notes.get(note, ""))
        for document_type in (kind,) if kind else DOCUMENT_TYPES:
            for each in (Form(form),) if form else Form:
                found[Key(table, row, column, document_type, each)] = result
    return found


def main() -> int:
    """Read every cell, write the page, and tell how long it took."""
    began = time.perf_counter()
    results = {key: cell.result() for key, cell in matrix().items()}
    PAGE.write_text(page(results))
    reads = sum(result.reads for result in results.values())
    took = time.perf_counter() - began
    told = f"{len(results)} readings in {took:.0f} s: {reads} read, {len(results) - reads} refused"
    sys.stdout.write(f"{told}; {PAGE.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
