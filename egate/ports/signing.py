"""The key of this station's certificate, wherever it is kept: a file, a TPM, a token."""

from typing import Protocol


class SignerUnavailable(Exception):
    """The key does not sign now; one line without anything secret."""


class Signer(Protocol):
    """Signs with the key by which the centre knows this station."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``: ECDSA with P-256 and SHA-256, in DER.

        Raises:
            SignerUnavailable: the key cannot be used now.

        """
        ...

    @property
    def key_id(self) -> bytes:
        """SHA-256 of ``public_key``."""
        ...

    @property
    def public_key(self) -> bytes:
        """SubjectPublicKeyInfo in DER: of the key that signed last, or will sign first."""
        ...
