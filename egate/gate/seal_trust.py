"""What a lane verifies the seals of pages with: its trust store, as it is now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.trust.seal_signers import seal_signers_of
from egate.trust.snapshot import TrustSnapshot


@dataclass(frozen=True, slots=True)
class LaneSealTrust:
    """The CSCAs and CRLs in force, and the seal signers that the store keeps.

    Args:
        snapshot: gives what is trusted now.
        folder: of the store, which the thread reads that looks at pages.

    """

    snapshot: Callable[[], TrustSnapshot]
    folder: Path

    @property
    def anchors(self) -> TrustAnchors:
        return self.snapshot().anchors

    def signers_of(self, state: str) -> Sequence[Certificate]:
        return seal_signers_of(self.folder, state)
