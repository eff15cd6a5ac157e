"""Whether links are signed by the stations that they name, as far as that is looked at at once.

A link covers all before it, so that of links that hang together the last one's signature vouches
for the others. Those of the others are kept, and `egate audit verify` looks at each.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.central.acceptance import CrossingRow
from egate.central.alarms import AlarmKind
from egate.central.database import Pool
from egate.central.evidence.links import Link
from egate.central.peers import certificates_of
from egate.domain.evidence.chain import key_id_of, signed_message
from egate.reporting.authority import only_serves

_ALGORITHM: Final = ec.ECDSA(hashes.SHA256())
Keys = Mapping[bytes, ec.EllipticCurvePublicKey]
"""Keys that a station has or had, by the id that links name."""


def keys_of(certificates: Iterable[x509.Certificate]) -> Keys:
    """Return the keys of ``certificates`` that can have signed links."""
    keys = {}
    for certificate in certificates:
        key = certificate.public_key()
        if isinstance(key, ec.EllipticCurvePublicKey) and not only_serves(certificate):
            encoded = key.public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            keys[key_id_of(encoded)] = key
    return keys


def is_signed_by(keys: Keys, link: Link) -> bool:
    """Whether ``link`` is signed by that of ``keys`` which it names."""
    key = keys.get(link.key_id)
    if key is None:
        return False
    try:
        key.verify(link.signature, signed_message(link.hash), _ALGORITHM)
    except InvalidSignature:
        return False
    return True


class SignatureCheck:
    """Marks the rows of a batch whose links are signed wrong.

    Args:
        pool: of the centre's database, which has the stations' certificates.

    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._keys: dict[str, Keys] = {}

    async def marked(self, sender: str, rows: Sequence[CrossingRow]) -> Sequence[CrossingRow]:
        """Return ``rows`` in their order, those with a wrong signature marked.

        Args:
            sender: station of all of them.
            rows: of one batch.

        Raises:
            what ``CONNECTION_FAULTS`` names: its certificates cannot be read.

        """
        runs = _runs(rows)
        if not runs:
            return rows
        keys = await self._keys_of(sender, runs)
        doubtful = [row for run in runs if not is_signed_by(keys, run[-1].link) for row in run]
        if not doubtful:
            return rows
        wrong = await asyncio.to_thread(_wrong, keys, doubtful)
        return [_marked(row) if row.crossing_id in wrong else row for row in rows]

    async def _keys_of(self, sender: str, runs: Sequence[Sequence[CrossingRow]]) -> Keys:
        """Return the keys of ``sender``; they are read again when it uses one that is not known."""
        keys = self._keys.get(sender, {})
        if any(row.link.key_id not in keys for run in runs for row in run):
            encoded = await certificates_of(self._pool, sender)
            keys = keys_of(map(x509.load_der_x509_certificate, encoded))
            self._keys[sender] = keys
        return keys


def _runs(rows: Iterable[CrossingRow]) -> list[list[CrossingRow]]:
    """Return the rows that have signatures, those in one list of which each follows the last."""
    runs: list[list[CrossingRow]] = []
    signed = (row for row in rows if row.link.signature)
    for row in sorted(signed, key=attrgetter("gate_seq")):
        if runs and _continues(runs[-1][-1], row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _continues(before: CrossingRow, row: CrossingRow) -> bool:
    return row.link.previous == before.link.hash and row.link.key_id == before.link.key_id


def _wrong(keys: Keys, rows: Iterable[CrossingRow]) -> set[object]:
    return {row.crossing_id for row in rows if not is_signed_by(keys, row.link)}


def _marked(row: CrossingRow) -> CrossingRow:
    return row._replace(link=row.link._replace(fault=AlarmKind.SIGNATURE_WRONG))
