"""A list is as old as the last proof that nothing newer exists, and no proof can be made up."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.lists.errors import ListRefused
from egate.lists.freshness import Freshness, sign_freshness, verified_freshness
from egate.lists.keeper import Kept, ListKeeper
from egate.lists.kinds import ListKind
from egate.lists.manifest import verified_manifest
from egate.lists.signed_json import canonical, sign
from tests.list_samples import KIND, NOW, SIGNER, Versions, gate, row, take

MINUTE = dt.timedelta(minutes=1)


def statement(version: int = 1, minutes: float = 1, kind: ListKind = KIND) -> bytes:
    return sign_freshness(Freshness(kind, version, NOW + minutes * MINUTE), SIGNER)


@pytest.fixture
def keeper(tmp_path: Path) -> ListKeeper:
    """Version 1 is in use."""
    made = Versions(tmp_path / "made")
    keeper = gate(tmp_path / "gate")
    take(keeper, made.publish([row("A1")]) / "snapshot")
    return keeper


def proven(keeper: ListKeeper, *raws: bytes, now: dt.datetime = NOW + 60 * MINUTE) -> Kept:
    kept = keeper.open()
    try:
        for raw in raws:
            kept = keeper.prove(raw, kept, now)
    finally:
        kept.close()
    return kept


def test_without_a_statement_a_list_is_as_old_as_its_version(keeper: ListKeeper) -> None:
    assert proven(keeper).newest_as_of == NOW


def test_a_statement_makes_the_list_younger_also_after_a_restart(keeper: ListKeeper) -> None:
    assert proven(keeper, statement(minutes=5)).newest_as_of == NOW + 5 * MINUTE
    assert proven(keeper).newest_as_of == NOW + 5 * MINUTE
    assert proven(keeper, statement(minutes=5)).newest_as_of == NOW + 5 * MINUTE


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (statement(minutes=4), "older than what is here"),
        (statement(kind=ListKind.WANTED, minutes=9), "of the list WANTED"),
        (statement(minutes=66), "made in the future"),
        (statement(minutes=9).replace(b'"version":1', b'"version":2'), "not signed"),
        (statement(minutes=9)[:-1], "malformed"),
        (b"", "malformed"),
        (b"x" * 2000, "malformed"),
    ],
)
def test_what_is_forged_or_of_before_changes_nothing(
    keeper: ListKeeper, raw: bytes, reason: str
) -> None:
    proven(keeper, statement(minutes=5))
    with pytest.raises(ListRefused, match=reason):
        proven(keeper, raw)
    assert proven(keeper).newest_as_of == NOW + 5 * MINUTE


def test_a_statement_about_a_newer_version_proves_nothing_about_the_one_in_use(
    keeper: ListKeeper,
) -> None:
    kept = proven(keeper, statement(minutes=5), statement(version=2, minutes=9))
    assert kept.newest_as_of == NOW + 5 * MINUTE


def test_a_statement_about_an_older_version_than_was_taken_in_is_a_replay(
    keeper: ListKeeper, tmp_path: Path
) -> None:
    made = Versions(tmp_path / "made", made=1)
    take(keeper, made.publish([row("A1"), row("A2")]) / "delta", NOW + MINUTE)
    with pytest.raises(ListRefused, match="version 2 was taken in"):
        proven(keeper, statement(version=1, minutes=9))
    assert proven(keeper, statement(version=2, minutes=9)).newest_as_of == NOW + 9 * MINUTE


def test_a_statement_of_the_version_before_is_none_of_the_next(
    keeper: ListKeeper, tmp_path: Path
) -> None:
    proven(keeper, statement(minutes=5))
    made = Versions(tmp_path / "made", made=1)
    take(keeper, made.publish([row("A2")]) / "delta", NOW + MINUTE)
    assert proven(keeper).newest_as_of == NOW + MINUTE


def test_a_statement_spoilt_on_the_disk_is_named_and_not_used(keeper: ListKeeper) -> None:
    proven(keeper, statement(minutes=5))
    (keeper.folder / "freshness").write_bytes(statement(minutes=9)[:-2] + b"00")
    kept = proven(keeper)
    assert kept.newest_as_of == NOW
    assert any("freshness" in fault for fault in kept.faults)


def test_a_statement_without_a_version_in_use_is_not_kept(tmp_path: Path) -> None:
    keeper = gate(tmp_path / "gate")
    assert proven(keeper, statement()).newest_as_of is None
    assert not keeper.folder.exists()


def test_a_disk_that_refuses_is_told(keeper: ListKeeper) -> None:
    (keeper.folder / "freshness").mkdir()
    (keeper.folder / "freshness/x").touch()
    with pytest.raises(ListRefused):
        proven(keeper, statement())


@given(st.data())
def test_no_bit_of_a_statement_can_be_changed(data: st.DataObject) -> None:
    raw = bytearray(statement())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ListRefused):
        verified_freshness(bytes(raw), SIGNER.public_key())


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"\xff",
        canonical({"format": 2, "list": "OFFLOAD", "version": 1, "as_of": "2026-11-22T12:00:00Z"}),
        canonical({"format": 1, "list": "OFFLOAD", "version": 0, "as_of": "2026-11-22T12:00:00Z"}),
        canonical({"format": 1, "list": "NONE", "version": 1, "as_of": "2026-11-22T12:00:00Z"}),
        canonical({"format": 1, "list": "OFFLOAD", "version": True, "as_of": "x"}),
    ],
)
def test_signed_nonsense_is_no_statement(body: bytes) -> None:
    with pytest.raises(ListRefused, match="freshness"):
        verified_freshness(sign(b"egate list freshness 1\n", body, SIGNER), SIGNER.public_key())


def test_a_statement_is_no_manifest_and_a_manifest_no_statement(keeper: ListKeeper) -> None:
    with pytest.raises(ListRefused, match="not signed"):
        verified_manifest(statement(), SIGNER.public_key())
    manifest = (keeper.folder / f"{1:016}" / "manifest").read_bytes()
    with pytest.raises(ListRefused, match="not signed"):
        verified_freshness(manifest, SIGNER.public_key())
