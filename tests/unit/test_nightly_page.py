"""The page of the nightly column has what ran last of each row, and says what was not all of it."""

from dataclasses import replace
from pathlib import Path

from tests.conftest import ROOT
from tests.nightly.page import Ran, write_section
from tests.nightly.rows import ROWS

CUTS, STANDBY = (next(row for row in ROWS if row.number == number) for number in (2, 14))
RAN = Ran(CUTS, 20_000, "2026-11-23 05:00", 900.0, (1.5, 2.5), 0, '{"faults": 0}')


def test_a_row_takes_the_place_of_what_it_had_and_rows_are_in_order(tmp_path: Path) -> None:
    page = tmp_path / "nightly.md"
    write_section(page, replace(RAN, row=STANDBY, size=20))
    write_section(page, replace(RAN, printed='{"faults": 3}', status=1))
    write_section(page, RAN)
    text = page.read_text()
    titles = [line for line in text.splitlines() if line.startswith("## ")]
    assert titles == ["## 2: power cuts", "## 14: standby takes over"]
    assert "20,000 cuts, everything held. 2026-11-23 05:00Z, 15.0 minutes, load 1.5 to 2.5." in text
    assert "* faults: 0" in text
    assert "* faults: 3" not in text


def test_figures_are_a_list_with_lists_of_their_own_below(tmp_path: Path) -> None:
    printed = '{"held": true, "load": 0.0, "lanes": [{"weather": "cut", "lost": 0}], "faults": []}'
    write_section(tmp_path / "page", replace(RAN, printed=printed))
    figures = (tmp_path / "page").read_text().rpartition(" load 1.5 to 2.5.\n\n")[2]
    assert figures == (
        "* held: yes\n* load: 0.0\n* lanes:\n  * weather cut, lost 0\n* faults: none\n"
    )


def test_less_than_all_of_it_is_called_short(tmp_path: Path) -> None:
    write_section(tmp_path / "page", replace(RAN, size=500))
    assert "--cuts 500`: **short:** 500 of 20,000 cuts" in (tmp_path / "page").read_text()


def test_a_command_that_broke_is_told_with_what_it_said(tmp_path: Path) -> None:
    write_section(tmp_path / "page", replace(RAN, status=1, printed="no room"))
    text = (tmp_path / "page").read_text()
    assert "**ended with 1**" in text
    assert "no room" in text


def test_the_reliability_table_names_each_command_at_full_length() -> None:
    lines = (ROOT / "docs" / "reliability.md").read_text().splitlines()
    for row in ROWS:
        (line,) = (each for each in lines if each.startswith(f"| {row.number} |"))
        assert f"`python -m {' '.join(row.command(row.full))}`" in line
