"""The key of this station's certificate, wherever it is kept: a file, a TPM, a token."""

from collections.abc import Sequence
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


class KeyToken(Protocol):
    """Keeps private keys of ours on P-256, which were made on it and never leave it.

    A key is named by its public key: SubjectPublicKeyInfo in DER. Any thread may call, and
    every call ends in a bounded time.

    Every call but ``close`` raises:
        SignerUnavailable: the token is away, refuses us, has no such key, or does not answer.
            A PIN that it refused is not tried again.
    """

    def public_keys(self) -> Sequence[bytes]:
        """Return the public keys of the private keys of ours that are on it."""
        ...

    def generate(self) -> bytes:
        """Make a key on it and return its public key."""
        ...

    def remove(self, public_key: bytes) -> None:
        """Destroy a key for ever."""
        ...

    def sign(self, public_key: bytes, message: bytes) -> bytes:
        """Return a signature of ``message``: ECDSA with SHA-256, in DER, and looked at."""
        ...

    def check(self, public_key: bytes) -> None:
        """See that a key is on it, signs, and was never anywhere else."""
        ...

    def close(self) -> None:
        """Let go of the token; nothing is called afterwards."""
        ...
