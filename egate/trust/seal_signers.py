"""The signers of seals that a trust store keeps, for whoever looks at a page that bears one."""

from collections.abc import Sequence
from pathlib import Path

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.observability.logging import logger
from egate.trust.store import TrustStoreError, signers_of


def seal_signers_of(folder: Path, state: str) -> Sequence[Certificate]:
    """Return the seal signers of a State; none while the store cannot be read, which is told.

    Signers are thousands and seals are few: they are read when one is asked for.

    Args:
        folder: of the store.
        state: in the normal spelling of ``country.normalise``.

    """
    try:
        return signers_of(folder, state)
    except TrustStoreError as error:
        logger().error("seal signers cannot be read", reason=str(error))
        return ()
