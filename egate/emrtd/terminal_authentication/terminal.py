"""What a State that reads fingerprints plugs in: its certificates and its signing key."""

from collections.abc import Sequence
from typing import Protocol


class Terminal(Protocol):
    """An inspection system with a certificate of its own; the key stays where it is.

    Both methods are called between two commands to the chip, so they take no longer than
    a chip waits. This product has no keys: without a terminal DG3 and DG4 stay unread.
    """

    def chain_for(self, trust_point: str) -> Sequence[bytes]:
        """Return the CV certificates from ``trust_point`` to the terminal, in this order.

        CVCA link certificates first where they are needed, then the document verifier's,
        then the terminal's. The certificate of the trust point itself may lead them.

        Args:
            trust_point: certification authority reference (CAR) the chip gave.

        Returns:
            Whole certificates (7F21); empty when there is no chain from there.

        """
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature over ``message`` with the key of the terminal's certificate.

        Args:
            message: ID_IC, r_IC and the compressed ephemeral key, not hashed.

        Returns:
            r and s side by side for ECDSA, as long as the modulus for RSA.

        """
        ...
