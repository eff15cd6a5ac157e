"""The file of the key that personal data is sealed with."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from egate.outbox.sealing import KeyFileUnusable, Seal


def test_a_key_is_made_for_its_owner_alone_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "journal.key"
    sealed = Seal.from_file(file).seal(b"a name", "test")
    assert Seal.from_file(file).unseal(sealed, "test") == b"a name"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["journal.key"]


def test_who_begins_at_the_same_time_has_the_same_key(tmp_path: Path) -> None:
    file = tmp_path / "journal.key"
    with ThreadPoolExecutor(8) as threads:
        seals = list(threads.map(lambda _: Seal.from_file(file), range(8)))
    sealed = seals[0].seal(b"a name", "test")
    assert {each.unseal(sealed, "test") for each in seals} == {b"a name"}


def test_power_that_goes_while_it_is_made_leaves_no_half_of_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "journal.key"
    with monkeypatch.context() as cut:
        cut.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(5, "Input/output error")))
        with pytest.raises(KeyFileUnusable, match="Input/output error"):
            Seal.from_file(file)
    assert not file.exists()
    Seal.from_file(file)


def test_what_is_no_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "journal.key"
    file.write_bytes(b"short")
    with pytest.raises(KeyFileUnusable, match=r"journal\.key: not a key of 32 bytes"):
        Seal.from_file(file)
