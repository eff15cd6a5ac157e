"""The lists of a demo: their keys, and whom officers listed before the first traveller comes."""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.central.database import Pool
from egate.central.lists.acts import Maker
from egate.central.lists.deciding import decide
from egate.central.lists.entries import propose_entry
from egate.lists.keys import KEY_BYTES
from egate.lists.kinds import ListKind
from egate.lists.source import read_row

_MAKER: Final = Maker("demo-officer", "for the demo")
_CHECKER: Final = Maker("demo-second-officer", "for the demo")


@dataclass(frozen=True, slots=True)
class ListKeys:
    """Where the secrets of the demo's lists are.

    Args:
        folder: of them alone.

    """

    folder: Path

    @property
    def signing_key(self) -> Path:
        return self.folder / "sign.key"

    @property
    def signer(self) -> Path:
        return self.folder / "signer.pem"

    @property
    def list_key(self) -> Path:
        return self.folder / "list.key"

    def make(self) -> None:
        """Make all of them anew."""
        self.folder.mkdir(exist_ok=True)
        signing, pem = ec.generate_private_key(ec.SECP256R1()), serialization.Encoding.PEM
        private = signing.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = signing.public_key().public_bytes(
            pem, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        for file, content in (
            (self.signing_key, private),
            (self.signer, public),
            (self.list_key, secrets.token_bytes(KEY_BYTES)),
        ):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)


@dataclass(frozen=True, slots=True)
class Listed:
    """Entries of a scenario's file, in the columns of docs/lists.md with ``list`` beside them.

    Args:
        rows: each an entry.

    """

    rows: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> Self:
        """Return what the tables ``[[listed]]`` of a scenario say.

        Raises:
            KeyError, ValueError, TypeError: a table names no list.

        """
        rows = tuple(tables.get("listed", ()))
        for row in rows:
            ListKind(row["list"])
        return cls(rows)

    async def file(self, pool: Pool) -> None:
        """Propose and approve all entries at the centre, which then publishes them.

        Raises:
            ActRefused: a row is refused.

        """
        for row in self.rows:
            kind = ListKind(row["list"])
            entry = read_row(1, {key: row[key] for key in row.keys() - {"list"}}, kind)
            async with pool.acquire() as connection:
                proposed = await propose_entry(connection, kind, [entry], _MAKER)
                if proposed.proposal_id is not None:
                    await decide(connection, proposed.proposal_id, _CHECKER, approved=True)
