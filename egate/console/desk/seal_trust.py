"""What a desk verifies the seals of pages with: a trust store on its machine, if it has one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.observability.logging import logger
from egate.trust.collection import Collection
from egate.trust.seal_signers import seal_signers_of
from egate.trust.store import TrustStore, TrustStoreError


@dataclass(frozen=True, slots=True)
class DeskSealTrust:
    """The store as it is when a page has a seal; without one nobody is trusted.

    Args:
        folder: of the store; None at a desk without one.

    """

    folder: Path | None

    @property
    def anchors(self) -> TrustAnchors:
        if self.folder is None:
            return Collection()
        try:
            return TrustStore.open(self.folder)
        except TrustStoreError as error:
            logger().error("trust store unusable", reason=str(error))
            return Collection()

    def signers_of(self, state: str) -> Sequence[Certificate]:
        return () if self.folder is None else seal_signers_of(self.folder, state)
