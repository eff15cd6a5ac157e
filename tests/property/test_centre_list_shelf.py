"""Whatever version a gate has, what is offered leads it to the newest, and never too far."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.central.lists.shelf import NotKept, Shelf
from egate.lists.build import collect, compare
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.manifest import Manifest, verified_manifest
from egate.lists.publishing import Publisher
from egate.lists.succession import check_follows
from egate.ports.lists import PartOf
from tests.list_samples import DAY, KEY, KIND, NOW, SIGNER, row

FIRST, NEWEST = 47, 103
GAPS = (48, 50, 97)
"""Numbers that were given to versions that were never made."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Versions with a long list, each with one document more; looked at as each is made."""
    folder = tmp_path_factory.mktemp("made")
    shelf = Shelf(folder, SIGNER.public_key())
    assert shelf.refresh(KIND) is None
    publisher = Publisher(folder, KIND, KEY, SIGNER)
    rows = [row(f"A{number}") for number in range(1000)]
    for version in (each for each in range(FIRST, NEWEST + 1) if each not in GAPS):
        rows.append(row(f"B{version}"))
        old = publisher.newest()
        change = compare(old.contents, collect(rows, KIND, KEY), KIND)
        publisher.publish(old, change, version, NOW, DAY)
        shelf.refresh(KIND)
    shelf.say(KIND, NEWEST, b"new", NOW)
    return shelf


def manifests(shelf: Shelf, have: int, kind: ListKind = KIND) -> list[Manifest]:
    offered = shelf.offered(kind, have)
    assert offered is not None
    return [verified_manifest(raw, SIGNER.public_key()) for raw in offered.manifests]


@given(st.integers(0, NEWEST + 5))
def test_what_is_offered_leads_to_the_newest_without_a_gap(shelf: Shelf, have: int) -> None:
    used = have
    offered = manifests(shelf, have)
    for each in offered:
        assert each.previous in (0, used)
        used = each.version
    assert used == max(have, NEWEST)
    assert len(offered) < 50


@given(st.integers(0, 20))
@settings(max_examples=5)
def test_the_pieces_of_what_is_offered_are_there(shelf: Shelf, back: int) -> None:
    for each in manifests(shelf, NEWEST - back):
        for name, content in each.contents.items():
            part = PartOf(KIND, each.version, each.is_delta, name, 0, 1 << 20)
            assert len(shelf.read(part)) == min(content.length, 1 << 20)


def test_a_gate_that_is_behind_by_little_gets_deltas_and_else_a_snapshot(shelf: Shelf) -> None:
    assert [each.is_delta for each in manifests(shelf, NEWEST - 2)] == [True, True]
    assert [each.is_delta for each in manifests(shelf, 99)] == [False]  # over a hundred
    assert [each.is_delta for each in manifests(shelf, 0)] == [False]
    assert manifests(shelf, NEWEST) == []


def test_a_gate_that_was_away_until_deltas_are_too_old_gets_the_snapshot(shelf: Shelf) -> None:
    shelf.say(KIND, NEWEST, b"new", NOW + DAY - dt.timedelta(hours=2))
    assert [each.is_delta for each in manifests(shelf, NEWEST - 2)] == [True, True]
    shelf.say(KIND, NEWEST, b"new", NOW + DAY)
    assert [each.is_delta for each in manifests(shelf, NEWEST - 2)] == [False]
    shelf.say(KIND, NEWEST, b"new", NOW)


def test_a_gate_never_gets_more_deltas_than_it_may(shelf: Shelf) -> None:
    used: Manifest | None = None
    deltas = 0
    for have in range(NEWEST):
        for each in manifests(shelf, have if used is None else used.version):
            check_follows(each, used, have if used is None else used.version, deltas)
            deltas = deltas + 1 if each.is_delta else 0
            used = each


def test_what_no_gate_needs_is_deleted(shelf: Shelf) -> None:
    gone = PartOf(KIND, FIRST, False, "documents", 0, 100)
    for part in (gone, PartOf(KIND, FIRST, True, "documents", 0, 100)):
        with pytest.raises(NotKept):
            shelf.read(part)
    assert shelf.read(PartOf(KIND, NEWEST - 1, False, "documents", 0, 100))
    with pytest.raises(NotKept):
        shelf.read(PartOf(KIND, NEWEST - 2, False, "documents", 0, 100))


def test_a_list_that_is_not_there_is_not_offered(shelf: Shelf) -> None:
    assert shelf.offered(ListKind.WANTED, 0) is None


def test_a_statement_about_another_version_is_not_offered(shelf: Shelf) -> None:
    shelf.say(KIND, NEWEST - 1, b"old", NOW)
    offered = shelf.offered(KIND, 0)
    assert offered is not None
    assert offered.freshness == b""
    shelf.say(KIND, NEWEST, b"new", NOW)
    offered = shelf.offered(KIND, 0)
    assert offered is not None
    assert offered.freshness == b"new"


def test_a_folder_under_another_name_is_refused(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path, KIND, KEY, SIGNER)
    old = publisher.newest()
    change = compare(old.contents, collect([row("A1")], KIND, KEY), KIND)
    publisher.publish(old, change, 1, NOW, DAY)
    (tmp_path / KIND / f"{1:016}").rename(tmp_path / KIND / f"{2:016}")
    with pytest.raises(ListRefused, match="another version"):
        Shelf(tmp_path, SIGNER.public_key()).refresh(KIND)
