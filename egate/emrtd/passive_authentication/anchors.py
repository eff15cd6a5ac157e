"""What passive authentication needs from whoever keeps the certificates of States."""

from collections.abc import Sequence
from typing import Protocol

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.deviation_list import DeviationList
from egate.emrtd.passive_authentication.revocation import RevocationList


class TrustAnchors(Protocol):
    """The CSCA certificates and CRLs a gate trusts. Answers are cheap and do not block."""

    def cscas_with_key_identifier(self, ski: bytes) -> Sequence[Certificate]:
        """Return the trusted CSCA and link certificates with this subject key identifier.

        Two keys may share one identifier (IL, TR, HU), so there may be several.
        """
        ...

    def cscas_of(self, country: str) -> Sequence[Certificate]:
        """Return the trusted CSCA and link certificates of a State.

        Args:
            country: in the normal spelling of ``country.normalise``.

        """
        ...

    def crls_of(self, country: str) -> Sequence[RevocationList]:
        """Return the CRLs kept for a State, in the same spelling; signatures not yet checked."""
        ...

    def deviations_of(self, country: str) -> Sequence[DeviationList]:
        """Return the deviation lists of a State, in the same spelling.

        Their signatures are verified, by a signer of that State that chains to a trusted CSCA.
        """
        ...
