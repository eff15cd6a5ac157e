"""The chain of this station's records, in the database in which they are numbered.

A link is written with its record, by one commit, and stays when the centre has the record: it
says nothing of a traveller.
"""

import hashlib
import sqlite3
from dataclasses import dataclass
from typing import Final

from egate.domain.evidence.chain import FIRST, ChainLink, link_hash_of_digest, signed_message
from egate.ports.reporting import Standing
from egate.ports.signing import Signer

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS chain_key (
    place INTEGER PRIMARY KEY,
    key_id BLOB NOT NULL UNIQUE,
    -- SubjectPublicKeyInfo in DER.
    public_key BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS chain_link (
    gate_seq INTEGER PRIMARY KEY,
    previous BLOB NOT NULL,
    -- SHA-256 of the record as it is sent.
    digest BLOB NOT NULL,
    signature BLOB NOT NULL,
    key INTEGER NOT NULL REFERENCES chain_key (place)
);
CREATE INDEX IF NOT EXISTS chain_digest ON chain_link (digest);
-- Where the chain ends: the last number that was given, and the link on which the next one hangs.
CREATE TABLE IF NOT EXISTS chain_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    gate_seq INTEGER NOT NULL,
    link BLOB NOT NULL
);
-- What was taken from the centre: the links that follow hang on these.
CREATE TABLE IF NOT EXISTS chain_adopted (
    gate_seq INTEGER PRIMARY KEY,
    link BLOB NOT NULL
);
-- How far the centre was when this station was found behind; empty while it is not.
CREATE TABLE IF NOT EXISTS chain_behind (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    gate_seq INTEGER NOT NULL
);
"""
_PROBE: Final = b"egate probe 1\0"


class StationBehind(Exception):
    """Records that this station had sent are lost here, as on a disk that was put back.

    It takes nobody until it is enrolled anew.
    """


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of a chain: the last number that was given, and the hash of the last link."""

    gate_seq: int
    link: bytes


class Chain:
    """The chain of one station.

    Args:
        database: open, and this process's alone.
        station_id: as in the station's certificate and records.
        signer: with the key of that certificate.

    """

    def __init__(self, database: sqlite3.Connection, station_id: str, signer: Signer) -> None:
        self._database = database
        self._station_id = station_id
        self._signer = signer
        with database:
            database.executescript(_SCHEMA)
            database.execute(
                "INSERT INTO chain_head VALUES (1, 0, ?) ON CONFLICT DO NOTHING", (FIRST,)
            )

    @property
    def head(self) -> ChainHead:
        """Where the chain ends."""
        return ChainHead(
            *self._database.execute("SELECT gate_seq, link FROM chain_head").fetchone()
        )

    @property
    def has_links(self) -> bool:
        """Whether a record was made here since there are links."""
        return self._database.execute("SELECT 1 FROM chain_link LIMIT 1").fetchone() is not None

    def check(self) -> None:
        """See that records can be made here.

        Raises:
            StationBehind: some were lost.
            SignerUnavailable: the key does not sign.

        """
        self._signer.sign(_PROBE)
        self.check_whole()

    def check_whole(self) -> None:
        """See that no records were lost, as far as is known.

        Raises:
            StationBehind: some were.

        """
        if row := self._database.execute("SELECT gate_seq FROM chain_behind").fetchone():
            raise StationBehind(f"behind number {row[0]} at the centre: enrol this station anew")

    def begin_after(self, gate_seq: int) -> None:
        """Note, in the caller's transaction, that numbers to ``gate_seq`` were given before."""
        # Nothing is written where nothing changes: a station starts on a full disk too.
        self._database.execute(
            "UPDATE chain_head SET gate_seq = ? WHERE gate_seq < ?", (gate_seq, gate_seq)
        )

    def append(self, gate_seq: int, record: bytes) -> None:
        """Make the link of ``record`` inside the caller's transaction.

        Args:
            gate_seq: its number, higher than all before.
            record: its bytes, as they are sent.

        Raises:
            SignerUnavailable: there is no link, so there must be no record.

        """
        previous, digest = self.head.link, hashlib.sha256(record).digest()
        link = link_hash_of_digest(self._station_id, gate_seq, previous, digest)
        signature = self._signer.sign(signed_message(link))
        key_id = self._signer.key_id  # after signing: only now it is sure which key that was
        self._database.execute(
            "INSERT INTO chain_key (key_id, public_key) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (key_id, self._signer.public_key),
        )
        self._database.execute(
            "INSERT INTO chain_link SELECT ?, ?, ?, ?, place FROM chain_key WHERE key_id = ?",
            (gate_seq, previous, digest, signature, key_id),
        )
        self._database.execute("UPDATE chain_head SET gate_seq = ?, link = ?", (gate_seq, link))

    def number_of(self, record: bytes) -> int | None:
        """Return the number of ``record``, None for one of before there were links."""
        row = self._database.execute(
            "SELECT gate_seq FROM chain_link WHERE digest = ?", (hashlib.sha256(record).digest(),)
        ).fetchone()
        return row[0] if row else None

    def link_of(self, record: bytes) -> ChainLink | None:
        """Return the link of ``record``, None for one of before there were any."""
        row = self._database.execute(
            "SELECT previous, signature, key_id FROM chain_link JOIN chain_key ON place = key"
            " WHERE digest = ?",
            (hashlib.sha256(record).digest(),),
        ).fetchone()
        return ChainLink(*row) if row else None

    def compare(self, centre: Standing) -> None:
        """See whether this station has all that it sent; if it has not, catch up or stop.

        One that was enrolled anew since goes on from where the centre stands. One with the key of
        before has lost its records by no honest way.

        Args:
            centre: how far this station's records go there.

        Raises:
            StationBehind: it has not, and takes nobody from now on.
            SignerUnavailable: it is not known which key it has.

        """
        self._signer.sign(_PROBE)  # a new key is there from its first signature on
        with self._database:
            if self._is_enrolled_anew(centre):
                self._database.execute("DELETE FROM chain_behind")
                if self._lacks(centre):
                    self._adopt(centre)
            elif self._lacks(centre):
                self._database.execute(
                    "INSERT INTO chain_behind VALUES (1, ?)"
                    " ON CONFLICT DO UPDATE SET gate_seq = excluded.gate_seq",
                    (centre.gate_seq,),
                )
        self.check_whole()

    def _lacks(self, centre: Standing) -> bool:
        row = self._database.execute(
            "SELECT previous, digest FROM chain_link WHERE gate_seq = ?", (centre.gate_seq,)
        ).fetchone()
        if row is None or not centre.link:
            return self.head.gate_seq < centre.gate_seq
        return link_hash_of_digest(self._station_id, centre.gate_seq, *row) != centre.link

    def _is_enrolled_anew(self, centre: Standing) -> bool:
        """Say whether our key has signed nothing yet, neither there nor here."""
        key_id = self._signer.key_id
        used = self._database.execute("SELECT 1 FROM chain_key WHERE key_id = ?", (key_id,))
        return used.fetchone() is None and centre.key_id != key_id

    def _adopt(self, centre: Standing) -> None:
        found = (max(self.head.gate_seq, centre.gate_seq), centre.link or FIRST)
        self._database.execute("INSERT INTO chain_adopted VALUES (?, ?)", found)
        self._database.execute("UPDATE chain_head SET gate_seq = ?, link = ?", found)
