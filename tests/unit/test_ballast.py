"""Room that is kept for a full disk: taken, given up, and never half."""

import io
import os
from pathlib import Path

import pytest

from egate.gate.ballast import Ballast
from egate.observability.logging import configure_logging

SIZE = 1 << 20


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite.ballast"


def test_it_is_held_while_there_is_room_and_given_up_when_there_is_none(file: Path) -> None:
    log = io.StringIO()
    configure_logging(log)
    ballast = Ballast(file, SIZE)
    assert ballast.keep(2 * SIZE)
    assert file.stat().st_blocks * 512 >= SIZE
    assert ballast.keep(SIZE // 16)
    assert "ballast" not in log.getvalue()
    assert not ballast.keep(SIZE // 16 - 1)
    assert not file.exists()
    assert log.getvalue().count("its ballast is given up") == 1
    assert not ballast.keep(2 * SIZE - 1)  # its own room alone would bring it back at once
    assert not file.exists()
    assert ballast.keep(2 * SIZE)
    assert file.exists()


def test_a_hole_is_no_room(file: Path) -> None:
    file.touch()
    os.truncate(file, SIZE)
    ballast = Ballast(file, SIZE)
    assert not ballast.keep(0)
    assert ballast.keep(2 * SIZE)
    assert file.stat().st_blocks * 512 >= SIZE


def test_one_that_does_not_fit_leaves_nothing(file: Path) -> None:
    ballast = Ballast(file, 1 << 60)
    assert not ballast.keep(2 << 60)
    assert not file.exists()


def test_a_folder_that_cannot_be_written_has_no_room(tmp_path: Path) -> None:
    assert not Ballast(tmp_path / "away" / "ballast", SIZE).keep(2 * SIZE)


def test_a_disk_without_room_for_it_is_full(tmp_path: Path) -> None:
    assert Ballast(tmp_path / "ballast", SIZE).guarding(lambda: 0.3)() == 0.3
    assert Ballast(tmp_path / "other", 1 << 60).guarding(lambda: 0.3)() == 1.0
