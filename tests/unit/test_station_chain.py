"""The chain of a station: a link for each record, in one commit with it, for good."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.cli.service_identity import create_authority, issue
from egate.domain.evidence.chain import FIRST, key_id_of, link_hash, signed_message
from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.outbox.chain import Chain, ChainHead
from egate.outbox.sealing import Seal
from egate.ports.reporting import PendingRecord
from egate.ports.signing import Signer, SignerUnavailable
from egate.reporting.authority import Authority, key_as_pem
from egate.reporting.identity import Identity, Role
from egate.reporting.station_key import StationKey
from egate.settings import SettingsError, Tls
from tests.station_keys import KeyOfTests

GATE = "BDDAC-A-01"
NOW = UtcSeconds(1_800_000_000.0)


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:")
    yield database
    database.close()


def record_of(database: sqlite3.Connection, number: int, signer: Signer | None = None) -> None:
    outbox = Memory(database, Seal(bytes(32)), signer or KeyOfTests()).outbox(GATE)
    with database:
        outbox.add(f"id {number}", number, f"record {number}".encode(), NOW)


def waiting(database: sqlite3.Connection) -> list[PendingRecord]:
    return list(Memory(database, Seal(bytes(32)), KeyOfTests()).outbox(GATE).oldest(99, 1 << 20))


def verify(signature: bytes, link: bytes, public_key: bytes) -> None:
    key = serialization.load_der_public_key(public_key)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, signed_message(link), ec.ECDSA(hashes.SHA256()))


def test_each_record_hangs_on_the_one_before_and_is_signed(database: sqlite3.Connection) -> None:
    for number in (1, 2, 3):
        record_of(database, number)
    previous = FIRST
    for number, pending in enumerate(waiting(database), 1):
        assert pending.link is not None
        assert pending.link.previous == previous
        previous = link_hash(GATE, number, previous, pending.payload)
        assert pending.link.key_id == KeyOfTests().key_id
        verify(pending.link.signature, previous, KeyOfTests().public_key)
    assert Chain(database, GATE, KeyOfTests()).head == ChainHead(3, previous)


def test_a_record_of_before_has_no_link_and_the_chain_begins_after_it(
    database: sqlite3.Connection,
) -> None:
    outbox = Memory(database, Seal(bytes(32)), KeyOfTests()).outbox(GATE)
    with database:
        database.execute(
            "INSERT INTO outbox (record_id, stored_at, sealed) VALUES ('old', 0, ?)",
            (Seal(bytes(32)).seal(b"record of before", "old"),),
        )
        outbox.add("new", 501, b"record", NOW)
    old, new = waiting(database)
    assert old.link is None
    assert new.link is not None
    assert new.link.previous == FIRST


def test_the_link_stays_when_the_record_is_gone(database: sqlite3.Connection) -> None:
    record_of(database, 1)
    with database:
        database.execute("DELETE FROM outbox")
    record_of(database, 2)
    (second,) = waiting(database)
    assert second.link is not None
    assert second.link.previous == link_hash(GATE, 1, FIRST, b"record 1")


def test_a_step_that_is_not_committed_leaves_no_link(database: sqlite3.Connection) -> None:
    record_of(database, 1)
    head = Chain(database, GATE, KeyOfTests()).head
    outbox = Memory(database, Seal(bytes(32)), KeyOfTests(2)).outbox(GATE)
    outbox.add("id 2", 2, b"record 2", NOW)
    database.rollback()
    assert Chain(database, GATE, KeyOfTests()).head == head
    record_of(database, 2, KeyOfTests(2))
    assert [each.link.key_id for each in waiting(database) if each.link] == [
        KeyOfTests().key_id,
        KeyOfTests(2).key_id,
    ]


def test_without_its_key_a_station_records_nothing(database: sqlite3.Connection) -> None:
    signer = KeyOfTests()
    signer.is_away = True
    with pytest.raises(SignerUnavailable):
        record_of(database, 1, signer)
    assert waiting(database) == []


def test_a_record_that_is_known_gets_no_second_link(database: sqlite3.Connection) -> None:
    record_of(database, 1)
    outbox = Memory(database, Seal(bytes(32)), KeyOfTests()).outbox(GATE)
    with database:
        outbox.add("id 1", 2, b"the same session again", NOW)
    assert Chain(database, GATE, KeyOfTests()).head.gate_seq == 1


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    create_authority(tmp_path)
    return issue(tmp_path, "gate", GATE)


def test_the_key_of_the_certificate_signs(tls: Tls) -> None:
    key = StationKey(tls)
    verify(key.sign(signed_message(FIRST)), FIRST, key.public_key)
    assert key.key_id == key_id_of(key.public_key)


def test_a_station_that_is_enrolled_anew_signs_with_its_new_key(tls: Tls, tmp_path: Path) -> None:
    key = StationKey(tls)
    before = key.key_id
    issue(tmp_path, "gate", GATE)
    verify(key.sign(signed_message(FIRST)), FIRST, key.public_key)
    assert key.key_id != before
    assert key.key_id == StationKey(tls).key_id


def test_files_that_are_half_replaced_do_not_stop_a_station(tls: Tls) -> None:
    key = StationKey(tls)
    before = key.key_id
    tls.key.write_bytes(b"half")
    verify(key.sign(signed_message(FIRST)), FIRST, key.public_key)
    assert key.key_id == before


def test_a_key_of_another_kind_cannot_sign_records(tmp_path: Path) -> None:
    create_authority(tmp_path)
    tls = issue(tmp_path, "gate", GATE)
    authority = Authority.from_files(tmp_path / "authority.pem", tmp_path / "authority.key")
    other = ec.generate_private_key(ec.SECP384R1())
    validity = (authority.certificate.not_valid_before_utc,) * 2
    tls.certificate.write_bytes(
        authority.certify(other.public_key(), Identity(Role.GATE, GATE), validity)
    )
    tls.key.write_bytes(key_as_pem(other))
    with pytest.raises(SettingsError, match=r"gate-BDDAC-A-01\.key: not a key on P-256"):
        StationKey(tls)
