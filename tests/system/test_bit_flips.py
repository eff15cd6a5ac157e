"""One bit of a book's files is another one: the book says so, or nothing depends on it."""

from pathlib import Path

import pytest

from tests.disk_faults.bit_flips import flip, left
from tests.disk_faults.scenes import SCENES

pytestmark = pytest.mark.timeout(300)
FLIPS = 85  # of each book in each way; 510 in all


@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed"])
@pytest.mark.parametrize("name", SCENES)
def test_a_bit_that_is_another_one_is_found_or_harmless(
    name: str, tmp_path: Path, *, killed: bool
) -> None:
    (tmp_path / "book").mkdir()
    run = left(name, tmp_path / "book", killed=killed)
    figures = flip(run, FLIPS, tmp_path / "flipped", seed=1)
    assert figures.unnoticed == []
    found = figures.outcomes["refused"] + figures.outcomes["told"]
    # In a log of writes nearly every bit matters, in a database most are of what was deleted.
    assert found > (0.9 if killed else 0.05) * FLIPS
