"""What a lane verifies the seals of pages with: its trust store, as it is now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.observability.logging import logger
from egate.trust.snapshot import TrustSnapshot
from egate.trust.store import TrustStoreError, signers_of


@dataclass(frozen=True, slots=True)
class LaneSealTrust:
    """The CSCAs and CRLs in force, and the seal signers that the store keeps.

    Args:
        snapshot: gives what is trusted now.
        folder: of the store. Signers are thousands and seals are few: they are read when one is
            asked for, in the thread that looks at pages.

    """

    snapshot: Callable[[], TrustSnapshot]
    folder: Path

    @property
    def anchors(self) -> TrustAnchors:
        return self.snapshot().anchors

    def signers_of(self, state: str) -> Sequence[Certificate]:
        """Return the signers of a State; none while the store cannot be read, which is told."""
        try:
            return signers_of(self.folder, state)
        except TrustStoreError as error:
            logger().error("seal signers cannot be read", reason=str(error))
            return ()
