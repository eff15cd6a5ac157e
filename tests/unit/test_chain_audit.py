"""A station finds what was changed in its own chain, and says where first."""

import hashlib
import sqlite3
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from egate.domain.evidence.chain import FIRST, key_id_of, link_hash_of_digest, signed_message
from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.outbox.chain import Chain
from egate.outbox.chain_audit import ChainBreak
from egate.outbox.sealing import Seal
from tests.station_keys import KeyOfTests, first_break

GATE = "BDDAC-A-01"
LINKS = 6
OTHER_DIGEST = hashlib.sha256(b"another record").digest()


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """Of a station that was enrolled anew after its third record."""
    database = sqlite3.connect(":memory:")
    for number in range(1, LINKS + 1):
        key = KeyOfTests(1 if number <= LINKS // 2 else 2)
        outbox = Memory(database, Seal(bytes(32)), key).outbox(GATE)
        with database:
            outbox.add(f"id {number}", number, f"record {number}".encode(), UtcSeconds(0.0))
    yield database
    database.close()


def test_a_chain_holds_over_a_change_of_the_key(database: sqlite3.Connection) -> None:
    assert first_break(database, GATE) is None


def test_a_chain_without_a_link_holds() -> None:
    database = sqlite3.connect(":memory:")
    Chain(database, GATE, KeyOfTests())
    assert first_break(database, GATE) is None


def test_a_chain_is_its_station_s(database: sqlite3.Connection) -> None:
    assert first_break(database, "BDDAC-A-02") == ChainBreak(1, "is not signed by its key")


UNHUNG, UNSIGNED = "does not hang on the link before", "is not signed by its key"
DAMAGED = "is damaged, or its key is not here"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("UPDATE chain_link SET digest = ? WHERE gate_seq = 3", OTHER_DIGEST), (3, UNSIGNED)),
        (("UPDATE chain_link SET previous = ? WHERE gate_seq = 3", FIRST), (3, UNHUNG)),
        (("UPDATE chain_link SET signature = ? WHERE gate_seq = 2", b""), (2, UNSIGNED)),
        (("UPDATE chain_link SET key = 2 WHERE gate_seq = 1",), (1, UNSIGNED)),
        (("UPDATE chain_link SET key = 9 WHERE gate_seq = 1",), (1, DAMAGED)),
        (("UPDATE chain_link SET digest = ? WHERE gate_seq = 2", b"short"), (2, DAMAGED)),
        (("UPDATE chain_link SET signature = 'text' WHERE gate_seq = 2",), (2, DAMAGED)),
        (("UPDATE chain_key SET public_key = 5 WHERE place = 1",), (1, DAMAGED)),
        (("UPDATE chain_key SET public_key = ? WHERE place = 1", b"none"), (1, UNSIGNED)),
        (("UPDATE chain_link SET gate_seq = 7 WHERE gate_seq = 6",), (7, UNSIGNED)),
        (("DELETE FROM chain_link WHERE gate_seq = 1",), (2, UNHUNG)),
        (("DELETE FROM chain_link WHERE gate_seq = 4",), (5, UNHUNG)),
        (("DELETE FROM chain_link WHERE gate_seq = 6",), (6, "is missing, and was the last")),
        (("DELETE FROM chain_link",), (6, "is missing, and was the last")),
    ],
)
def test_what_is_changed_is_found_where_it_is(
    database: sqlite3.Connection, change: tuple[str, bytes], found: tuple[int, str]
) -> None:
    with database:
        database.execute(change[0], change[1:])
    assert first_break(database, GATE) == ChainBreak(*found)


def test_a_link_of_somebody_else_s_key_is_found(database: sqlite3.Connection) -> None:
    """Whoever can write the file can make links, and no signature of the station."""
    previous, digest = database.execute(
        "SELECT previous, digest FROM chain_link WHERE gate_seq = 5"
    ).fetchone()
    link = link_hash_of_digest(GATE, 5, previous, digest)
    forged = KeyOfTests(3).sign(signed_message(link))
    with database:
        database.execute("UPDATE chain_link SET signature = ? WHERE gate_seq = 5", (forged,))
    assert first_break(database, GATE) == ChainBreak(5, UNSIGNED)


@pytest.mark.parametrize("kind", ["no key", "a key of another kind"])
def test_a_public_key_that_is_none_signs_nothing(database: sqlite3.Connection, kind: str) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    other_der = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    public_key = b"none" if kind == "no key" else other_der
    with database:
        database.execute(
            "UPDATE chain_key SET public_key = ?, key_id = ? WHERE place = 1",
            (public_key, key_id_of(public_key)),
        )
    assert first_break(database, GATE) == ChainBreak(1, UNSIGNED)
