"""The key of a station's certificate, without files: the same in each process of a test."""

from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.domain.evidence.chain import key_id_of
from egate.ports.signing import SignerUnavailable


class KeyOfTests:
    """A ``Signer``; two of one number are the same key.

    Args:
        number: of the key.

    """

    def __init__(self, number: int = 1) -> None:
        self._key: Final = ec.derive_private_key(number, ec.SECP256R1())
        self.public_key = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key_id = key_id_of(self.public_key)
        self.is_away = False

    def sign(self, message: bytes) -> bytes:
        if self.is_away:
            raise SignerUnavailable("the token was pulled out")
        return self._key.sign(message, ec.ECDSA(hashes.SHA256()))
