"""The key of our certificate, from its file or on a token: signs what this station records."""

from typing import Final, TypeGuard

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.domain.evidence.chain import key_id_of
from egate.reporting import credentials
from egate.reporting.key_on_token import OnToken
from egate.settings import SettingsError, Tls

_SIGNATURE: Final = ec.ECDSA(hashes.SHA256())


class StationKey:
    """A ``Signer`` with the key by which the centre knows us.

    It follows them: whoever is enrolled anew signs with the new key from the next record on.

    Args:
        tls: our files.

    Raises:
        SettingsError: they are missing, do not fit together, or the key is not on P-256.

    """

    def __init__(self, tls: Tls) -> None:
        self._tls = tls
        self._stamp = credentials.stamp(tls)
        self._take(_key_of(tls))

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``."""
        if (now := credentials.stamp(self._tls)) != self._stamp:
            self._follow(now)
        return self._key.sign(message, _SIGNATURE)

    def _follow(self, now: credentials.Stamp) -> None:
        try:
            fresh = _key_of(self._tls)
        except SettingsError:
            return  # half replaced; the old one still does
        self._stamp = now
        self._take(fresh)

    def _take(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key_id = key_id_of(self.public_key)


def can_sign_records(key: object) -> TypeGuard[ec.EllipticCurvePrivateKey]:
    """Say whether ``key`` is one on P-256."""
    return isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)


def _key_of(tls: Tls) -> ec.EllipticCurvePrivateKey:
    key = credentials.load(tls).own_key
    if can_sign_records(key):
        return key
    file = credentials.own_certificate(tls) if isinstance(tls, OnToken) else tls.key
    raise SettingsError(f"{file}: not a key on P-256, and records are signed with it")
