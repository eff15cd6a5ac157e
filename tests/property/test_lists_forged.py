"""What is forged, torn, replayed or old is never used, and what is in use stays."""

import datetime as dt
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from egate.lists.errors import ListRefused
from egate.lists.incoming import Incoming
from egate.lists.keeper import MANIFEST, Kept, ListKeeper, Pinned, read_manifest
from egate.lists.keys import ListKey
from egate.lists.kinds import ListKind
from egate.lists.manifest import ContentName
from egate.lists.names.birth_date import packed
from egate.lists.publishing import DELTA, SNAPSHOT
from tests.list_samples import (
    DAY,
    KARIM,
    KEY,
    NOW,
    SIGNER,
    Versions,
    document,
    found,
    gate,
    in_force,
    row,
    take,
)

FLIPS = 500
FILES = (*ContentName, MANIFEST)


@pytest.fixture
def versions(tmp_path: Path) -> list[Path]:
    """Three versions: A1 and A2 are listed in the first, A3 in the second, A1 goes in the third."""
    made = Versions(tmp_path / "published")
    listed, third_listed = row("A1", persons=(KARIM,)), row("A3", "E-3", persons=(KARIM,))
    first = made.publish([listed, row("A2", "E-2")])
    second = made.publish([listed, row("A2", "E-2"), third_listed])
    third = made.publish([row("A2", "E-2"), third_listed])
    return [first, second, third]


@pytest.fixture
def keeper(tmp_path: Path) -> ListKeeper:
    return gate(tmp_path / "gate")


@contextmanager
def opened(keeper: ListKeeper) -> Iterator[Kept]:
    kept = keeper.open()
    try:
        yield kept
    finally:
        kept.close()


def flip(file: Path, bit: int) -> None:
    content = bytearray(file.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    file.write_bytes(content)


def test_a_flipped_bit_on_the_way_in_is_refused(
    versions: list[Path], keeper: ListKeeper, tmp_path: Path
) -> None:
    take(keeper, versions[0] / SNAPSHOT)
    choose = random.Random(9303)  # noqa: S311  to be seen again
    for number in range(FLIPS):
        source = versions[1] / (DELTA if number % 2 else SNAPSHOT)
        forged = tmp_path / "forged"
        shutil.copytree(source, forged)
        file = forged / choose.choice(FILES)
        flip(file, choose.randrange(8 * file.stat().st_size))
        with pytest.raises(ListRefused):
            take(keeper, forged)
        shutil.rmtree(forged)
    with opened(keeper) as kept:
        assert not kept.faults
        assert found(kept, "A1") == ["E-1"]
        assert found(kept, "A3") == []
    take(keeper, versions[1] / DELTA)  # and the genuine one still comes in
    assert in_force(keeper) == 2


def test_a_bit_that_the_disk_flips_is_found(versions: list[Path], tmp_path: Path) -> None:
    """The last good version is used, and says that it is behind."""
    choose = random.Random(1701)  # noqa: S311  to be seen again
    whole = gate(tmp_path / "whole")
    for part in (versions[0] / SNAPSHOT, versions[1] / DELTA, versions[2] / SNAPSHOT):
        take(whole, part)
    for _ in range(FLIPS):
        keeper = gate(tmp_path / "spoilt")
        shutil.copytree(whole.folder, keeper.folder)
        version = choose.randrange(1, 4)
        file = keeper.folder / f"{version:016}" / choose.choice(FILES)
        flip(file, choose.randrange(8 * file.stat().st_size))
        with opened(keeper) as kept:
            assert kept.newest == 3
            used = kept.usable(NOW).manifest.version
            assert used == (2 if version == 3 else 3)
            assert kept.is_behind == (version == 3)
            assert found(kept, "A1") == (["E-1"] if used == 2 else [])
        shutil.rmtree(keeper.folder)


@pytest.mark.parametrize("name", FILES)
def test_a_torn_file_is_refused(
    name: str, versions: list[Path], keeper: ListKeeper, tmp_path: Path
) -> None:
    take(keeper, versions[0] / SNAPSHOT)
    length = (versions[1] / DELTA / name).stat().st_size
    for kept_bytes in sorted({0, 1, length // 2, length - 1}):
        torn = tmp_path / f"torn-{kept_bytes}"
        shutil.copytree(versions[1] / DELTA, torn)
        with (torn / name).open("r+b") as stream:
            stream.truncate(kept_bytes)
        with pytest.raises(ListRefused):
            take(keeper, torn)
    assert in_force(keeper) == 1


@pytest.mark.parametrize("name", FILES)
def test_a_version_torn_on_the_disk_is_not_used(
    name: str, versions: list[Path], keeper: ListKeeper
) -> None:
    take(keeper, versions[0] / SNAPSHOT)
    take(keeper, versions[1] / DELTA)
    file = keeper.folder / f"{2:016}" / name
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size - 1)
    with opened(keeper) as kept:
        assert kept.usable(NOW).manifest.version == 1
        assert kept.is_behind
    take(keeper, versions[1] / DELTA)  # what is spoilt is replaced
    with opened(keeper) as kept:
        assert (kept.usable(NOW).manifest.version, kept.faults) == (2, [])


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ([(0, SNAPSHOT), (0, SNAPSHOT)], "version 1: version 1 is in use"),
        ([(1, SNAPSHOT), (0, SNAPSHOT)], "version 1: version 2 was taken in before"),
        ([(1, SNAPSHOT), (1, DELTA)], "version 2: version 2 is in use"),
        ([(0, SNAPSHOT), (2, DELTA)], "version 3: changes version 2, and version 1 is in use"),
        ([(1, DELTA)], "version 2: a delta, and there is no snapshot"),
    ],
)
def test_replays_rollbacks_and_gaps(
    parts: list[tuple[int, str]], fault: str, versions: list[Path], keeper: ListKeeper
) -> None:
    *before, last = [versions[number] / part for number, part in parts]
    for each in before:
        take(keeper, each)
    used = in_force(keeper)
    with pytest.raises(ListRefused, match=fault):
        take(keeper, last)
    assert in_force(keeper) == used


def test_an_older_version_does_not_come_back_because_the_newest_is_spoilt(
    versions: list[Path], keeper: ListKeeper
) -> None:
    for part in (versions[0] / SNAPSHOT, versions[2] / SNAPSHOT):
        take(keeper, part)
    (keeper.folder / f"{3:016}" / ContentName.DOCUMENTS).unlink()
    assert in_force(keeper) == 1
    with pytest.raises(ListRefused, match="version 3 was taken in before"):
        take(keeper, versions[1] / SNAPSHOT)


def test_a_version_under_the_name_of_another_is_not_used(
    versions: list[Path], keeper: ListKeeper
) -> None:
    """A thief of the disk's last bytes renames an old folder; the signature says what it is."""
    take(keeper, versions[0] / SNAPSHOT)
    shutil.copytree(keeper.folder / f"{1:016}", keeper.folder / f"{9:016}")
    with opened(keeper) as kept:
        assert (kept.usable(NOW).manifest.version, kept.is_behind) == (1, True)


def test_a_delta_that_is_missing_ends_the_chain(versions: list[Path], keeper: ListKeeper) -> None:
    take(keeper, versions[0] / SNAPSHOT)
    for each in versions[1:]:
        take(keeper, each / DELTA)
    shutil.rmtree(keeper.folder / f"{2:016}")
    with opened(keeper) as kept:
        assert (kept.usable(NOW).manifest.version, kept.is_behind) == (1, True)
        assert found(kept, "A1") == ["E-1"]


def test_a_list_in_the_folder_of_another_is_not_used(
    versions: list[Path], keeper: ListKeeper, tmp_path: Path
) -> None:
    take(keeper, versions[0] / SNAPSHOT)
    other = gate(tmp_path / "other", ListKind.INFO)
    shutil.copytree(keeper.folder, other.folder)
    with opened(other) as kept, pytest.raises(ListRefused, match="of another version or list"):
        kept.usable(NOW)


def test_the_list_of_another_kind_is_refused(versions: list[Path], tmp_path: Path) -> None:
    keeper = gate(tmp_path / "gate", ListKind.INFO)
    with pytest.raises(ListRefused, match="of the list OFFLOAD"):
        take(keeper, versions[0] / SNAPSHOT)


def test_a_strangers_list_is_refused(keeper: ListKeeper, tmp_path: Path) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    forged = Versions(tmp_path / "forged", signer=stranger).publish([row("A1")])
    with pytest.raises(ListRefused, match="not signed by the pinned signer"):
        take(keeper, forged / SNAPSHOT)


def test_with_another_list_key_nothing_is_found(versions: list[Path], tmp_path: Path) -> None:
    keeper = ListKeeper(
        tmp_path / "gate", gate(tmp_path).kind, Pinned(SIGNER.public_key(), ListKey(bytes(32)))
    )
    with pytest.raises(ListRefused, match="persons: sealed with another list key"):
        take(keeper, versions[0] / SNAPSHOT)
    take(keeper, Versions(tmp_path / "of documents").publish([row("A1")]) / SNAPSHOT)
    with opened(keeper) as kept, pytest.raises(ListRefused, match="another list key"):
        found(kept, "A1")  # its digest is looked up with the right key, its entry is sealed


def test_nobody_uses_a_version_whose_time_is_over(versions: list[Path], keeper: ListKeeper) -> None:
    """Also not a process that has had it open for days; but a delta may follow it."""
    take(keeper, versions[0] / SNAPSHOT)
    with opened(keeper) as kept:
        assert kept.usable(NOW + DAY - dt.timedelta(seconds=1)).age_at(NOW + DAY) == DAY
        for now in (NOW + DAY, NOW - dt.timedelta(minutes=6)):
            with pytest.raises(ListRefused, match=r"expired|in the future"):
                kept.usable(now)
    with pytest.raises(ListRefused, match="expired"):
        take(keeper, versions[1] / DELTA, NOW + 2 * DAY)
    later = Versions(versions[0].parents[1]).publish([row("A9")], NOW + 2 * DAY)
    take(keeper, versions[1] / DELTA)
    take(keeper, versions[2] / DELTA)
    take(keeper, later / DELTA, NOW + 2 * DAY)
    with opened(keeper) as kept:
        assert kept.usable(NOW + 2 * DAY).deltas == 3


def test_a_version_of_tomorrow_is_refused(keeper: ListKeeper, tmp_path: Path) -> None:
    early = Versions(tmp_path / "early").publish([row("A1")], NOW + dt.timedelta(minutes=6))
    with pytest.raises(ListRefused, match="made in the future"):
        take(keeper, early / SNAPSHOT)


def test_a_snapshot_made_before_the_one_in_use_is_refused(
    keeper: ListKeeper, tmp_path: Path
) -> None:
    take(keeper, Versions(tmp_path / "one").publish([row("A1")]) / SNAPSHOT)
    other = Versions(tmp_path / "other")
    other.publish([row("A1")], NOW - DAY / 2)
    late = other.publish([row("A1")], NOW - DAY / 4)
    with pytest.raises(ListRefused, match="made before version 1"):
        take(keeper, late / SNAPSHOT)


def test_a_transfer_goes_on_where_it_broke_off(versions: list[Path], keeper: ListKeeper) -> None:
    source = versions[0] / SNAPSHOT
    raw = read_manifest(source)
    with keeper.locked(), opened(keeper) as kept:
        manifest = keeper.admit(raw, kept, NOW)
    incoming = Incoming.begin(keeper, manifest, raw)
    first = incoming.wanted
    assert first is not None
    had = first.length - 1
    incoming.add(first.name, 0, (source / first.name).read_bytes()[:had])
    for offset, piece in ((0, b"again"), (had, b""), (had, bytes(first.length))):
        with pytest.raises(ListRefused):
            incoming.add(first.name, offset, piece)
    again = Incoming.begin(keeper, manifest, raw)
    assert again.wanted is not None
    assert (again.wanted.name, again.wanted.offset) == (first.name, had)
    other = read_manifest(versions[1] / SNAPSHOT)  # another version begins anew
    with opened(keeper) as kept:
        anew = Incoming.begin(keeper, keeper.admit(other, kept, NOW), other)
    assert anew.wanted is not None
    assert anew.wanted.offset == 0
    take(keeper, versions[1] / SNAPSHOT)
    assert in_force(keeper) == 2


def test_two_do_not_take_a_version_in_at_once(keeper: ListKeeper) -> None:
    with (
        keeper.locked(),
        pytest.raises(ListRefused, match="somebody else"),
        gate(keeper.folder).locked(),
    ):
        pass


def test_what_is_old_is_forgotten(versions: list[Path], keeper: ListKeeper) -> None:
    for part in (versions[0] / SNAPSHOT, versions[1] / SNAPSHOT, versions[2] / SNAPSHOT):
        take(keeper, part)
    kept = sorted(each.name for each in keeper.folder.iterdir() if each.is_dir())
    assert kept == [f"{2:016}", f"{3:016}"]


def test_a_stolen_store_shows_no_number_and_no_text(tmp_path: Path) -> None:
    listed = row("A0123456", instruction="seize it", persons=(KARIM,))
    made = Versions(tmp_path / "published").publish([listed])
    for file in FILES:
        content = (made / SNAPSHOT / file).read_bytes()
        for secret in (b"A0123456", b"E-1", b"seize", b"Special Branch", bytes(range(32))):
            assert secret not in content
        for secret in (b"karim", b"1974", packed("1974-08-12").to_bytes(4, "little")):
            assert secret not in content.lower()
    assert (
        KEY.document_digest(document("A0123456"))
        in (made / SNAPSHOT / ContentName.DOCUMENTS).read_bytes()
    )
