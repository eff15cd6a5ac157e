"""Closes the tree of a day when the day is over: fixes which links are in it, and signs its head.

A tree holds the links from one position to another, and positions are taken in the order of
acceptance, so that a tree is fixed by its last position once nobody writes below it any more.
"""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from egate.central.database import CONNECTION_FAULTS, Pool
from egate.central.evidence.trees import closed_trees, tree_between, tree_of_days
from egate.domain.evidence.tree_head import TreeHead
from egate.observability.logging import Logger
from egate.ports.signing import Signer, SignerUnavailable
from egate.reporting import credentials
from egate.reporting.tree_heads import SignedHead
from egate.settings import SettingsError, Tls

_LOOK_SECONDS: Final = 20.0
_OLDEST_OPEN: Final = """
SELECT (accepted_at AT TIME ZONE 'UTC')::date AS day, (now() AT TIME ZONE 'UTC')::date AS today
FROM chain_link WHERE position > $1 ORDER BY position LIMIT 1
"""
# Positions are taken under a lock on the table. Whoever gets this one knows that all below
# theirs are committed or will never be; new records wait for that moment.
_SETTLE: Final = "SET LOCAL lock_timeout = '2s'; LOCK TABLE chain_link IN SHARE MODE"
_LAST: Final = """
SELECT max(position) FROM chain_link
WHERE position > $1 AND (accepted_at AT TIME ZONE 'UTC')::date = $2
"""
_KEEP: Final = """
INSERT INTO tree_head
    (number, day, last_position, size, root, days_root, signature, certificate)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""

SignHead = Callable[[TreeHead], SignedHead]


class HeadSigner:
    """Signs heads with the key of the centre's certificate.

    Args:
        signer: of that key.
        tls: where the certificate is.

    """

    def __init__(self, signer: Signer, tls: Tls) -> None:
        self._signer = signer
        self._tls = tls

    def __call__(self, head: TreeHead) -> SignedHead:
        """Return ``head`` signed.

        Raises:
            SignerUnavailable: the key does not sign now, or the certificate is being replaced.

        """
        signature = self._signer.sign(head.signed_message())
        try:
            pem = credentials.load(self._tls).certificate
        except SettingsError as error:
            raise SignerUnavailable(str(error)) from error
        certificate = x509.load_pem_x509_certificates(pem)[0]
        public = certificate.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        if public != self._signer.public_key:
            raise SignerUnavailable("the certificate is not that of the key")
        return SignedHead(head, signature, certificate.public_bytes(Encoding.DER))


async def keep_closing(pool: Pool, sign: SignHead, log: Logger) -> None:
    """Close the tree of each day that is over, for ever; what fails is tried again."""
    while True:
        try:
            while await close_next(pool, sign, log):
                pass
        except (SignerUnavailable, *CONNECTION_FAULTS) as error:
            log.warning("tree of the day not closed", error=type(error).__name__)
        await asyncio.sleep(_LOOK_SECONDS)


async def close_next(pool: Pool, sign: SignHead, log: Logger) -> bool:
    """Close the oldest tree that is open, if its day is over; return whether it was.

    A day is over when the database's clock shows another one. Of two centres that close one
    tree at the same time the first one's head is kept.

    Raises:
        SignerUnavailable: its head cannot be signed now.
        what ``CONNECTION_FAULTS`` names: nothing was kept.

    """
    closed = await closed_trees(pool)
    after = closed[-1].until if closed else 0
    oldest = await pool.fetchrow(_OLDEST_OPEN, after)
    if oldest is None or oldest["day"] == oldest["today"]:
        return False
    day: date = oldest["day"]
    until = await _settled(pool, after, day)
    tree = await tree_between(pool, after, until)
    heads = [each.signed.head for each in closed]
    head = TreeHead(len(heads) + 1, day, tree.size, tree.root, b"")
    days_root = tree_of_days([*heads, head]).root
    signed = sign(TreeHead(head.number, day, tree.size, tree.root, days_root))
    await pool.execute(
        _KEEP,
        *(head.number, day, until, tree.size, tree.root, days_root),
        *(signed.signature, signed.certificate),
    )
    log.info("tree of the day closed", day=day.isoformat(), count=tree.size)
    return True


async def _settled(pool: Pool, after: int, day: date) -> int:
    """Return the last position of ``day`` below which nothing can appear any more."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_SETTLE)
        last: int = await connection.fetchval(_LAST, after, day)
        return last
