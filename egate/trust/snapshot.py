"""What is trusted, frozen: a document is verified against one version from first to last."""

from dataclasses import dataclass
from typing import Self

from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.trust.collection import Collection


@dataclass(frozen=True, slots=True)
class TrustSnapshot:
    """One version of a trust store.

    Args:
        anchors: the CSCAs and CRLs; nobody changes them any more.
        version: SHA-256 over everything that decides, hexadecimal.

    """

    anchors: TrustAnchors
    version: str

    @classmethod
    def of(cls, store: Collection) -> Self:
        """Return ``store`` as it is now; to be asked for once, since it hashes every entry."""
        return cls(store, store.version)
